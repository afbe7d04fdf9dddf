"""Every gradient of a whole network against differences of its loss.

Two methods that share nothing with the derivation: a complex step (exact to rounding, needs an
analytic network) and central differences in extended precision.  A random direction through
all entries at once lets no entry of a gradient hide; single entries are checked besides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lenet_ref import Architecture, run
from lenet_ref.connections import TABLE_I, mask
from lenet_ref.network import forward
from tests.nets import NETWORKS, Array, Setting, setting

# |z| of the logistic function is not analytic
ANALYTIC = [name for name in NETWORKS if "seed" not in name]
LONG = np.longdouble


def _loss(s: Setting, name: str, value: Array, upstream: Array | None = None) -> Any:
    """The number that was differentiated, with one parameter (or the images) replaced."""
    parameters, images = dict(s.parameters), s.images
    if name == "C1.x":
        images = value
    else:
        parameters[name] = value
    tensors = forward(s.arch, parameters, images, s.labels)
    if upstream is not None:
        # upstream replaces the data loss; the regulariser stays
        return (tensors["F7.y"] * upstream).sum() + tensors.get("loss.reg", 0)
    return tensors["loss.total" if s.arch.variant == "modern" else "loss.data"][()]


def _differentiable(arch: Architecture, s: Setting) -> dict[str, Array]:
    """Parameters that have a gradient, and the images."""
    fixed = {"F7.W"} if "learned_codes=True" not in arch.options and arch.variant == "1998" else {}
    return {k: v for k, v in s.parameters.items() if k not in fixed} | {"C1.x": s.images}


def _direction(s: Setting, name: str, shape: tuple[int, ...], seed: int) -> Array:
    """Signs at random; nothing at the links of C3 that do not exist."""
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=shape)
    if name == "C3.W" and s.arch.variant == "1998":
        return signs * mask(TABLE_I, 6)[:, :, None, None]
    return signs


def _gradient_name(name: str) -> str:
    layer, symbol = name.split(".")
    return f"{layer}.d{symbol}"


@pytest.mark.parametrize("with_upstream", [False, True])
@pytest.mark.parametrize("name", ANALYTIC)
def test_complex_step(name: str, with_upstream: bool) -> None:
    s = setting(name, 3)
    upstream = np.random.default_rng(9).standard_normal((3, 10)) if with_upstream else None
    found = run(*s, upstream=upstream)
    for seed, (key, value) in enumerate(_differentiable(s.arch, s).items()):
        v = _direction(s, key, value.shape, seed)
        slope = _loss(s, key, value + 1e-40j * v, upstream).imag / 1e-40
        terms = found[_gradient_name(key)] * v
        assert abs(terms.sum() - slope) <= 1e-12 * np.abs(terms).sum(), key
        assert slope != 0, key


@pytest.mark.parametrize("name", list(NETWORKS))
def test_central_differences_entry_by_entry(name: str) -> None:
    s = setting(name, 2, "longdouble")
    found = run(*s)
    eps = float(np.finfo(LONG).eps)
    step, allowed = LONG(eps ** (1 / 3)), 1e4 * eps ** (2 / 3)
    rng = np.random.default_rng(11)
    for key, value in _differentiable(s.arch, s).items():
        gradient = found[_gradient_name(key)]
        for index in _entries(gradient, rng):
            e = np.zeros_like(value)
            e[index] = step
            slope = (_loss(s, key, value + e) - _loss(s, key, value - e)).real / (2 * step)
            error = abs(float(gradient[index] - slope))
            assert error <= allowed * max(1, float(np.abs(gradient).max())), (key, index)


def _entries(gradient: Array, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """The largest entry and two random ones that are not zero."""
    alive = np.argwhere(gradient)
    largest = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
    chosen = [tuple(alive[i]) for i in rng.integers(0, len(alive), size=2)]
    return [tuple(int(i) for i in index) for index in [largest, *chosen]]


def test_dead_links_have_no_gradient_although_the_dense_loss_has() -> None:
    """36 of 96 links of C3 do not exist; nor does their gradient."""
    s = setting("1998", 3)
    dead = ~mask(TABLE_I, 6)
    assert dead.sum() == 36
    assert not run(*s)["C3.dW"][dead].any()
    assert (run(*s)["C3.dW"][~dead] != 0).all()


def test_only_learned_codes_have_a_gradient() -> None:
    assert "F7.dW" not in run(*setting("1998-map-fixed"))
    assert "F7.dW" in run(*setting("1998-map"))


def test_regulariser_adds_reg_times_w_to_weights_only() -> None:
    """Erratum S16, and C32 of the mistakes: once, with reg, not with 2 reg, never to biases."""
    plain, with_reg = setting("modern"), setting("modern-reg")
    before, after = run(*plain), run(*with_reg)
    for key, value in plain.parameters.items():
        expected = 0.3 * value if key.endswith(".W") else 0
        gradient = _gradient_name(key)
        np.testing.assert_allclose(
            after[gradient] - before[gradient], expected, rtol=0, atol=1e-14, err_msg=key
        )
    squares = sum(float((v**2).sum()) for k, v in plain.parameters.items() if k.endswith(".W"))
    assert float(after["loss.reg"]) == pytest.approx(0.15 * squares, rel=1e-13)
    assert after["loss.total"] == after["loss.data"] + after["loss.reg"]
    assert float(before["loss.reg"]) == 0


def test_average_reading_rescales_the_coefficient_gradient() -> None:
    """With coefficients four times as large the average is the sum; its gradient a quarter."""
    summed, averaged = setting("1998"), setting("1998-average")
    larger = {k: 4 * v if k in ("S2.W", "S4.W") else v for k, v in averaged.parameters.items()}
    one, other = run(*summed), run(*averaged._replace(parameters=larger))
    for key in ("S2.dW", "S4.dW"):
        np.testing.assert_allclose(4 * other[key], one[key], rtol=1e-13)
    for key in ("C1.dx", "C1.dW", "S2.db", "F7.y"):
        np.testing.assert_allclose(other[key], one[key], rtol=1e-12, atol=1e-13)
