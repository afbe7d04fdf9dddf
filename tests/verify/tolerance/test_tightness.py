"""No bound is idle: what rounding really does comes within a stated fraction of it, and on
benign data it is small beside what it bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lenet_ref.layers import affine, subsampling
from tests.verify.tolerance import families
from tests.verify.tolerance.settings import PROVED, Setting, setting, with_operation
from verify.expected.step import Step
from verify.oracle.evaluation import Evaluation
from verify.tolerance.bound import UNIT_ROUNDOFF, gamma

U = UNIT_ROUNDOFF["float32"]
DRAWS = [(1, 1), (1, 2), (1, 3), (3, 4), (3, 5), (40, 0)]
"""(batch, seed): short sums come near their bounds, long ones on random data never do."""

# operation: (worst error / bound is at least, median of bound / |value| is at most, in roundings)
STATED: dict[str, tuple[float, float]] = {
    "convolution.z": (0.2, 260),
    "convolution.da": (0.5, 100),
    "convolution.dx": (0.1, 450),
    "convolution.dW": (0.5, 160),
    "convolution.db": (0.5, 200),
    "affine.z": (0.3, 45),
    "affine.dx": (0.3, 20),
    "affine.dW": (0.5, 20),
    "affine.db": (0.5, 12),
    "activation.y": (0.2, 43),
    "activation.dz": (0.15, 450),
    "subsampling.s": (0.5, 88),
    "subsampling.z": (0.7, 5),
    "subsampling.ds": (0.9, 2),
    "subsampling.dW": (0.2, 1700),
    "subsampling.db": (0.2, 1320),
    "rbf.y": (0.2, 40),
    "rbf.dx": (0.2, 70),
    "rbf.dW": (0.2, 50),
    "cross_entropy.probs": (0.02, 550),
    "cross_entropy.data": (0.01, 400),
    "cross_entropy.dx": (0.02, 550),
    "map.probs": (0.012, 1310),
    "map.data": (0.005, 2500),
    "map.dx": (0.02, 1180),
    "mle.data": (0.2, 8),
    "mle.dx": (0.2, 4),
    "regulariser.reg": (0.1, 60),
    "total": (0.9, 2),
    **families.merged("STATED"),
}
EXACT = [op for op in PROVED if op in ("link", "convolution.a") or op.startswith("max_pool.")]
EXACT += ["subsampling.a", "subsampling.da", "subsampling.dx", *families.merged("MOVES")]


def test_every_rule_states_how_tight_it_is() -> None:
    assert set(PROVED) == STATED.keys() | set(EXACT)


def in_float64(s: Setting) -> Evaluation:
    """The oracle on the same inputs, 29 bits more precise."""
    e = s.evaluation
    base = {k: v.double() if v.is_floating_point() else v for k, v in e.base.items()}
    labels = e.labels if s.arch.loss else None
    return Evaluation(list(e.steps.values()), e.shapes, base, labels, torch.float64, e.reg)


def ratios(s: Setting, step: Step, true: Evaluation) -> NDArray[Any]:
    """Error / bound of every element, of both sides."""
    reference = true.computed(step.tensor).numpy()
    bound = s.bound(step).value("float32", sides=1).numpy()
    errors = np.stack([np.abs(r - reference) for r in s.sides(step).values()])
    return np.divide(errors, bound, out=np.zeros_like(errors), where=bound > 0)


@pytest.mark.parametrize("op", STATED)
def test_rounding_comes_near_the_bound(op: str) -> None:
    worst = 0.0
    for name in with_operation(op):
        for kind in ("benign", "saturated", "cancelling"):
            for n, seed in DRAWS:
                s = setting(name, kind, "float32", n, seed)
                true = in_float64(s)
                worst = max(worst, *(float(ratios(s, t, true).max()) for t in s.steps(op)))
    assert STATED[op][0] <= worst <= 1


def looseness(op: str) -> list[float]:
    """Median of bound / |value| in roundings, of every step that has values other than zero."""
    found = []
    for name in with_operation(op):
        for n, seed in DRAWS[3:5]:
            s = setting(name, "benign", "float32", n, seed)
            for step in s.steps(op):
                values = np.abs(s.sides(step)["oracle"].astype("float64"))
                bound = s.bound(step).value("float32").numpy()
                if (values > 0).any():
                    found.append(float(np.median(bound[values > 0] / values[values > 0]) / U))
    return found


@pytest.mark.parametrize("op", STATED)
def test_bound_is_small_beside_benign_values(op: str) -> None:
    second_order = 1 + 100 * U
    assert 0 < max(looseness(op)) <= STATED[op][1] * second_order


def test_the_worst_sum_reaches_gamma() -> None:
    """1 followed by halves of an ulp: every addition loses all of its term."""
    n = 9
    dz = np.full((n, 2), U, dtype="float32")
    dz[0] = 1
    true = 1 + (n - 1) * U
    off = abs(float(affine.bias_gradient(dz)[0]) - true)
    assert 0.999 * gamma(n - 1, U) * true <= off <= gamma(n - 1, U) * true


def test_the_worst_product_and_addition_reach_gamma_2() -> None:
    """A product that loses half an ulp, then an addition that loses almost as much."""
    W = s = np.float32(1 + 2.0**-12)
    b = np.float32(0.99 * U)
    z = subsampling.pre_activation(np.full((1, 1, 1, 1), s), np.full(1, W), np.full(1, b))
    true = float(W) * float(s) + float(b)
    assert 0.99 * gamma(2, U) * true <= abs(float(z.item()) - true) <= gamma(2, U) * true
