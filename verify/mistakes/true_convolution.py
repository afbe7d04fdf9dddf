"""A true convolution whose kernel is not turned, or in one axis only: forward, or back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor

from verify.mistakes.convolution_gradient import da_by, dW_from, dx_of
from verify.mistakes.guards import NOTHING
from verify.mistakes.kernels import weighted
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation

Axes = tuple[int, ...]
Turn = Callable[[Situation, Axes], Tensor]


def output(e: Situation, axes: Axes) -> Tensor:
    """z with the kernel turned in these axes once more."""
    return weighted(e, lambda W: W.flip(axes))


def input_matrix(e: Situation, axes: Axes) -> Tensor:
    """da with it."""
    return da_by(e, lambda W: W.flip(axes))


def input_volume(e: Situation, axes: Axes) -> Tensor:
    """dx with it."""
    return dx_of(e, e["W"].flip(axes))


def weights(e: Situation, axes: Axes) -> Tensor:
    """dW turned in these axes once more, but for the regulariser's share."""
    decay = e.reg * e["W"]
    return (dW_from(e, e["dz"]) - decay).flip(axes) + decay


def where_flipped(e: Situation, make: Turn, axes: Axes) -> Tensor:
    """One of these in a true convolution; nothing in a cross-correlation."""
    return make(e, axes) if e.spec.flipped else NOTHING


RIGHT = "the layer is a true convolution"
READ: tuple[tuple[str, str, Axes], ...] = (
    ("kernel-not-turned", f"has the kernel as it stands; {RIGHT}", (2, 3)),
    ("kernel-half-turned:columns", f"has the kernel turned left to right alone; {RIGHT}", (2,)),
    ("kernel-half-turned:rows", f"has the kernel turned upside down alone; {RIGHT}", (3,)),
)
BACK: tuple[tuple[str, str, Axes], ...] = (
    ("kernel-not-turned", f"is that of the kernel as it is used, not turned back; {RIGHT}", (2, 3)),
    ("kernel-half-turned:columns", f"is turned back left to right alone; {RIGHT}", (2,)),
    ("kernel-half-turned:rows", f"is turned back upside down alone; {RIGHT}", (3,)),
)
"""Name, sentence, and the axes in which the kernel, or its gradient, then stands wrong."""


def each(rows: tuple[tuple[str, str, Axes], ...], make: Turn) -> tuple[Mistake, ...]:
    """What may stand wrong, in one of the formulas."""
    return tuple(
        Mistake(name, what, "field notes A15", partial(where_flipped, make=make, axes=axes))
        for name, what, axes in rows
    )


MISTAKES = {
    "convolution.z": each(READ, output),
    "convolution.da": each(READ, input_matrix),
    "convolution.dx": each(READ, input_volume),
    "convolution.dW": each(BACK, weights),
}
