"""Mistaken formulas of the convolution layers, forward: bias, maps, patterns."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from verify.mistakes.guards import NOTHING, bias, of_bias, visible
from verify.mistakes.kernels import WEIGHTS, Change, conv
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle import convolution


def biased(e: Situation, change: Change) -> Tensor:
    """z with another bias."""
    return conv(e, e["W"], change(e["b"])) if e.spec.bias else NOTHING


def linear(e: Situation) -> Tensor:
    """z without its bias."""
    return conv(e, e["W"], None)


def column(b: Tensor) -> Tensor:
    """One value per map, to be combined with a volume."""
    return b[:, None, None]


def averaged(e: Situation) -> Tensor:
    """The field's mean instead of its sum."""
    return linear(e) / e["W"][0].numel() + column(bias(e))


def one_map(e: Situation, c: int) -> Tensor:
    """The contribution of one input map alone."""
    if e["W"].shape[1] == 1:
        return NOTHING
    only = torch.zeros_like(e["W"])
    only[:, c] = e["W"][:, c]
    return conv(e, only, bias(e))


def bias_per_input(e: Situation) -> Tensor:
    """The bias added once for each input map."""
    maps = e["W"].shape[1]
    return NOTHING if maps == 1 else biased(e, lambda b: maps * b)


def bias_per_link(e: Situation) -> Tensor:
    """The bias added once for each map that the table connects."""
    if e.spec.table is None:
        return NOTHING
    count = convolution.links(e.spec.table, e.spec.maps_in).sum(dim=1)
    return biased(e, lambda b: count * b)


def repeated(e: Situation) -> Tensor:
    """Every pattern gets the first one's result."""
    return NOTHING if e.batch == 1 else conv(e, e["W"], bias(e))[:1].expand(e.oracle.shape)


def in_memory(e: Situation) -> Tensor:
    """Rows (n, i, j) by K read as a volume without moving the axes."""
    rows = conv(e, e["W"], bias(e)).movedim(1, -1)
    return rows.reshape(e.oracle.shape)


def without_last_row(e: Situation) -> Tensor:
    """The last row of positions left at zero."""
    found = conv(e, e["W"], bias(e))
    return NOTHING if found.shape[2] == 1 else found.index_fill(2, _last(found), 0.0)


def _last(t: Tensor) -> Tensor:
    return torch.tensor([t.shape[2] - 1])


def dense_stride(e: Situation) -> Tensor:
    """Positions one step apart, as many as there should be."""
    if e.spec.stride == (1, 1):
        return NOTHING
    h, w = e.oracle.shape[2:]
    near = replace(e.spec, stride=(1, 1))
    return convolution.linear(e["x"], e["W"], bias(e), near)[:, :, :h, :w]


PLUS = "right: z = a W + b"
BIAS = (
    Mistake("no-bias", "equals the reference without the bias", "field notes A12", of_bias(linear)),
    Mistake(
        "bias-twice",
        f"adds the bias twice; {PLUS}",
        "experience",
        lambda e: biased(e, lambda b: 2 * b),
    ),
    Mistake(
        "bias-per-input-map",
        f"adds the bias once per input map; {PLUS}",
        "experience",
        bias_per_input,
    ),
    Mistake(
        "bias-per-connected-map",
        f"adds the bias once per connected map; {PLUS}",
        "experience",
        bias_per_link,
    ),
    Mistake(
        "bias-subtracted",
        f"subtracts the bias; {PLUS}",
        "sign slip",
        lambda e: biased(e, torch.neg),
    ),
    Mistake(
        "bias-multiplied",
        f"multiplies by the bias; {PLUS}",
        "field notes A6",
        of_bias(lambda e: visible(e, linear(e) * column(e["b"]))),
    ),
    Mistake(
        "bias-of-another-map:reversed",
        f"adds the biases in reverse order; {PLUS}, b one number per map",
        "index slip",
        lambda e: biased(e, lambda b: b.flip(0)),
    ),
    *(
        Mistake(
            f"bias-of-another-map:{text}",
            f"adds the bias of the {text} map; {PLUS}, b one number per map",
            "off by one",
            partial(biased, change=partial(torch.roll, shifts=by)),
        )
        for by, text in ((1, "previous"), (-1, "next"))
    ),
    Mistake(
        "one-bias",
        f"adds the first map's bias to all maps; {PLUS}, b one number per map",
        "index slip",
        lambda e: biased(e, lambda b: b[:1].expand(b.shape)),
    ),
)

PLACES = (
    Mistake(
        "averaged-over-field",
        f"averages over the receptive field; {PLUS}, a sum",
        "experience",
        averaged,
    ),
    Mistake(
        "last-map-only",
        "is the last input map's alone: assigned in the loop over maps, must be accumulated",
        "field notes C7, forward",
        lambda e: one_map(e, -1),
    ),
    Mistake(
        "first-map-only",
        "reads the first input map only",
        "field notes C7, forward",
        lambda e: one_map(e, 0),
    ),
    Mistake(
        "first-pattern-for-all",
        "is the first pattern's result for every pattern",
        "index slip",
        repeated,
    ),
    Mistake(
        "reshape-for-transpose",
        "is a matrix (rows, K) reshaped to (N, K, OH, OW); its axes must be moved",
        "erratum S27",
        in_memory,
    ),
    Mistake(
        "last-windows-missing",
        "lacks the last row of positions: the loop ends one too early",
        "field notes A20, A21",
        without_last_row,
    ),
    Mistake(
        "stride-ignored",
        "has positions one step apart; the layer has a stride",
        "off by one",
        dense_stride,
    ),
)

MISTAKES = {"convolution.z": (*BIAS, *WEIGHTS, *PLACES)}
