"""Mistakes in the code of the criteria of 1998: maximum likelihood (eq. 8), maximum a posteriori
(eq. 9)."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lenet_ref.losses import map as criterion
from lenet_ref.losses.cross_entropy import one_hot
from verify.proof.faults.catalogue.cross_entropy import silent, times
from verify.proof.faults.fault import Fault

mle = partial(Fault, layers="loss", tensor="loss.data", variant="1998")
posterior = partial(Fault, layers="loss", variant="1998", regime="competitive")
underflow = partial(Fault, layers="loss", variant="1998", regime="ties", tier="float32",
                    options=(("loss", "map"), ("j", 400.0)), cause="not-finite")  # fmt: skip
MLE, MAP = "losses.mle.", "losses.map."


def own(y: Any, labels: Any) -> Any:
    """y_D."""
    return y[np.arange(len(y)), labels]


def regression(y: Any, labels: Any) -> Any:
    """The squared error of distances as estimates of one-hot labels."""
    return np.asarray(((y - one_hot(labels, y)) ** 2).mean(), dtype=y.dtype)


def penalty(y: Any, j: float) -> Any:
    """ln(e^-j + sum_i e^-y_i)."""
    logits = criterion.with_rubbish(y, j)
    top = logits.max(axis=1)
    return top + np.log(np.exp(logits - top[:, None]).sum(axis=1))


def rivals_only(y: Any, labels: Any, j: float) -> Any:
    """A loss whose competitive term sums over i != D."""
    others = np.where(one_hot(labels, y) > 0, np.inf, y)
    return np.asarray((own(y, labels) + penalty(others, j)).mean(), dtype=y.dtype)


def naive(y: Any, j: float) -> Any:
    """Exponentials as they stand: all of them underflow."""
    e = np.exp(-y)
    return e / (np.exp(np.asarray(-j, dtype=y.dtype)) + e.sum(axis=1, keepdims=True))


def naive_loss(y: Any, labels: Any, j: float) -> Any:
    """ln of exponentials as they stand."""
    total = np.exp(np.asarray(-j, dtype=y.dtype)) + np.exp(-y).sum(axis=1)
    return np.asarray((own(y, labels) + np.log(total)).mean(), dtype=y.dtype)


def without_right_class(p: Any, labels: Any) -> Any:
    """Gradient of a sum over i != D: the right class's p is left out and the rest grows."""
    Y = one_hot(labels, p)
    rest = 1 - (p * Y).sum(axis=1, keepdims=True)
    return (Y - p * (1 - Y) / rest) / len(p)


def in_place(p: Any, labels: Any) -> Any:
    """Y - p made of the cached array itself."""
    p *= -1
    p[np.arange(len(p)), labels] += 1
    return p / len(p)


FAULTS = [
    mle("mle-summed", "1/P is missing in the loss", "field notes B10", MLE + "data_loss",
        times(len), cause="times-N"),
    mle("mle-squared-error", "labels are regressed onto distances",
        "erratum S13; field notes B6", MLE + "data_loss", lambda right: regression,
        cause="squared-error"),
    mle("mle-labels-shifted", "classes are counted from 1", "off by one", MLE + "data_loss",
        lambda right: lambda y, labels: right(y, labels - 1), cause="labels-shifted"),
    mle("mle-dx-double", "a 2 in the gradient, which the RBF layer has already",
        "field notes B5", MLE + "gradient", times(lambda y: 2.0), tensor="loss.dx",
        cause="double"),
    mle("mle-dx-nearest", "the gradient goes to the nearest class, whatever the label",
        "field notes B4", MLE + "gradient",
        lambda right: lambda y, labels: right(y, y.argmin(axis=1)), tensor="loss.dx",
        cause="labels-ignored"),
    posterior("map-no-rubbish", "the rubbish class is forgotten", "field notes B9",
              MAP + "with_rubbish", lambda right: lambda y, j: right(y, np.inf),
              tensor="loss.probs", cause="no-rubbish"),
    posterior("map-rivals-only", "the sum leaves out the right class", "field notes B9",
              MAP + "data_loss", lambda right: rivals_only, tensor="loss.data",
              cause="rivals-only"),
    posterior("map-summed", "1/P is missing in the loss", "field notes B10", MAP + "data_loss",
              lambda right: lambda y, labels, j: right(y, labels, j) * y.dtype.type(len(y)),
              tensor="loss.data", cause="times-N"),
    posterior("map-dx-rivals-only", "the gradient's sum leaves out the right class",
              "field notes B9", MAP + "gradient", lambda right: without_right_class,
              tensor="loss.dx", cause="rivals-only"),
    posterior("map-overwritten", "the gradient is computed in place on the cached probabilities",
              "field notes B19", MAP + "gradient", lambda right: in_place, tensor="loss.probs",
              cause="overwritten"),
    underflow("map-underflow", "exponentials of -y as they stand: 0/0 in float32 from y = 104 on",
              "field notes B11", MAP + "probabilities", silent(naive), tensor="loss.probs"),
    underflow("map-loss-underflow", "ln of exponentials of -y as they stand: ln 0 in float32",
              "field notes B11", MAP + "data_loss", silent(naive_loss), tensor="loss.data"),
]  # fmt: skip
