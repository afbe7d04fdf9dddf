"""Kernels read wrongly: turned, mirrored, transposed, or in another layout."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from verify.mistakes.guards import NOTHING, bias
from verify.mistakes.mistake import Formula, Mistake
from verify.mistakes.situation import Situation
from verify.oracle import convolution

Change = Callable[[Tensor], Tensor]


def conv(e: Situation, W: Tensor, b: Tensor | None) -> Tensor:
    """z with other weights or another bias."""
    return convolution.linear(e["x"], W, b, e.spec)


def weighted(e: Situation, change: Change) -> Tensor:
    """z with other weights, where they are others."""
    W = change(e["W"])
    return NOTHING if W.shape != e["W"].shape or torch.equal(W, e["W"]) else conv(e, W, bias(e))


def correlated(formula: Formula) -> Formula:
    """A formula that turns the kernel of a cross-correlation; nothing in a true convolution."""
    return lambda e: NOTHING if e.spec.flipped else formula(e)


def read_as(order: tuple[int, ...]) -> Change:
    """The weights' memory taken for a bank whose axes stand in another order."""

    def change(W: Tensor) -> Tensor:
        shape = [W.shape[axis] for axis in order]
        back = [order.index(axis) for axis in range(4)]
        return W.reshape(shape).permute(back)

    return change


CROSS = "the layer is a cross-correlation"
LAYOUT = "the memory is (K, C, kh, kw)"
LAYOUTS = (
    ("(kh, kw, C, K)", (2, 3, 1, 0), "another framework's layout"),
    ("(K, kh, kw, C)", (0, 2, 3, 1), "another framework's layout"),
    ("(C, K, kh, kw)", (1, 0, 2, 3), "field notes C15"),
    ("(C, kh, kw, K), the matrix a multiplies", (1, 2, 3, 0), "field notes C31"),
    ("a column-major array", (3, 2, 1, 0), "ported code"),
)
ALSO = {
    "(K, kh, kw, C)": ", or (where they cover all of it) its input flattened with channels last",
}

WEIGHTS = (
    Mistake(
        "true-convolution",
        f"equals a convolution with the kernel rotated; {CROSS}",
        "field notes A15",
        correlated(lambda e: weighted(e, lambda W: W.flip(2, 3))),
    ),
    Mistake(
        "kernel-upside-down",
        f"has the kernel's rows in reverse order; {CROSS}",
        "field notes A15",
        correlated(lambda e: weighted(e, lambda W: W.flip(2))),
    ),
    Mistake(
        "kernel-mirrored",
        f"has the kernel's columns in reverse order; {CROSS}",
        "field notes A15",
        correlated(lambda e: weighted(e, lambda W: W.flip(3))),
    ),
    Mistake(
        "kernel-transposed",
        "has rows and columns of the kernel exchanged; W is (K, C, kh, kw)",
        "H and W swapped",
        lambda e: weighted(e, lambda W: W.mT),
    ),
    Mistake(
        "maps-reversed",
        "has the input maps in reverse order; column c of the kernel reads map c",
        "channel order",
        lambda e: weighted(e, lambda W: W.flip(1)),
    ),
    *(
        Mistake(
            f"weight-layout:{name}",
            f"reads the weights as {name}{ALSO.get(name, '')}; {LAYOUT}",
            source,
            partial(weighted, change=read_as(order)),
        )
        for name, order, source in LAYOUTS
    ),
)
