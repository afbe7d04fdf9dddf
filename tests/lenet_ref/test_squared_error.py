"""Squared error, softmax of distances and smoothed targets: by hand, by complex steps, refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lenet_ref import families
from lenet_ref.errors import LeNetError, OptionError
from lenet_ref.loss import LOSSES, loss_backward, loss_forward
from lenet_ref.losses import cross_entropy, distance_softmax, squared_error
from lenet_ref.specs.loss import Loss
from lenet_ref.specs.squared_error import SquaredError

LABELS = np.array([2, 0])
EVERY = (
    Loss("cross_entropy", smoothing=0.1),
    Loss("distance_softmax"),
    *(SquaredError(on=on, half=half, classes=classes)
      for on in ("outputs", "softmax") for half in (False, True) for classes in ("sum", "mean")),
)  # fmt: skip
each_loss = pytest.mark.parametrize("loss", EVERY, ids=str)


def forward(loss: Loss, x: Any) -> dict[str, Any]:
    return loss_forward(loss, x, LABELS, [])


def backward(loss: Loss, x: Any) -> Any:
    return loss_backward(loss, {f"loss.{k}": v for k, v in forward(loss, x).items()}, LABELS)


def test_on_outputs_by_hand() -> None:
    """Errors (1, 2, 3) and (-1, 4, 0): squares 14 and 17, their mean over two patterns 15.5."""
    x = np.array([[1.0, 2.0, 4.0], [0.0, 4.0, 0.0]])
    assert float(forward(SquaredError(), x)["data"]) == 15.5
    assert float(forward(SquaredError(half=True), x)["data"]) == 7.75
    assert float(forward(SquaredError(classes="mean"), x)["data"]) == pytest.approx(31 / 6)
    assert float(forward(SquaredError(reduction="sum"), x)["data"]) == 31
    assert backward(SquaredError(), x).tolist() == [[1, 2, 3], [-1, 4, 0]]
    assert backward(SquaredError(half=True), x).tolist() == [[0.5, 1, 1.5], [-0.5, 2, 0]]
    assert backward(SquaredError(gradient="sum"), x).tolist() == [[2, 4, 6], [-2, 8, 0]]
    assert "probs" not in forward(SquaredError(), x)


def test_on_the_softmax_by_hand() -> None:
    """p = (1/4, 3/4), t = 1: errors (1/4, -1/4), their mean under p is -1/8."""
    p, labels = np.array([[0.25, 0.75]]), np.array([1])
    assert float(squared_error.data_loss(p, labels, 0.5)) == 1 / 16
    dp = squared_error.gradient(p, labels, 0.5)
    assert dp.tolist() == [[0.25, -0.25]]
    assert squared_error.through_softmax(p, dp).tolist() == [[3 / 32, -3 / 32]]
    assert (np.diag(p[0]) - np.outer(p, p)) @ dp[0] == pytest.approx([3 / 32, -3 / 32])


def test_a_softmax_that_is_certain_has_no_gradient() -> None:
    x = np.array([[1e4, 0.0, -1e4], [0.0, 1e4, 0.0]])  # of wrong classes
    assert float(forward(SquaredError(on="softmax"), x)["data"]) == 2
    assert not backward(SquaredError(on="softmax"), x).any()


def test_distances_by_hand() -> None:
    """Distances 0 and ln 3 give 3/4 and 1/4: the nearest is the most probable."""
    y, labels = np.array([[0.0, math.log(3)], [7.0, 7.0]]), np.array([1, 0])
    probs = distance_softmax.probabilities(y)
    np.testing.assert_allclose(probs, [[0.75, 0.25], [0.5, 0.5]], rtol=1e-15)
    expected = (math.log(4) + math.log(2)) / 2
    assert float(distance_softmax.data_loss(y, labels)) == pytest.approx(expected, rel=1e-15)
    gradient = distance_softmax.gradient(probs, labels)
    np.testing.assert_allclose(gradient, [[-0.375, 0.375], [0.25, -0.25]], rtol=1e-15)


def test_far_distances_are_finite_in_float32() -> None:
    y = np.full((1, 4), 619.6, dtype="float32")
    y[0, 2] = 619.0
    assert float(distance_softmax.data_loss(y, np.array([2]))) < math.log(4)
    assert distance_softmax.probabilities(y).argmax() == 2


def test_smoothing_by_hand() -> None:
    """p = (1/4, 3/4), t = 0, s = 1/2: targets (3/4, 1/4)."""
    x, labels = np.array([[0.0, math.log(3)]]), np.array([0])
    assert cross_entropy.smoothed_targets(labels, x, 0.5).tolist() == [[0.75, 0.25]]
    expected = 0.75 * math.log(4) + 0.25 * math.log(4 / 3)
    assert float(cross_entropy.smoothed_loss(x, labels, 0.5)) == pytest.approx(expected, rel=1e-15)
    gradient = cross_entropy.smoothed_gradient(cross_entropy.probabilities(x), labels, 0.5)
    np.testing.assert_allclose(gradient, [[-0.5, 0.5]], rtol=1e-15)


def test_no_smoothing_is_what_it_was_to_the_bit() -> None:
    x = np.random.default_rng(0).standard_normal((2, 5))
    loss = Loss("cross_entropy", smoothing=0.0)
    assert forward(loss, x)["data"] == cross_entropy.data_loss(x, LABELS)
    p = cross_entropy.probabilities(x)
    assert np.array_equal(backward(loss, x), cross_entropy.gradient(p, LABELS))


@each_loss
def test_complex_steps(loss: Loss) -> None:
    """Im E(x + ih v) / h is the derivative along v, without autograd and without cancellation."""
    rng = np.random.default_rng(1)
    x, v = rng.standard_normal((2, 2, 5))
    step = LOSSES[loss.kind].symbols(loss, x + 1e-100j * v, LABELS)["data"].imag / 1e-100
    assert step == pytest.approx(float((backward(loss, x) * v).sum()), rel=1e-13)


@each_loss
@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_dtype_kept_0d_losses_nothing_changed(loss: Loss, dtype: str) -> None:
    x = np.arange(8, dtype=dtype).reshape(2, 4) / 4
    before = x.copy()
    x.setflags(write=False)
    found = {**forward(loss, x), "dx": backward(loss, x)}
    assert {name: value.dtype for name, value in found.items()} == dict.fromkeys(found, x.dtype)
    assert {found[name].shape for name in ("data", "reg", "total")} == {()}
    np.testing.assert_array_equal(x, before)


def test_a_loss_has_a_spec_of_its_own_or_the_common_one() -> None:
    assert families.loss_spec("squared_error") is SquaredError
    assert {families.loss_spec(k) for k in families.losses() if k != "squared_error"} == {Loss}
    assert families.loss_spec("squared_error")("squared_error", on="softmax").kind in LOSSES
    with pytest.raises(LeNetError, match=r"no such loss; got 'hinge'; expected cross_entropy, "):
        families.loss_spec("hinge")
    assert "squared_error" not in families.layers()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SquaredError(on="logits"), "on: no such choice; got 'logits'; expected outputs"),
        (lambda: SquaredError(classes="none"), "classes: no such choice; got 'none'"),
        (lambda: SquaredError("mle"), "kind: no such choice; got 'mle'"),
        (lambda: Loss("cross_entropy", smoothing=1.5), "smoothing: unusable value; got 1.5"),
        (lambda: Loss("cross_entropy", smoothing=math.nan), "smoothing: unusable value; got nan"),
        (lambda: Loss("mle", smoothing=0.1), "smoothing: targets are smoothed in cross_entropy"),
    ],
)
def test_what_there_is_not_is_refused(make: Any, message: str) -> None:
    with pytest.raises(OptionError) as raised:
        make()
    assert message in str(raised.value)
