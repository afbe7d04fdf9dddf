"""Mistaken gradients of the coefficient and the bias of trainable subsampling."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor

from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation

Terms = Callable[[Situation], Tensor]


def per_map(volume: Tensor) -> Tensor:
    """Sum over patterns and positions."""
    return volume.sum(dim=(0, 2, 3))


DW = "right: dW = sum of dz s"
COEFFICIENT = (
    Mistake(
        "swapped",
        f"equals db: dW and db are exchanged; {DW}",
        "argument order",
        lambda e: per_map(e["dz"]),
    ),
    Mistake(
        "no-derivative",
        f"equals the sum of dy s: the derivative of the squash is missing; {DW}",
        "field notes C30",
        lambda e: per_map(e["dy"] * e["s"]),
    ),
    Mistake(
        "window-average",
        f"equals the sum of dz s / 4: the window's average for its sum; {DW}",
        "section 3 of the facts",
        lambda e: per_map(e["dz"] * e["s"]) / 4,
    ),
    Mistake(
        "window-sum",
        f"equals the sum of 4 dz s: the window's sum for its average; {DW}",
        "field notes C30",
        lambda e: per_map(e["dz"] * e["s"]) * 4,
    ),
    Mistake(
        "output-for-sum",
        f"equals the sum of dz y: the layer's output for its window sums; {DW}",
        "field notes C23",
        lambda e: per_map(e["dz"] * e["y"]),
    ),
    Mistake(
        "pre-activation-for-sum",
        f"equals the sum of dz z: the pre-activation for the window sums; {DW}",
        "field notes C21",
        lambda e: per_map(e["dz"] * e["z"]),
    ),
    Mistake(
        "times-coefficient",
        f"equals the sum of ds s: multiplied by W; {DW}",
        "product rule slip",
        lambda e: e["W"] * per_map(e["dz"] * e["s"]),
    ),
    Mistake(
        "sums-apart",
        f"equals (sum of dz)(sum of s), the product outside the sum; {DW}",
        "field notes C30",
        lambda e: per_map(e["dz"]) * per_map(e["s"]),
    ),
)


def product(e: Situation) -> Tensor:
    """What dW sums: dz s."""
    return e["dz"] * e["s"]


def upstream(e: Situation) -> Tensor:
    """What db sums: dz."""
    return e["dz"]


def one_number(e: Situation, terms: Terms) -> Tensor:
    """One number for all maps."""
    return terms(e).sum().expand(e.oracle.shape)


def one_pattern(e: Situation, terms: Terms, pattern: int) -> Tensor:
    """The sum over one pattern only."""
    return terms(e)[pattern].sum(dim=(1, 2))


def reductions(terms: Terms) -> tuple[Mistake, ...]:
    """Ways to sum too much or too little."""
    return (
        Mistake(
            "one-number",
            "is summed over the maps as well: one number for all; every map has its own",
            "field notes C4",
            partial(one_number, terms=terms),
        ),
        Mistake(
            "last-pattern-only",
            "is the last pattern's alone: assigned in the loop, must be accumulated",
            "field notes C5",
            partial(one_pattern, terms=terms, pattern=-1),
        ),
        Mistake(
            "first-pattern-only",
            "is the first pattern's alone; the gradient sums over the batch",
            "field notes C5",
            partial(one_pattern, terms=terms, pattern=0),
        ),
    )


DB = "right: db = sum of dz"
BIAS = (
    Mistake(
        "swapped",
        f"equals dW: dW and db are exchanged; {DB}",
        "argument order",
        lambda e: per_map(product(e)),
    ),
    Mistake(
        "no-derivative",
        f"equals the sum of dy: the derivative of the squash is missing; {DB}",
        "field notes C30",
        lambda e: per_map(e["dy"]),
    ),
    Mistake(
        "times-coefficient",
        f"equals the sum of ds: multiplied by W; {DB}",
        "product rule slip",
        lambda e: e["W"] * per_map(e["dz"]),
    ),
)

MISTAKES = {
    "subsampling.dW": (*COEFFICIENT, *reductions(product)),
    "subsampling.db": (*BIAS, *reductions(upstream)),
}
