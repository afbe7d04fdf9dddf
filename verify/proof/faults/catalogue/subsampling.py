"""Mistakes in the forward pass of the trainable subsampling layers."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.fault import Fault

sub = partial(Fault, layers="S2 S4", variant="1998")
AVERAGE = (("subsampling", "average"),)
SUM, Z = "layers.subsampling.window_sum", "layers.subsampling.pre_activation"


def column(values: Any) -> Any:
    """One value per map."""
    return values[:, None, None]


FAULTS = [
    sub(
        "sub-averages",
        "windows are averaged, forward and backward (section II-A for II-B)",
        "field notes A4",
        "layers.subsampling.window_scale",
        lambda right: lambda reading, window: 0.25,
        tensor="S2.s",
        cause="averaged",
    ),
    sub(
        "sub-averages-forward",
        "windows are averaged in the forward pass only",
        "field notes A4",
        SUM,
        lambda right: lambda a, scale: a.mean(axis=1),
        tensor="S2.s",
        cause="averaged",
    ),
    sub(
        "sub-sums-where-averaged",
        "the averaging reading sums, forward and backward",
        "field notes A4",
        "layers.subsampling.window_scale",
        lambda right: lambda reading, window: 1.0,
        tensor="S2.s",
        cause="summed",
        options=AVERAGE,
    ),
    sub(
        "sub-averages-twice-forward",
        "the averaging reading divides a mean by 4 again",
        "field notes C29",
        SUM,
        lambda right: lambda a, scale: a.mean(axis=1) * scale,
        tensor="S2.s",
        cause="quarter",
        options=AVERAGE,
    ),
    sub(
        "sub-maximum",
        "windows are reduced by their maximum, as in the modern variant",
        "experience",
        SUM,
        lambda right: lambda a, scale: a.max(axis=1),
        tensor="S2.s",
        cause="maximum",
    ),
    sub(
        "sub-three-inputs",
        "the last input of each window is left out",
        "off by one",
        SUM,
        lambda right: lambda a, scale: a[:, :-1].sum(axis=1) * scale,
        tensor="S2.s",
        cause="one-input-missing",
    ),
    sub(
        "sub-one-input",
        "only the first input of each window is read",
        "experience",
        SUM,
        lambda right: lambda a, scale: a[:, 0] * scale,
        tensor="S2.s",
        cause="first-element",
    ),
    sub(
        "sub-squares",
        "squares of the inputs are summed",
        "experience",
        SUM,
        lambda right: lambda a, scale: (a * a).sum(axis=1) * scale,
        tensor="S2.s",
        cause="squared",
    ),
    sub(
        "sub-no-coefficient",
        "the trainable coefficient is ignored",
        "field notes A5",
        Z,
        lambda right: lambda s, W, b: s + column(b),
        tensor="S2.z",
        cause="no-coefficient",
    ),
    sub(
        "sub-no-bias",
        "the trainable bias is ignored",
        "field notes A5",
        Z,
        lambda right: lambda s, W, b: column(W) * s,
        tensor="S2.z",
        cause="no-bias",
    ),
    sub(
        "sub-no-parameters",
        "coefficient and bias are both ignored: a plain sum pooling",
        "field notes A5",
        Z,
        lambda right: lambda s, W, b: s.copy(),
        tensor="S2.z",
        cause="no-parameters",
    ),
    sub(
        "sub-bias-multiplied",
        "the bias is multiplied instead of added",
        "field notes A6",
        Z,
        lambda right: lambda s, W, b: column(W) * s * column(b),
        tensor="S2.z",
        cause="bias-multiplied",
    ),
    sub(
        "sub-bias-inside",
        "the bias is added before the multiplication",
        "parenthesis slip",
        Z,
        lambda right: lambda s, W, b: column(W) * (s + column(b)),
        tensor="S2.z",
        cause="bias-inside",
    ),
    sub(
        "sub-bias-subtracted",
        "the bias is subtracted, as a threshold would be",
        "sign slip",
        Z,
        lambda right: lambda s, W, b: column(W) * s - column(b),
        tensor="S2.z",
        cause="bias-subtracted",
    ),
    sub(
        "sub-parameters-swapped",
        "coefficient and bias are exchanged; their shapes are equal",
        "argument order",
        Z,
        lambda right: lambda s, W, b: right(s, b, W),
        tensor="S2.z",
        cause="swapped-parameters",
    ),
    sub(
        "sub-divided",
        "the sum is divided by the coefficient",
        "experience",
        Z,
        lambda right: lambda s, W, b: s / column(W) + column(b),
        tensor="S2.z",
        cause="divided",
    ),
    sub(
        "sub-coefficient-on-average",
        "the coefficient multiplies the average while s is the sum",
        "field notes A4",
        Z,
        lambda right: lambda s, W, b: right(s / 4, W, b),
        tensor="S2.z",
        cause="averaged",
    ),
    sub(
        "sub-neighbour-coefficient",
        "each map uses the coefficient of the map before it",
        "off by one",
        Z,
        lambda right: lambda s, W, b: right(s, np.roll(W, 1), b),
        tensor="S2.z",
        cause="neighbour's-coefficient",
    ),
    sub(
        "sub-shared-coefficient",
        "one coefficient serves all maps",
        "field notes A5",
        Z,
        lambda right: lambda s, W, b: W[0] * s + column(b),
        tensor="S2.z",
        cause="shared-coefficient",
    ),
    sub(
        "sub-shared-bias",
        "one bias serves all maps",
        "field notes C4",
        Z,
        lambda right: lambda s, W, b: column(W) * s + b[0],
        tensor="S2.z",
        cause="shared-bias",
    ),
]
