"""A whole run: names, shapes, dtypes, purity, and batches as sums of their images."""

from __future__ import annotations

import numpy as np
import pytest

from lenet_ref import Architecture, run
from lenet_ref.network import backward, forward, predict
from tests.nets import NETWORKS, Array, Setting, setting, whole_numbers
from verify.expected.shapes import shapes
from verify.expected.steps import steps

every_network = pytest.mark.parametrize("name", list(NETWORKS))
exact_networks = pytest.mark.parametrize("name", ["modern", "modern-3", "1998-linear"])
Tensors = dict[str, Array]
# By hand, for a batch of 3: enough to tie the generated list to the paper.
PUBLISHED = {
    "C1.a": (3 * 784, 25), "C1.y": (3, 6, 28, 28), "S2.a": (3 * 6 * 196, 4), "S2.y": (3, 6, 14, 14),
    "C3.a": (3 * 100, 150), "C3.dW": (16, 6, 5, 5), "C3.y": (3, 16, 10, 10),
    "S4.da": (3 * 16 * 25, 4), "S4.y": (3, 16, 5, 5), "C5.a": (3, 400), "C5.y": (3, 120, 1, 1),
    "F6.x": (3, 120), "F6.y": (3, 84), "F6.db": (84,), "F7.y": (3, 10), "loss.data": (),
}  # fmt: skip


def _frozen(s: Setting) -> Setting:
    """The same setting; writing into any of its arrays raises."""
    for array in (s.images, s.labels, *s.parameters.values()):
        array.setflags(write=False)
    return s


@every_network
def test_every_tensor_is_there_in_its_shape(name: str) -> None:
    s = setting(name, 3)
    found = run(*s)
    assert set(found) == {step.tensor for step in steps(s.arch)}
    expected = shapes(s.arch, 3)
    assert {k: v.shape for k, v in found.items()} == {k: expected[k] for k in found}
    published = PUBLISHED | ({"C1.a": (3 * 784, 75)} if name == "modern-3" else {})
    assert {k: found[k].shape for k in published} == published


@every_network
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_dtype_in_is_dtype_out(name: str, dtype: str) -> None:
    found = run(*setting(name, 1, dtype))
    integral = {k for k, v in found.items() if np.issubdtype(v.dtype, np.integer)}
    assert {found[k].dtype for k in found.keys() - integral} == {np.dtype(dtype)}
    assert integral == {k for k in found if k.endswith(".argmax")}


@every_network
def test_arguments_are_left_alone_and_two_calls_agree_bitwise(name: str) -> None:
    s = _frozen(setting(name))
    before = [a.copy() for a in (s.images, s.labels, *s.parameters.values())]
    first, second = run(*s), run(*s)
    for old, new in zip(before, (s.images, s.labels, *s.parameters.values()), strict=True):
        np.testing.assert_array_equal(new, old)
    for key, value in first.items():
        assert value.tobytes() == second[key].tobytes(), key


@every_network
def test_gradients_share_no_memory_with_what_they_are_gradients_of(name: str) -> None:
    """Writing into a gradient changes no tensor of the forward pass, of this run or another."""
    s = setting(name)
    gradients = {k for k in run(*s) if k.split(".")[1].startswith("d") and k != "loss.data"}
    first, second = run(*s), run(*s)
    before = {k: v.copy() for k, v in (first | {"images": s.images, **s.parameters}).items()}
    kept = {k: v.copy() for k, v in second.items()}
    for key in gradients:
        first[key].fill(np.nan)
    after = first | {"images": s.images, **s.parameters}
    for key in before.keys() - gradients:
        np.testing.assert_array_equal(after[key], before[key], err_msg=key)
    for key, value in kept.items():
        np.testing.assert_array_equal(second[key], value, err_msg=key)


def _of_image(value: Array, i: int, n: int) -> Array:
    """The part of a batch's tensor that belongs to image i: leading rows run over images."""
    rows = len(value) // n
    return value[i * rows : (i + 1) * rows]


def _is_parameter(key: str) -> bool:
    return key.split(".")[1] in ("W", "b", "dW", "db")


@exact_networks
def test_a_batch_is_its_images_bit_for_bit(name: str) -> None:
    """Rows are the single runs' tensors; gradients of parameters are their sums."""
    n = 3
    s = whole_numbers(name, n)
    upstream = np.random.default_rng(1).integers(-3, 4, size=(n, 10)).astype(float)
    batch = run(s.arch, s.parameters, s.images, upstream=upstream)
    singles = [
        run(s.arch, s.parameters, s.images[i : i + 1], upstream=upstream[i : i + 1])
        for i in range(n)
    ]
    for key, value in batch.items():
        parts = [single[key] for single in singles]
        if key.split(".")[1] in ("dW", "db"):
            np.testing.assert_array_equal(value, sum(parts), err_msg=key)
        elif not _is_parameter(key):
            np.testing.assert_array_equal(value, np.concatenate(parts), err_msg=key)
    assert all(batch[key].any() for key in batch if key.endswith("dW"))


@every_network
def test_the_loss_of_a_batch_is_the_mean(name: str) -> None:
    """Gradients of tensors gain 1/N, those of parameters are means (plus the regulariser's)."""
    n = 4
    s = setting(name, n)
    batch = run(*s)
    singles = [
        run(s.arch, s.parameters, s.images[i : i + 1], s.labels[i : i + 1]) for i in range(n)
    ]
    for key in batch:
        symbol = key.split(".")[1]
        if symbol in ("W", "b", "argmax"):
            continue
        parts = [single[key] for single in singles]
        if symbol in ("dW", "db", "data", "reg", "total"):
            expected, scale = sum(parts) / n, max(np.abs(p).max() for p in parts)
        else:
            expected = np.concatenate(parts) / (n if symbol.startswith("d") else 1)
            scale = np.abs(expected).max()
        np.testing.assert_allclose(batch[key], expected, rtol=0, atol=1e-12 * scale, err_msg=key)


@exact_networks
def test_a_permuted_batch_is_permuted(name: str) -> None:
    s = whole_numbers(name, 4)
    upstream = np.random.default_rng(2).integers(-3, 4, size=(4, 10)).astype(float)
    order = [2, 0, 3, 1]
    plain = run(s.arch, s.parameters, s.images, upstream=upstream)
    turned = run(s.arch, s.parameters, s.images[order], upstream=upstream[order])
    for key, value in plain.items():
        if _is_parameter(key):
            np.testing.assert_array_equal(turned[key], value, err_msg=key)
            continue
        parts = [_of_image(value, i, 4) for i in order]
        np.testing.assert_array_equal(turned[key], np.concatenate(parts), err_msg=key)


def test_upstream_replaces_the_gradient_of_the_loss() -> None:
    s = setting("1998-map")
    upstream = np.random.default_rng(4).standard_normal((2, 10))
    with_loss = run(*s, upstream=upstream)
    without = run(s.arch, s.parameters, s.images, upstream=upstream)
    np.testing.assert_array_equal(with_loss["F7.dy"], upstream)
    np.testing.assert_array_equal(with_loss["loss.dx"], run(*s)["loss.dx"])
    for key, value in without.items():
        np.testing.assert_array_equal(with_loss[key], value, err_msg=key)
    assert not any(key.startswith("loss") for key in without)


def test_without_labels_or_upstream_there_is_no_backward() -> None:
    s = setting("modern")
    found = run(s.arch, s.parameters, s.images)
    assert set(found) == {
        step.tensor for step in steps(s.arch, backward=False) if step.layer != "loss"
    }


@every_network
def test_run_is_forward_then_backward(name: str) -> None:
    s = setting(name)
    tensors = forward(s.arch, s.parameters, s.images, s.labels)
    assert not tensors.keys() & backward(s.arch, tensors, s.labels).keys()
    assert tensors.keys() | backward(s.arch, tensors, s.labels).keys() == run(*s).keys()


@pytest.mark.parametrize(("name", "best"), [("modern", [1, 0]), ("1998", [2, 1])])
def test_predicted_class(name: str, best: list[int]) -> None:
    """The largest score, but the smallest distance."""
    y = np.array([[1.0, 5.0, 0.5], [7.0, 2.0, 3.0]])
    assert predict(NETWORKS[name], {"F7.y": y}).tolist() == best


def test_c5_becomes_f6_without_losing_the_batch_axis() -> None:
    found = run(*setting("1998", 1))
    assert (found["C5.y"].shape, found["F6.x"].shape) == ((1, 120, 1, 1), (1, 120))
    assert found["F6.x"][0].tolist() == found["C5.y"].ravel().tolist()


def test_number_of_classes() -> None:
    """0 for a network that ends in maps: it has no loss, so every label is out of range."""
    s = setting("modern")
    assert [Architecture("modern", s.arch.layers[: k + 1], None).classes for k in (0, 1, 5, 6)] == [
        0,
        0,
        84,
        10,
    ]
    assert setting("1998").arch.classes == 10
