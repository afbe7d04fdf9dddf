"""Mistaken formulas of the convolution layers, forward: bias, weights, maps, patterns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import NOTHING, visible
from verify.mistakes.hypothesis import Evidence
from verify.oracle import convolution

Change = Callable[[Tensor], Tensor]


def conv(e: Evidence, W: Tensor, b: Tensor | None) -> Tensor:
    """z with other weights or another bias."""
    return F.conv2d(e["x"], convolution.live(W, e.spec), b, e.spec.stride)


def biased(e: Evidence, change: Change) -> Tensor:
    """z with another bias."""
    return conv(e, e["W"], change(e["b"]))


def weighted(e: Evidence, change: Change) -> Tensor:
    """z with other weights, where they are others."""
    W = change(e["W"])
    return NOTHING if W.shape != e["W"].shape or torch.equal(W, e["W"]) else conv(e, W, e["b"])


def linear(e: Evidence) -> Tensor:
    """z without its bias."""
    return conv(e, e["W"], None)


def column(b: Tensor) -> Tensor:
    """One value per map, to be combined with a volume."""
    return b[:, None, None]


def averaged(e: Evidence) -> Tensor:
    """The field's mean instead of its sum."""
    return linear(e) / e["W"][0].numel() + column(e["b"])


def one_map(e: Evidence, c: int) -> Tensor:
    """The contribution of one input map alone."""
    if e["W"].shape[1] == 1:
        return NOTHING
    only = torch.zeros_like(e["W"])
    only[:, c] = e["W"][:, c]
    return conv(e, only, e["b"])


def bias_per_input(e: Evidence) -> Tensor:
    """The bias added once for each input map."""
    maps = e["W"].shape[1]
    return NOTHING if maps == 1 else conv(e, e["W"], maps * e["b"])


def repeated(e: Evidence) -> Tensor:
    """Every pattern gets the first one's result."""
    return NOTHING if e.batch == 1 else conv(e, e["W"], e["b"])[:1].expand(e.oracle.shape)


def in_memory(e: Evidence) -> Tensor:
    """Rows (n, i, j) by K read as a volume without moving the axes."""
    rows = conv(e, e["W"], e["b"]).movedim(1, -1)
    return rows.reshape(e.oracle.shape)


def without_last_row(e: Evidence) -> Tensor:
    """The last row of positions left at zero."""
    found = conv(e, e["W"], e["b"])
    return NOTHING if found.shape[2] == 1 else found.index_fill(2, _last(found), 0.0)


def _last(t: Tensor) -> Tensor:
    return torch.tensor([t.shape[2] - 1])


def dense_stride(e: Evidence) -> Tensor:
    """Positions one step apart, as many as there should be."""
    if e.spec.stride == (1, 1):
        return NOTHING
    h, w = e.oracle.shape[2:]
    return F.conv2d(e["x"], convolution.live(e["W"], e.spec), e["b"])[:, :, :h, :w]


def read_as(order: tuple[int, ...]) -> Change:
    """The weights' memory taken for a bank whose axes stand in another order."""

    def change(W: Tensor) -> Tensor:
        shape = [W.shape[axis] for axis in order]
        back = [order.index(axis) for axis in range(4)]
        return W.reshape(shape).permute(back)

    return change


PLUS = "right: z = a W + b"
CROSS = "the layer is a cross-correlation"
LAYOUT = "the memory is (K, C, kh, kw)"

BIAS = (
    Entry("no-bias", "equals the reference without the bias", linear),
    Entry("bias-twice", f"adds the bias twice; {PLUS}", lambda e: biased(e, lambda b: 2 * b)),
    Entry("bias-per-input-map", f"adds the bias once per input map; {PLUS}", bias_per_input),
    Entry("bias-subtracted", f"subtracts the bias; {PLUS}", lambda e: biased(e, torch.neg)),
    Entry(
        "bias-multiplied",
        f"multiplies by the bias; {PLUS}",
        lambda e: visible(e, linear(e) * column(e["b"])),
    ),
    Entry(
        "bias-of-another-map",
        f"adds the biases in reverse order; {PLUS}, b one number per map",
        lambda e: biased(e, lambda b: b.flip(0)),
    ),
    *(
        Entry(
            "bias-of-another-map",
            f"adds the bias of the {text} map; {PLUS}, b one number per map",
            partial(biased, change=partial(torch.roll, shifts=by)),
        )
        for by, text in ((1, "previous"), (-1, "next"))
    ),
    Entry(
        "one-bias",
        f"adds the first map's bias to all maps; {PLUS}, b one number per map",
        lambda e: biased(e, lambda b: b[:1].expand(b.shape)),
    ),
)

WEIGHTS = (
    Entry(
        "true-convolution",
        f"equals a convolution with the kernel rotated; {CROSS}",
        lambda e: weighted(e, lambda W: W.flip(2, 3)),
    ),
    Entry(
        "kernel-upside-down",
        f"has the kernel's rows in reverse order; {CROSS}",
        lambda e: weighted(e, lambda W: W.flip(2)),
    ),
    Entry(
        "kernel-mirrored",
        f"has the kernel's columns in reverse order; {CROSS}",
        lambda e: weighted(e, lambda W: W.flip(3)),
    ),
    Entry(
        "kernel-transposed",
        "has rows and columns of the kernel exchanged; W is (K, C, kh, kw)",
        lambda e: weighted(e, lambda W: W.mT),
    ),
    Entry(
        "maps-reversed",
        "has the input maps in reverse order; column c of the kernel reads map c",
        lambda e: weighted(e, lambda W: W.flip(1)),
    ),
    *(
        Entry("weight-layout", f"reads the weights as {name}; {LAYOUT}",
              partial(weighted, change=read_as(order)))
        for name, order in (
            ("(kh, kw, C, K)", (2, 3, 1, 0)),
            ("(K, kh, kw, C)", (0, 2, 3, 1)),
            ("(C, K, kh, kw)", (1, 0, 2, 3)),
            ("(C, kh, kw, K), the matrix a multiplies", (1, 2, 3, 0)),
            ("a column-major array", (3, 2, 1, 0)),
        )
    ),
)  # fmt: skip

PLACES = (
    Entry("averaged-over-field", f"averages over the receptive field; {PLUS}, a sum", averaged),
    Entry(
        "last-map-only",
        "is the last input map's alone: assigned in the loop over maps, must be accumulated",
        lambda e: one_map(e, -1),
    ),
    Entry("first-map-only", "reads the first input map only", lambda e: one_map(e, 0)),
    Entry("first-pattern-for-all", "is the first pattern's result for every pattern", repeated),
    Entry(
        "reshape-for-transpose",
        "is a matrix (rows, K) reshaped to (N, K, OH, OW); its axes must be moved",
        in_memory,
    ),
    Entry(
        "last-windows-missing",
        "lacks the last row of positions: the loop ends one too early",
        without_last_row,
    ),
    Entry("stride-ignored", "has positions one step apart; the layer has a stride", dense_stride),
)

ALTERNATIVES = {"convolution.z": (*BIAS, *WEIGHTS, *PLACES)}
