"""Mistakes in the maximum likelihood criterion of 1998 (eq. 8)."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lenet_ref.losses.cross_entropy import one_hot, probabilities
from verify.proof.faults.fault import Fault

data = partial(
    Fault, target="losses.mle.data_loss", layers="loss", tensor="loss.data", variant="1998"
)
gradient = partial(data, target="losses.mle.gradient", tensor="loss.dx")


def of_distances(reduce: Any) -> Any:
    """Another number made of the distances and the labels."""
    return lambda right: lambda y, labels: np.asarray(reduce(y, labels), dtype=y.dtype)


def times(factor: Any) -> Any:
    """The loss or its gradient times something made of the distances."""
    return lambda right: lambda y, labels: np.asarray(right(y, labels) * factor(y), dtype=y.dtype)


def own(y: Any, labels: Any) -> Any:
    """y_D."""
    return y[np.arange(len(y)), labels]


def error(y: Any, labels: Any) -> Any:
    """Distances minus one-hot labels."""
    return y - one_hot(labels, y)


FAULTS = [
    data(
        name="mle-summed",
        about="1/P is missing in the loss",
        source="field notes B10",
        make=times(len),
        cause="times-N",
    ),
    data(
        name="mle-half",
        about="1/2 in the loss, as in a mean squared error",
        source="erratum S13; field notes B5",
        make=times(lambda y: 0.5),
        cause="half",
    ),
    data(
        name="mle-over-units",
        about="the distance is averaged over the 84 units of the code",
        source="section 5 of the facts",
        make=times(lambda y: 1 / 84),
        cause="over-units",
    ),
    data(
        name="mle-over-classes",
        about="np.mean over the P x K array Y y",
        source="experience",
        make=times(lambda y: 1 / y.shape[1]),
        cause="over-K",
    ),
    data(
        name="mle-sign",
        about="the negative distance is minimised",
        source="field notes B4",
        make=times(lambda y: -1.0),
        cause="sign",
    ),
    data(
        name="mle-all-classes",
        about="the distances of all classes are averaged",
        source="experience",
        make=of_distances(lambda y, labels: y.mean()),
        cause="all-classes",
    ),
    data(
        name="mle-squared-error",
        about="labels are regressed onto distances",
        source="erratum S13; field notes B6",
        make=of_distances(lambda y, labels: (error(y, labels) ** 2).mean()),
        cause="squared-error",
    ),
    data(
        name="mle-squared-again",
        about="the distance, a square already, is squared",
        source="erratum S13",
        make=of_distances(lambda y, labels: (own(y, labels) ** 2).mean()),
        cause="squared-again",
    ),
    data(
        name="mle-root",
        about="the Euclidean distance, not its square, is averaged",
        source="eq. 7",
        make=of_distances(lambda y, labels: np.sqrt(own(y, labels)).mean()),
        cause="not-squared",
    ),
    data(
        name="mle-nearest",
        about="the nearest class's distance, whatever the label",
        source="field notes B4",
        make=of_distances(lambda y, labels: y.min(axis=1).mean()),
        cause="labels-ignored",
    ),
    data(
        name="mle-farthest",
        about="argmax for argmin: the farthest class's distance",
        source="field notes B4",
        make=of_distances(lambda y, labels: y.max(axis=1).mean()),
        cause="farthest",
    ),
    data(
        name="mle-labels-shifted",
        about="classes are counted from 1",
        source="off by one",
        make=lambda right: lambda y, labels: right(y, labels - 1),
        cause="labels-shifted",
    ),
    gradient(
        name="mle-dx-summed",
        about="1/P is missing in the gradient",
        source="field notes B10",
        make=times(len),
        cause="times-N",
    ),
    gradient(
        name="mle-dx-averaged-twice",
        about="1/P is applied twice",
        source="field notes B10",
        make=times(lambda y: 1 / len(y)),
        cause="over-N",
    ),
    gradient(
        name="mle-dx-half",
        about="1/2 in the gradient",
        source="field notes B5",
        make=times(lambda y: 0.5),
        cause="half",
    ),
    gradient(
        name="mle-dx-double",
        about="a 2 in the gradient, which the RBF layer has already",
        source="field notes B5",
        make=times(lambda y: 2.0),
        cause="double",
    ),
    gradient(
        name="mle-dx-sign",
        about="distances grow",
        source="field notes B15",
        make=times(lambda y: -1.0),
        cause="sign",
    ),
    gradient(
        name="mle-dx-squared-error",
        about="the gradient of a squared error of labels on distances",
        source="field notes B6",
        make=lambda right: lambda y, labels: 2 * error(y, labels) / len(y),
        cause="squared-error",
    ),
    gradient(
        name="mle-dx-softmax",
        about="the gradient of the modern variant",
        source="field notes B4",
        make=lambda right: lambda y, labels: (probabilities(y) - one_hot(labels, y)) / len(y),
        cause="softmax",
    ),
    gradient(
        name="mle-dx-all-classes",
        about="every class receives 1/P",
        source="experience",
        make=lambda right: lambda y, labels: np.ones_like(y) / len(y),
        cause="all-classes",
    ),
    gradient(
        name="mle-dx-times-distance",
        about="2 y_D: the derivative of a square of the square",
        source="erratum S13",
        make=lambda right: lambda y, labels: 2 * y * one_hot(labels, y) / len(y),
        cause="times-value",
    ),
    gradient(
        name="mle-dx-nearest",
        about="the gradient goes to the nearest class, whatever the label",
        source="field notes B4",
        make=lambda right: lambda y, labels: right(y, y.argmin(axis=1)),
        cause="labels-ignored",
    ),
    gradient(
        name="mle-dx-labels-shifted",
        about="classes are counted from 1",
        source="off by one",
        make=lambda right: lambda y, labels: right(y, (labels + 1) % y.shape[1]),
        cause="labels-shifted",
    ),
]
