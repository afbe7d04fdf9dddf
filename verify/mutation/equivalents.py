"""Surviving mutants that change nothing, each with the reason.

A line of the table is a module, a piece of the mutation's text, and why it is equivalent.
"""

from __future__ import annotations

from verify.mutation.operators import Mutant

EQUIVALENT: tuple[tuple[str, str, str], ...] = ()


def reason(mutant: Mutant) -> str:
    """Why a mutant is equivalent, or an empty string."""
    for module, text, why in EQUIVALENT:
        if mutant.module == f"lenet_ref.{module}" and text in mutant.what:
            return why
    return ""
