"""What the rules of linear operations share: data movement, sums, products of uncertain factors.

For every rule q.magnitude(name) is |value| + error, q.error(name) the uncertainty of an input
or None when both sides have the same one.  Derivations: docs/tolerance.md, section "Sums".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from torch import Tensor

from verify.expected.step import Step
from verify.oracle.flatten import flattened
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query

Rule: TypeAlias = Callable[[Query, Step], Bound]
Rules: TypeAlias = Mapping[str, Rule]


def through(operation: Callable[[Tensor], Tensor], error: Tensor | None) -> Tensor | None:
    """An input's uncertainty through a linear operation with non-negative coefficients."""
    return None if error is None else operation(error)


def moved(q: Query, step: Step, operation: Callable[[Tensor], Tensor]) -> Bound:
    """Data movement: no rounding at all."""
    name = step.inputs[0]
    return Bound(
        "exact", 0, lambda: operation(q.magnitude(name)), through(operation, q.error(name))
    )


def link(q: Query, step: Step) -> Bound:
    """Reshaped, otherwise the same bits."""
    return moved(q, step, lambda t: t.reshape(q.shapes[step.tensor]))


def flatten(q: Query, step: Step) -> Bound:
    """Moved: the maps of a volume last."""
    return moved(q, step, flattened)


def unflatten(q: Query, step: Step) -> Bound:
    """Moved back."""
    n, c, h, w = q.shapes[step.tensor]
    return moved(q, step, lambda t: t.reshape(n, h, w, c).permute(0, 3, 1, 2))


def biased(products: Tensor, bias: Tensor | None) -> Tensor:
    """M of a sum of products and a bias, if there is one: a sum whose products are all zero is the
    bias itself, in any order.  So is z on the background of an image, on both sides, bit for bit.
    """
    return products if bias is None else products + bias * products.sign()


def bilinear(
    q: Query, product: Callable[[Tensor, Tensor], Tensor], left: str, right: str
) -> Tensor | None:
    """e_l |r| + |l| e_r + e_l e_r, the last inside the magnitudes."""
    e_left, e_right = q.error(left), q.error(right)
    total = None if e_left is None else product(e_left, q.magnitude(right))
    if e_right is None:
        return total
    other = product(q.value(left).abs(), e_right)
    return other if total is None else total + other


def summed(q: Query, rows: int, M: Tensor, propagated: Tensor | None) -> Bound:
    """One product per row, then the regulariser, three roundings on its leaf and one addition."""
    additions = rows - 1 + bool(q.reg)
    return Bound("product", rows + q.decay_roundings, M, propagated, additions)


def bias_gradient(q: Query, step: Step) -> Bound:
    """A sum of n terms: gamma_{n-1} on the sum of moduli; over all but the map axis."""
    dz = step.inputs[0]

    def total(t: Tensor) -> Tensor:
        return t.movedim(1, 0).flatten(1).sum(dim=1)

    n = q.magnitude(dz)[:, 0].numel()
    return Bound("sum", max(n - 1, 1), total(q.magnitude(dz)), through(total, q.error(dz)), n - 1)


def patterns(reduction: str, n: int) -> int:
    """What a mean over n patterns is multiplied by: 1, or n for a sum, which rounds once more where
    it is made from a mean."""
    return 1 if reduction == "mean" else n
