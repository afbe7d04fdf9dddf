"""Every statement of the source that can be evaluated, in the order of its marks."""

from __future__ import annotations

from verify.cases.pace import paced
from verify.errata import confirmed, confirmed_sizes, functions, gathers, gradients, sizes
from verify.errata.statement import Outcome, Statement, judged

__all__ = ["MODULES", "STATEMENTS", "outcomes"]
MODULES = (sizes, functions, gradients, gathers, confirmed_sizes, confirmed)


def _order(s: Statement) -> tuple[bool, int]:
    return s.id[0] != "S", int(s.id[1:])


STATEMENTS: tuple[Statement, ...] = tuple(
    sorted((s for module in MODULES for s in module.STATEMENTS), key=_order)
)


def outcomes() -> list[Outcome]:
    """Every statement, evaluated."""
    return [judged(s) for s in paced(STATEMENTS, "statement")]
