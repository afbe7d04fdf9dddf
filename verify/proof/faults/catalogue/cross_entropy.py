"""Mistakes in the code of softmax and cross-entropy: overflow, arrays overwritten, labels."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lenet_ref.losses import cross_entropy
from verify.proof.faults.fault import Fault

softmax = partial(Fault, layers="loss", tensor="loss.probs")
data = partial(Fault, layers="loss", tensor="loss.data")
gradient = partial(Fault, layers="loss", tensor="loss.dx")
L = "losses.cross_entropy."
PROBS, DATA, DX = L + "probabilities", L + "data_loss", L + "gradient"


def silent(wrong: Any) -> Any:
    """Overflow and 0/0 without a warning, as in any code that trains on."""

    def quiet(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return wrong(*arguments)

    return lambda right: quiet


def normalised(shift: Any) -> Any:
    """Softmax with something else subtracted than the row's maximum."""

    def wrong(x: Any) -> Any:
        e = np.exp(x - shift(x))
        return e / e.sum(axis=1, keepdims=True)

    return silent(wrong)


def over_batch(x: Any) -> Any:
    """Softmax over axis 0."""
    e = np.exp(x - x.max(axis=0))
    return e / e.sum(axis=0)


def in_place(probs: Any, labels: Any) -> Any:
    """probs -= Y on the cached array itself."""
    probs[np.arange(len(probs)), labels] -= 1
    return probs / len(probs)


def scaled_in_place(probs: Any, labels: Any) -> Any:
    """probs -= Y, then probs /= N, on the cached array itself."""
    probs[np.arange(len(probs)), labels] -= 1
    probs /= len(probs)
    return probs


def shifted_in_place(x: Any) -> Any:
    """x -= max on the caller's logits."""
    x -= x.max(axis=1, keepdims=True)
    return x, np.exp(x)


def log_of_zero(x: Any, labels: Any) -> Any:
    """-ln of probabilities, which underflow to 0."""
    p = cross_entropy.probabilities(x)[np.arange(len(x)), labels]
    return np.asarray(-np.log(p).mean(), dtype=x.dtype)


def naive(x: Any, labels: Any) -> Any:
    """ln of the sum of exp(x) - x[label]."""
    each = np.log(np.exp(x).sum(axis=1)) - x[np.arange(len(x)), labels]
    return np.asarray(each.mean(), dtype=x.dtype)


def times(factor: Any) -> Any:
    """The loss or the gradient times something made of its first argument, (N, K)."""
    return lambda right: lambda v, labels: np.asarray(right(v, labels) * factor(v), dtype=v.dtype)


FAULTS = [
    softmax("softmax-over-batch", "axis 0 for axis 1", "field notes B13", PROBS,
            lambda right: over_batch, cause="softmax-over-batch"),
    softmax("softmax-twice", "softmax of the softmax", "field notes B14", PROBS,
            lambda right: lambda x: right(right(x)), cause="softmax-twice"),
    softmax("softmax-naive", "the maximum is not subtracted: NaN from logits of 710 on",
            "erratum S32; field notes B12", PROBS, normalised(lambda x: 0), cause="not-finite",
            regime="saturated"),
    softmax("softmax-maximum-of-array",
            "the maximum of the whole array is subtracted: rows far below it are 0/0",
            "field notes B13", PROBS, normalised(np.max), cause="not-finite",
            regime="saturated"),
    softmax("softmax-overwritten", "the gradient subtracts Y from the cached probabilities",
            "field notes B19", DX, lambda right: in_place, cause="overwritten"),
    softmax("softmax-overwritten-whole", "the gradient is made of the cached probabilities",
            "field notes B19", DX, lambda right: scaled_in_place, cause="overwritten"),
    Fault("softmax-shifts-logits",
          "the maximum is subtracted from the logits in place, so that F7's output changes",
          "field notes B19", L + "exponentials", lambda right: shifted_in_place, layers="F7",
          tensor="F7.z", cause="shifted-in-place"),
    data("loss-summed", "the loss is summed over the batch, the gradient averaged",
         "erratum S14; field notes B10", DATA, times(len), cause="times-N"),
    data("loss-log-of-zero", "the logarithm is taken of probabilities, which underflow to 0",
         "field notes B11", DATA, silent(log_of_zero), cause="not-finite", regime="saturated"),
    data("loss-naive", "the exponentials overflow: no maximum is subtracted",
         "erratum S32; field notes B12", DATA, silent(naive), cause="not-finite",
         regime="saturated"),
    data("loss-labels-shifted", "the loss counts classes from 1", "off by one",
         "network.loss_forward",
         lambda right: lambda loss, x, labels, weights: right(loss, x, labels - 1, weights),
         cause="labels-shifted"),
    gradient("loss-dx-sign", "Y - probs: a step ascends", "field notes B15", DX,
             times(lambda probs: -1.0), cause="sign"),
    gradient("loss-dx-diagonal", "softmax's Jacobian is taken for its diagonal p (1 - p)",
             "field notes B17", DX,
             lambda right: lambda p, labels: (p - 1) * cross_entropy.one_hot(labels, p) / len(p),
             cause="diagonal"),
    gradient("loss-dx-not-stored", "the gradient is allocated and never filled",
             "field notes C17", DX, times(lambda probs: 0.0), cause="zero"),
    Fault("softmax-maximum-twice", "the maximum is subtracted twice", "experience", PROBS,
          lambda right: lambda x: right(x - x.max(axis=1, keepdims=True)),
          equivalent="After the first subtraction every row's maximum is 0; subtracting 0 "
          "changes no bit."),
]  # fmt: skip
