"""The gate is proved before it is trusted: planted differences must be caught.

A run whose judge misses one of them ends as an internal error (exit status 3), whatever else
it found.  What is planted stands in verify/proof/gate; how each leniency known is noticed, in
verify/mutation/lenient.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.checks.check import Check
from verify.errors import HarnessError
from verify.judge.trace import Trace
from verify.judge.verdict import Verdict
from verify.proof.gate import counts, gaps, state, vacuous, whole
from verify.proof.gate.nets import LAYERS, Proof, judged, layer, oracle_trace

__all__ = ["PLANTED", "PROOFS", "SMALLEST", "Arrays", "absent", "not_a_number", "one_element",
           "prove_gate", "prove_tables", "proved_gate", "scaled"]  # fmt: skip
Arrays = dict[str, NDArray[Any]]
SMALLEST = 2.9e-6
"""A rounded constant in the squash, the smallest real mistake known to the project."""


def scaled(trace: Trace) -> Arrays:
    """C1.dW off by a uniform relative error."""
    return {**trace, "C1.dW": trace["C1.dW"] * (1 + SMALLEST)}


def not_a_number(trace: Trace) -> Arrays:
    """One NaN in C1.db."""
    spoiled = trace["C1.db"].copy()
    spoiled[-1] = np.nan
    return {**trace, "C1.db": spoiled}


def absent(trace: Trace) -> Arrays:
    """C1.dx missing."""
    return {name: value for name, value in trace.items() if name != "C1.dx"}


def one_element(trace: Trace) -> Arrays:
    """A single element of C1.z off by 1e-11 of its size, and not its consequences."""
    moved = trace["C1.z"].copy()
    moved.flat[moved.argmax()] *= 1 + 1e-11
    return {**trace, "C1.z": moved}


PLANTED: dict[str, tuple[Callable[[Trace], Arrays], str]] = {
    "scaled gradient": (scaled, "C1.dW"),
    "NaN": (not_a_number, "C1.db"),
    "missing tensor": (absent, "C1.dx"),
    "one element": (one_element, "C1.z"),
}
PROOFS: dict[str, Proof] = {  # the quickest first
    "totals and closing line": counts.totals,
    "coverage": counts.covered,
    "shapes are not broadcast": vacuous.shapes,
    "other batches": state.bounds,
    "kept state": state.remembers,
    "required": gaps.required,
    "vacuous comparisons": vacuous.mistrusted,
    "blunt bounds": vacuous.blunt,
    "bits, dtypes, shapes": whole.of_another_kind,
    "where it arises, beyond the bound": whole.where_and_by_how_much,
    "every tensor, third opinion": vacuous.disputed,
    "gaps in float32": gaps.in_float32,
    "untraced": gaps.without_a_trace,
    "gaps, far from kinks": gaps.beyond,
    "gaps, at a kink": gaps.right_with_gaps,
}


def prove_gate() -> list[Check]:
    """Plant each difference in a small trace, the oracle's own so that a wrong subject cannot
    confuse the proof, and require that its row is blamed and that nothing was before.

    Raises:
        HarnessError: a planted difference was not caught, or the judge broke over it.
    """
    try:
        return [*_planted(), *(_proved(name) for name in PROOFS)]
    except HarnessError:
        raise
    except Exception as error:
        raise HarnessError(
            "the self-test ended in an error: the judge cannot be trusted",
            got=f"{type(error).__name__}: {error}",
            expected="each planted difference told, nothing else",
        ) from error


def prove_tables() -> None:
    """The same of the tables of a report, before anything is written.

    Raises:
        HarnessError: a table says something else of a row.
    """
    from verify.proof.gate.tables import tabled  # pandas takes time to load

    _hold("tables", tabled())


@cache
def proved_gate() -> None:
    """Both, once in a process: for a command that judges many subjects with one judge.

    Raises:
        HarnessError: as prove_gate.
    """
    prove_gate()
    prove_tables()


def _planted() -> list[Check]:
    case = layer(layers=LAYERS[:1])
    trace = oracle_trace(case)
    right = judged(case, trace)
    if blamed := [name for name, f in right.items() if f.verdict is not Verdict.PASS]:
        raise HarnessError(
            "what is right does not pass: the judge cannot be trusted", got=", ".join(blamed)
        )
    for change, _ in PLANTED.values():  # all in one trace: none follows from another
        trace = change(trace)
    found = judged(case, trace)
    return [_caught(name, found) for name in PLANTED]


def _caught(name: str, found: dict[str, Any]) -> Check:
    tensor = PLANTED[name][1]
    if tensor not in found or not found[tensor].guilty or not found[tensor].failed:
        guilty = ", ".join(n for n, f in found.items() if f.guilty)
        raise HarnessError(
            "a planted difference was not caught: the judge cannot be trusted",
            where=f"{tensor} ({name})",
            got=f"blamed {guilty or 'nothing'}",
            expected=tensor,
        )
    return Check("self-test", "modern", name, True, f"caught in {tensor}")


def _proved(name: str) -> Check:
    _hold(name, PROOFS[name]())
    return Check("self-test", "modern", name, True, "holds")


def _hold(name: str, wrong: list[str]) -> None:
    if wrong:
        raise HarnessError(
            "a planted difference was not caught: the judge cannot be trusted",
            where=name,
            got="; ".join(wrong[:4]),
            expected="each planted difference told, nothing else",
        )
