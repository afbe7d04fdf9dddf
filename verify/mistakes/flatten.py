"""A volume flattened in another order than with its maps last, and its gradient brought back so."""

from __future__ import annotations

from functools import partial

from torch import Tensor

from verify.mistakes.guards import NOTHING
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


LAST = "the layer reads its maps last, (i, j, c)"
REPEATED = Mistake(
    "first-pattern-for-all", "is the first pattern's for every pattern", "index slip", repeated
)
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
    "unflatten": (
        Mistake("brought-back-maps-first", "takes the gradient of a vector (i, j, c) for one of "
                f"(c, i, j); {LAST}", "field notes A19", partial(brought_back, order=(0, 1, 2))),
        Mistake("brought-back-by-column", "takes the gradient of a vector (i, j, c) for one of "
                f"(j, i, c); {LAST}", "H and W swapped", partial(brought_back, order=(2, 1, 0))),
        REPEATED,
    ),
}  # fmt: skip
