"""Mistakes in the softmax of the modern variant."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.fault import Fault

softmax = partial(
    Fault,
    target="losses.cross_entropy.probabilities",
    layers="loss",
    tensor="loss.probs",
    variant="modern",
)
EXPONENTIALS = "losses.cross_entropy.exponentials"
GRADIENT = "losses.cross_entropy.gradient"


def flattened(x: Any) -> Any:
    """Softmax over the whole array."""
    e = np.exp(x - x.max())
    return e / e.sum()


def over_batch(x: Any) -> Any:
    """Softmax over axis 0."""
    e = np.exp(x - x.max(axis=0))
    return e / e.sum(axis=0)


def unshifted(right: Any) -> Any:
    """exp(x) as it stands."""
    return lambda x: (x, np.exp(x))


def whole_maximum(right: Any) -> Any:
    """The maximum of the whole array is subtracted."""
    return lambda x: (x - x.max(), np.exp(x - x.max()))


def silent(make: Any) -> Any:
    """Overflow and 0/0 without a warning, as in any code that trains on."""

    def made(right: Any) -> Any:
        def wrong(*arguments: Any) -> Any:
            with np.errstate(all="ignore"):
                return make(right)(*arguments)

        return wrong

    return made


def normalised(exponentials: Any) -> Any:
    """Softmax from other exponentials."""

    def make(right: Any) -> Any:
        def wrong(x: Any) -> Any:
            e = exponentials(right)(x)[1]
            return e / e.sum(axis=1, keepdims=True)

        return wrong

    return silent(make)


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


FAULTS = [
    softmax(
        name="softmax-over-array",
        about="maximum and sum are taken over the whole array",
        source="field notes B13",
        make=lambda right: flattened,
        cause="normalised-over-batch",
    ),
    softmax(
        name="softmax-sum-over-array",
        about="the maximum per row, the sum over the whole array",
        source="field notes B13",
        make=lambda right: (
            lambda x: (
                np.exp(x - x.max(axis=1, keepdims=True))
                / np.exp(x - x.max(axis=1, keepdims=True)).sum()
            )
        ),
        cause="normalised-over-batch",
    ),
    softmax(
        name="softmax-over-batch",
        about="axis 0 for axis 1",
        source="field notes B13",
        make=lambda right: over_batch,
        cause="softmax-over-batch",
    ),
    softmax(
        name="softmax-twice",
        about="softmax of the softmax",
        source="field notes B14",
        make=lambda right: lambda x: right(right(x)),
        cause="softmax-twice",
    ),
    softmax(
        name="softmax-log",
        about="log probs stored for probs",
        source="experience",
        make=lambda right: lambda x: np.log(right(x)),
        cause="log-probs",
    ),
    softmax(
        name="softmax-not-normalised",
        about="the division is forgotten",
        source="experience",
        make=lambda right: lambda x: np.exp(x - x.max(axis=1, keepdims=True)),
        cause="not-normalised",
    ),
    softmax(
        name="softmax-logistic",
        about="a logistic sigmoid of each logit",
        source="experience",
        make=lambda right: lambda x: 1 / (1 + np.exp(-x)),
        cause="logistic",
    ),
    softmax(
        name="softmax-negated",
        about="softmax of -x, as distances need it",
        source="field notes B4",
        make=lambda right: lambda x: right(-x),
        cause="negated",
    ),
    softmax(
        name="softmax-missing",
        about="the logits pass for probabilities",
        source="experience",
        make=lambda right: lambda x: x.copy(),
        cause="logits",
    ),
    softmax(
        name="softmax-base-two",
        about="powers of 2",
        source="experience",
        make=lambda right: lambda x: np.exp2(x) / np.exp2(x).sum(axis=1, keepdims=True),
        cause="base-two",
    ),
    softmax(
        name="softmax-linear",
        about="logits divided by their sum",
        source="experience",
        make=lambda right: lambda x: x / x.sum(axis=1, keepdims=True),
        cause="linear-normalisation",
    ),
    softmax(
        name="softmax-naive",
        about="the maximum is not subtracted: NaN from logits of 710 on",
        source="erratum S32; field notes B12",
        make=normalised(unshifted),
        cause="not-finite",
        regime="saturated",
    ),
    softmax(
        name="softmax-maximum-of-array",
        about="the maximum of the whole array is subtracted: rows far below it are 0/0",
        source="field notes B13",
        make=normalised(whole_maximum),
        cause="not-finite",
        regime="saturated",
    ),
    softmax(
        name="softmax-overwritten",
        about="the gradient subtracts Y from the cached probabilities in place",
        source="field notes B19",
        target=GRADIENT,
        make=lambda right: in_place,
        cause="overwritten",
    ),
    softmax(
        name="softmax-overwritten-whole",
        about="the gradient is made of the cached probabilities in place",
        source="field notes B19",
        target=GRADIENT,
        make=lambda right: scaled_in_place,
        cause="overwritten",
    ),
    softmax(
        name="softmax-shifts-logits",
        about="the maximum is subtracted from the logits in place, so that F7's output changes",
        source="field notes B19",
        target=EXPONENTIALS,
        make=lambda right: shifted_in_place,
        layers="F7",
        tensor="F7.z",
        cause="shifted-in-place",
    ),
    softmax(
        name="softmax-maximum-twice",
        about="the maximum is subtracted twice",
        source="experience",
        make=lambda right: lambda x: right(x - x.max(axis=1, keepdims=True)),
        equivalent="After the first subtraction every row's maximum is 0; subtracting 0 changes "
        "no bit.",
    ),
]
