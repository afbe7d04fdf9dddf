"""Losses and their gradients at hand-worked points, in 40 digits, and at the extremes."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from lenet_ref import regulariser
from lenet_ref.losses import cross_entropy, mle
from lenet_ref.losses import map as map_loss
from tests.loops import Array, integers

LABELS = np.array([2, 0, 1])
Y = np.array([[30.0, 31.5, 29.0], [84.0, 84.0, 83.0], [0.0, 2.0, 120.0]])


def _eq9(y: Array, label: int, j: float) -> tuple[float, list[float]]:
    """E and p of eq. 9 for one pattern, with 40 digits and no shift."""
    with mpmath.workdps(40):
        weights = [mpmath.exp(-mpmath.mpf(float(v))) for v in y]
        total = mpmath.exp(-mpmath.mpf(j)) + sum(weights)
        return float(y[label] + mpmath.log(total)), [float(w / total) for w in weights]


def test_cross_entropy_by_hand() -> None:
    """Logits 0 and ln 3 give 1/4 and 3/4; N = 2 divides loss and gradient."""
    x, labels = np.array([[0.0, math.log(3)], [5.0, 5.0]]), np.array([0, 1])
    probs = cross_entropy.probabilities(x)
    np.testing.assert_allclose(probs, [[0.25, 0.75], [0.5, 0.5]], rtol=1e-15)
    expected = (math.log(4) + math.log(2)) / 2
    assert float(cross_entropy.data_loss(x, labels)) == pytest.approx(expected, rel=1e-15)
    gradient = cross_entropy.gradient(probs, labels)
    np.testing.assert_allclose(gradient, [[-0.375, 0.375], [0.25, -0.25]], rtol=1e-15)


def test_rows_are_normalised_one_by_one() -> None:
    """A maximum or a sum over the whole array would empty the second row."""
    probs = cross_entropy.probabilities(np.array([[1000.0, 1000.0], [-1000.0, -1000.0]]))
    assert probs.tolist() == [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cross_entropy_with_logits_of_ten_thousand(dtype: str) -> None:
    """A certain mistake costs the difference of the logits, exactly; a certain hit nothing."""
    x = np.array([[1e4, -1e4, 0.0], [1e4, -1e4, 0.0]], dtype=dtype)
    assert float(cross_entropy.data_loss(x, np.array([1, 1]))) == 20000
    assert float(cross_entropy.data_loss(x, np.array([0, 2]))) == 5000
    gradient = cross_entropy.gradient(cross_entropy.probabilities(x), np.array([1, 0]))
    assert gradient.tolist() == [[0.5, -0.5, 0], [0, 0, 0]]


def test_mle_is_the_mean_distance_of_the_right_class() -> None:
    """Eq. 8: no 1/2, no 1/84, no one-hot target."""
    assert float(mle.data_loss(Y, LABELS)) == (29 + 84 + 2) / 3
    third = 1 / 3
    assert mle.gradient(Y, LABELS).tolist() == [[0, 0, third], [third, 0, 0], [0, third, 0]]


@pytest.mark.parametrize("j", [0.5, 1.0, 29.7, 84.0, 200.0])
def test_map_is_equation_9(j: float) -> None:
    worked = [_eq9(y, int(label), j) for y, label in zip(Y, LABELS, strict=True)]
    loss = sum(e for e, _ in worked) / 3
    assert float(map_loss.data_loss(Y, LABELS, j)) == pytest.approx(loss, rel=1e-14)
    probs = map_loss.probabilities(Y, j)
    np.testing.assert_allclose(probs, [p for _, p in worked], rtol=1e-13)
    for n, (_, p) in enumerate(worked):
        row = [((i == LABELS[n]) - p[i]) / 3 for i in range(3)]
        np.testing.assert_allclose(map_loss.gradient(probs, LABELS)[n], row, rtol=1e-12)


def test_map_with_eleven_equal_terms() -> None:
    """All distances 84 and j = 84: every p is 1/11 and E = ln 11, rubbish class included."""
    y = np.full((2, 10), 84.0)
    np.testing.assert_allclose(map_loss.probabilities(y, 84.0), 1 / 11, rtol=1e-15)
    assert float(map_loss.data_loss(y, np.array([3, 9]), 84.0)) == pytest.approx(math.log(11))


def test_map_rubbish_class_takes_over_as_j_shrinks() -> None:
    y = np.full((1, 10), 84.0)
    assert map_loss.probabilities(y, 1.0).sum() == pytest.approx(10 * math.exp(-83), rel=1e-12)
    assert map_loss.probabilities(y, 1e4).sum() == pytest.approx(1, rel=1e-15)


@pytest.mark.parametrize("j", [1.0, 84.0, 1000.0])
def test_map_far_away_is_finite_in_float32(j: float) -> None:
    """y reaches 619.6 where float32 exp(-y) is 0: shift before the exponential."""
    y = np.full((2, 10), 619.6, dtype=np.float32)
    y[:, 4] = 619.0
    loss, probs = map_loss.data_loss(y, np.array([4, 0]), j), map_loss.probabilities(y, j)
    expected = (_eq9(y[0], 4, j)[0] + _eq9(y[1], 0, j)[0]) / 2
    assert float(loss) == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose(probs[0], _eq9(y[0], 4, j)[1], rtol=1e-5, atol=1e-37)
    assert np.isfinite(map_loss.gradient(probs, np.array([4, 0]))).all()


def test_regulariser_by_hand() -> None:
    weights = [np.array([[1.0, 2.0]]), np.array([-3.0])]
    assert float(regulariser.loss(weights, 0.5, weights[0])) == 0.25 * (1 + 4 + 9)
    assert regulariser.gradient(weights[0], 0.5).tolist() == [[0.5, 1.0]]


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtype_kept_0d_losses_nothing_changed(dtype: str) -> None:
    x = integers((3, 4), 1).astype(dtype)
    before = x.copy()
    x.setflags(write=False)
    probs, rubbish = cross_entropy.probabilities(x), map_loss.probabilities(x, 2.0)
    for array in (probs, rubbish):
        array.setflags(write=False)
    losses = [
        cross_entropy.data_loss(x, LABELS),
        map_loss.data_loss(x, LABELS, 2.0),
        mle.data_loss(x, LABELS),
        regulariser.loss([x], 0.3, x),
    ]
    gradients = [
        cross_entropy.gradient(probs, LABELS),
        map_loss.gradient(rubbish, LABELS),
        mle.gradient(x, LABELS),
        regulariser.gradient(x, 0.3),
    ]
    found = [*losses, *gradients, probs, rubbish]
    assert {v.dtype for v in found} == {np.dtype(dtype)}
    assert {v.shape for v in losses} == {()}
    np.testing.assert_array_equal(x, before)
