"""Conventions that are right and were not declared: what each is, and which to try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.exchange.conventions import is_parameters, parameter_of
from verify.exchange.layout import CHOICES, Layout
from verify.judge.trace import Trace
from verify.tolerance.bound import UNIT_ROUNDOFF

__all__ = [
    "COUNTED",
    "FEWEST",
    "LOSS_ALONE",
    "MEANING",
    "RATES",
    "TURNS",
    "UPDATE",
    "Choice",
    "candidates",
    "learning_rate",
    "meanings",
]  # fmt: skip

Choice = tuple[str, str]

MEANING: dict[Choice, str] = {
    ("sign", "negative"): "every gradient has the other sign, to be added to the weights",
    ("gradients", "parameters"): "1/N stands at the parameters: the gradients on the way are those"
    " of the sum, dW and db those of the mean",
    ("gradients", "sum"): "every gradient is that of the sum over the batch, the loss is a mean",
    ("loss", "sum"): "the loss and every gradient are sums over the batch",
    ("loss", "half"): "the loss is 1/2 of the mean over the batch, and so is every gradient",
    ("loss", "half-sum"): "the loss is 1/2 of the sum over the batch, and so is every gradient",
    ("rbf", "half"): "distances are 1/2 sum (x - w)^2",
    ("regulariser", "no-half"): "the regulariser is reg ||W||^2, without 1/2",
    ("subsampling", "average"): "subsampling averages its window",
    ("ties", "all"): "the gradient goes whole to every one of equal maxima in a pooling window",
    ("ties", "divided"): "the gradient is divided among equal maxima in a pooling window",
    ("ties", "last"): "the gradient goes to the last of equal maxima in a pooling window",
    ("ties", "column-major"): "the gradient goes to that of equal maxima in a pooling window which"
    " is first down the columns",
    ("relu", "one-at-zero"): "the derivative of ReLU at 0 is 1",
    ("masked", "earlier"): "errors are multiplied by the derivative of the layer below before they"
    " are handed down to it: its dy is its dz",
    (
        "masked",
        "before-pooling",
    ): "errors are multiplied by the derivative of the layer below before"
    " they are handed down to it, through a maximum too",
    ("volumes", "NHWC"): "volumes have their maps last",
    ("convolution", "HWIO"): "filters are (kh, kw, C, K)",
    ("convolution", "IOHW"): "filters are (C, K, kh, kw)",
    ("convolution", "WHIO"): "filters have all axes reversed",
    ("convolution", "matrix"): "filters are matrices (C kh kw, K)",
    ("convolution", "matrix-HWIO"): "filters are matrices (kh kw C, K)",
    ("convolution", "OHWI"): "filters are (K, kh, kw, C)",
    ("convolution", "matrix-OHWI"): "filters are matrices (K, kh kw C)",
    ("convolution", "matrix-transposed"): "filters are matrices (K, C kh kw)",
    ("affine", "in-out"): "affine weights are (D, K)",
    ("flatten", "HWC"): "volumes are flattened with their maps last, (i, j, c)",
    ("flatten", "WHC"): "volumes are flattened by columns, maps last, (j, i, c)",
    ("flatten", "CHW"): "volumes are flattened with their maps first, (c, i, j)",
    ("covering", "full"): "a convolution that covers its whole input is fully connected",
}
"""What each declares, in the order in which they are tried."""
TURNS = "it is given our layouts, and turns them itself"

RATES = tuple(float(f"{digit}e{power}") for power in range(-5, 1) for digit in (1, 2, 3, 5))
"""Learning rates people choose."""
LOSS_ALONE = "the loss is a sum over the batch, the gradients are those of the mean"
UPDATE = "dW and db are read from an update, (W - W') / lr: they have the digits that W' left them"
COUNTED = 2.0**-13
"""Most units counted, in units of 1/u: beyond them a quotient is too rounded to be whole."""
FEWEST = 8


def meanings(chosen: Mapping[str, str]) -> list[str]:
    """Choices in words."""
    if chosen.get("gradients") == "mean":
        rest = {k: v for k, v in chosen.items() if k not in ("gradients", "loss")}
        return [LOSS_ALONE, *meanings(rest)]
    whole = {"update": UPDATE, "inputs": TURNS}
    return [whole.get(k) or MEANING[k, v] for k, v in chosen.items()]


def candidates(layout: Layout, rate: float | None = None) -> Iterator[Layout]:
    """A mapping with one choice less each, of those declared, then with one more.

    rate: of the update that gradients may be read from.
    """
    for key in layout.chosen:
        yield layout.without(key)
    said = {*layout.chosen, *(("covering",) if "C5" in layout.chosen else ())}
    for key, value in MEANING:
        if key not in said:
            yield layout.choosing(key, value)
    if not {"covering", "flatten"} & said:  # of a vector in another order neither alone tells
        for value in CHOICES["layout"]["flatten"]:
            yield layout.choosing("covering", "full").choosing("flatten", value)
    if not {"gradients", "loss"} & layout.chosen.keys():
        yield layout.choosing("gradients", "mean").choosing("loss", "sum")
    if "sign" not in layout.chosen:  # of a factor -N neither the sign nor N alone makes right
        for key, value in MEANING:
            if key in ("gradients", "loss") and key not in layout.chosen:
                yield layout.choosing(key, value).choosing("sign", "negative")
    if "update" not in layout.chosen and rate is not None:
        yield layout.choosing("update", repr(rate))


def learning_rate(case: Case, trace: Trace) -> float | None:
    """The rate of which every step lr dW is a whole number of units in the last place of W, which
    nothing but W - W' is; None if there is no such one among RATES.  The smallest: what is whole
    at one rate is at its multiples."""
    pairs = [
        (np.abs(W), np.abs(dW))
        for name, dW in trace.items()
        if is_parameters(name) and isinstance(dW, np.ndarray) and dW.dtype == case.dtype
        and (W := case.parameters[parameter_of(name)]).shape == dW.shape
    ]  # fmt: skip
    if not pairs:
        return None
    W, dW = (np.concatenate([pair[side].ravel() for pair in pairs]) for side in (0, 1))
    most = COUNTED / UNIT_ROUNDOFF[case.dtype]
    return next((rate for rate in RATES if _whole_units(W, dW.astype("f8"), rate, most)), None)


def _whole_units(W: NDArray[Any], dW: NDArray[Any], rate: float, most: float) -> bool:
    """Where W' has no smaller unit in the last place than W."""
    with np.errstate(all="ignore"):  # whatever a dump holds
        step = rate * dW
        units = step / np.spacing(W)  # in the format of W
        same = np.frexp(W - step)[1] == np.frexp(W)[1]
    counted = units[(step > 0) & (step < W) & same & (units < most)]
    whole = (np.abs(counted - np.rint(counted)) < 0.01) & (counted > 0.5)
    return len(counted) >= FEWEST and bool(whole.all())
