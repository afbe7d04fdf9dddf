"""Mistakes in the cross-entropy loss of the modern variant and its gradient."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lenet_ref.losses import cross_entropy
from verify.proof.faults.catalogue.softmax import silent, unshifted
from verify.proof.faults.fault import Fault

data = partial(
    Fault,
    target="losses.cross_entropy.data_loss",
    layers="loss",
    tensor="loss.data",
    variant="modern",
)
gradient = partial(data, target="losses.cross_entropy.gradient", tensor="loss.dx")
labelled = partial(data, target="network.loss_forward")


def chosen(probs: Any, labels: Any) -> Any:
    """Probability of each pattern's class."""
    return probs[np.arange(len(probs)), labels]


def targets(probs: Any, labels: Any) -> Any:
    """Y."""
    return cross_entropy.one_hot(labels, probs)


def of_probs(reduce: Any) -> Any:
    """A loss computed from probs and labels."""

    def make(right: Any) -> Any:
        def wrong(x: Any, labels: Any) -> Any:
            with np.errstate(all="ignore"):
                return np.asarray(reduce(cross_entropy.probabilities(x), labels), dtype=x.dtype)

        return wrong

    return make


def times(factor: Any) -> Any:
    """The loss or the gradient times something made of its first argument, (N, K)."""
    return lambda right: (
        lambda values, labels: np.asarray(
            right(values, labels) * factor(values), dtype=values.dtype
        )
    )


def binary(probs: Any, labels: Any) -> Any:
    """Binary cross-entropy of every class."""
    Y = targets(probs, labels)
    return -(Y * np.log(probs) + (1 - Y) * np.log(1 - probs)).sum() / len(probs)


def chosen_unshifted(right: Any) -> Any:
    """ln sum exp(x - max) - x[label]: the maximum subtracted in one of two places."""

    def wrong(x: Any, labels: Any) -> Any:
        return np.asarray(right(x, labels) - x.max(axis=1).mean(), dtype=x.dtype)

    return wrong


def naive(right: Any) -> Any:
    """ln of the sum of exp(x) - x[label]."""

    def wrong(x: Any, labels: Any) -> Any:
        e = unshifted(right)(x)[1]
        return np.asarray((np.log(e.sum(axis=1)) - chosen(x, labels)).mean(), dtype=x.dtype)

    return wrong


FAULTS = [
    data(
        name="loss-summed",
        about="the loss is summed over the batch, the gradient averaged",
        source="erratum S14; field notes B10",
        make=times(len),
        cause="times-N",
    ),
    data(
        name="loss-averaged-twice",
        about="the loss is divided by N twice",
        source="field notes B10",
        make=times(lambda x: 1 / len(x)),
        cause="over-N",
    ),
    data(
        name="loss-averaged-over-classes",
        about="np.mean over the N x K array Y ln probs",
        source="experience",
        make=times(lambda x: 1 / x.shape[1]),
        cause="over-K",
    ),
    data(
        name="loss-sign",
        about="the minus of the logarithm is lost",
        source="erratum S14",
        make=times(lambda x: -1.0),
        cause="sign",
    ),
    data(
        name="loss-log2",
        about="log2 for the natural logarithm",
        source="experience",
        make=of_probs(lambda p, labels: -np.log2(chosen(p, labels)).mean()),
        cause="base-two",
    ),
    data(
        name="loss-log10",
        about="log10 for the natural logarithm",
        source="experience",
        make=of_probs(lambda p, labels: -np.log10(chosen(p, labels)).mean()),
        cause="base-ten",
    ),
    data(
        name="loss-no-log",
        about="the logarithm is forgotten",
        source="experience",
        make=of_probs(lambda p, labels: -chosen(p, labels).mean()),
        cause="no-log",
    ),
    data(
        name="loss-log-of-mean",
        about="the mean is taken before the logarithm",
        source="parenthesis slip",
        make=of_probs(lambda p, labels: -np.log(chosen(p, labels).mean())),
        cause="log-of-mean",
    ),
    data(
        name="loss-all-classes",
        about="the logarithms of all classes are added, not the label's alone",
        source="experience",
        make=of_probs(lambda p, labels: -np.log(p).sum() / len(p)),
        cause="all-classes",
    ),
    data(
        name="loss-binary",
        about="binary cross-entropy of every class",
        source="experience",
        make=of_probs(binary),
        cause="binary",
    ),
    data(
        name="loss-squared-error",
        about="the squared error of the probabilities",
        source="field notes B6",
        make=of_probs(lambda p, labels: ((p - targets(p, labels)) ** 2).sum() / len(p)),
        cause="squared-error",
    ),
    data(
        name="loss-softmax-twice",
        about="probabilities handed to a loss that wants logits",
        source="field notes B14",
        make=lambda right: lambda x, labels: right(cross_entropy.probabilities(x), labels),
        cause="softmax-twice",
    ),
    data(
        name="loss-clipped",
        about="probabilities are clipped at 1e-8",
        source="field notes B18",
        make=of_probs(lambda p, labels: -np.log(np.maximum(chosen(p, labels), 1e-8)).mean()),
        cause="clipped",
        regime="saturated",
    ),
    data(
        name="loss-padded",
        about="1e-8 is added inside the logarithm",
        source="field notes B18",
        make=of_probs(lambda p, labels: -np.log(chosen(p, labels) + 1e-8).mean()),
        cause="padded",
    ),
    data(
        name="loss-log-of-zero",
        about="the logarithm is taken of probabilities, which underflow to 0",
        source="field notes B11",
        make=of_probs(lambda p, labels: -np.log(chosen(p, labels)).mean()),
        cause="not-finite",
        regime="saturated",
    ),
    data(
        name="loss-naive",
        about="the exponentials overflow: no maximum is subtracted",
        source="erratum S32; field notes B12",
        make=silent(naive),
        cause="not-finite",
        regime="saturated",
    ),
    data(
        name="loss-maximum-in-one-place",
        about="the maximum is subtracted in the sum, not from the label's logit",
        source="erratum S32",
        make=chosen_unshifted,
        cause="maximum-kept",
    ),
    labelled(
        name="loss-labels-shifted",
        about="the loss counts classes from 1",
        source="off by one",
        make=lambda right: lambda loss, x, labels, weights: right(loss, x, labels - 1, weights),
        cause="labels-shifted",
    ),
    labelled(
        name="loss-labels-ignored",
        about="the loss uses the predicted class for the label",
        source="experience",
        make=lambda right: (
            lambda loss, x, labels, weights: right(loss, x, x.argmax(axis=1), weights)
        ),
        cause="labels-ignored",
    ),
]
