"""A volume flattened in another order than the layer's, and its gradient brought back so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor

from verify.mistakes.guards import NOTHING, bias
from verify.mistakes.links import read_by_column
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation

Order = tuple[int, int, int]


def flattened(e: Situation, order: Order) -> Tensor:
    """The volume with its axes (c, i, j) in another order."""
    axes = (axis + 1 for axis in order)
    return e.value(e.step.inputs[0]).permute(0, *axes).reshape(e.oracle.shape)


def brought_back(e: Situation, order: Order) -> Tensor:
    """A vector taken for one whose axes (c, i, j) stand in another order."""
    n, *sizes = e.oracle.shape
    back = (order.index(axis) + 1 for axis in range(3))
    vector = e.value(e.step.inputs[0])
    return vector.reshape(n, *(sizes[axis] for axis in order)).permute(0, *back)


def repeated(e: Situation) -> Tensor:
    """Every pattern gets the first one's."""
    return NOTHING if e.batch == 1 else e.oracle[:1].expand(e.oracle.shape)


def reordered(e: Situation, x: Tensor) -> Tensor:
    """The inputs of a layer behind a volume in the other order: maps first for last, or last for
    first; nothing where there is no volume."""
    step = e.steps.get(f"{e.step.layer}.x")
    shape = e.shapes.get(step.inputs[0], ()) if step else ()
    if step is None or len(shape) != 4:
        return NOTHING
    n, c, h, w = shape
    if step.op == "flatten":
        return x.reshape(n, h, w, c).permute(0, 3, 1, 2).flatten(1)
    return x.reshape(n, c, h, w).permute(0, 2, 3, 1).flatten(1)


def with_inputs(e: Situation, make: Callable[[Situation, Tensor], Tensor]) -> Tensor:
    """z or dW of inputs in the other order."""
    x = reordered(e, e["x"])
    return x if x is NOTHING else make(e, x)


LAST = "the layer reads its maps last, (i, j, c)"
REPEATED = Mistake(
    "first-pattern-for-all", "is the first pattern's for every pattern", "index slip", repeated
)
OTHER = "in another order of the volume before the layer (maps first for last, or last for first)"
MISTAKES = {
    "flatten": (
        Mistake("flattened-maps-first", f"is flattened as (c, i, j); {LAST}", "field notes A19",
                partial(flattened, order=(0, 1, 2))),
        Mistake("flattened-by-column", f"is flattened as (j, i, c); {LAST}", "H and W swapped",
                partial(flattened, order=(2, 1, 0))),
        Mistake("transposed", "is (N, D) in memory read as (D, N): reshaped where it must be "
                "flattened pattern by pattern", "field notes A19", read_by_column),
        REPEATED,
    ),
    "affine.z": (
        Mistake("other-order", f"reads its inputs {OTHER} than W", "field notes A19",
                partial(with_inputs, make=lambda e, x: x @ e["W"].mT + bias(e))),
    ),
    "affine.dx": (
        Mistake("other-order", f"has its columns {OTHER} than x", "field notes A19",
                lambda e: reordered(e, e["dz"] @ e["W"])),
    ),
    "affine.dW": (
        Mistake("other-order", f"has its columns {OTHER} than W", "field notes A19",
                partial(with_inputs, make=lambda e, x: e["dz"].mT @ x + e.reg * e["W"])),
    ),
    "unflatten": (
        Mistake("brought-back-maps-first", "takes the gradient of a vector (i, j, c) for one of "
                f"(c, i, j); {LAST}", "field notes A19", partial(brought_back, order=(0, 1, 2))),
        Mistake("brought-back-by-column", "takes the gradient of a vector (i, j, c) for one of "
                f"(j, i, c); {LAST}", "H and W swapped", partial(brought_back, order=(2, 1, 0))),
        REPEATED,
    ),
}  # fmt: skip
