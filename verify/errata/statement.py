"""A statement of the source, what is claimed of it, and the measurement that must bear it out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from verify.errata.algebra import beside, size
from verify.errata.material import RUNS, Array, Run, run
from verify.judge.compare import compare

__all__ = ["AMBIGUOUS", "COLUMNS", "COSMETIC", "ONCE", "RIGHT", "VERDICTS", "WRONG", "Formula",
           "Measured", "Outcome", "Statement", "judged", "measure"]  # fmt: skip
WRONG, ONCE, AMBIGUOUS = "wrong", "right only for N = 1", "ambiguous"
COSMETIC, RIGHT = "cosmetic", "right"
VERDICTS = (WRONG, ONCE, AMBIGUOUS, COSMETIC, RIGHT)
COLUMNS = (
    *("id", "section", "as_written", "corrected"),
    *("error_as_written", "error_corrected", "ratio", "verdict"),
)

Formula = Callable[[Run], ArrayLike]


@dataclass(frozen=True)
class Statement:
    """id: S or R and a number; section: of the source; as_written, corrected: for readers.

    written: the statement taken literally; right: the correction, None where none is needed.
    truth: names of autograd's tensors, or what torch says otherwise; bound: the tensor whose
    rounding bound applies, if not that of ``truth``; without either the values are exact.
    on: the run, by name; factor: autograd / as written, where the mistake is a factor.
    """

    id: str
    section: str
    as_written: str
    corrected: str
    verdict: str
    truth: str | Formula
    written: Formula
    right: Formula | None = None
    on: str = "one"
    bound: str = ""
    factor: float = math.nan


@dataclass(frozen=True)
class Measured:
    """error: largest difference over largest modulus of the truth, inf without a value; within:
    rounding explains it; factor: truth / value, best fit; why: there is no value."""

    error: float
    within: bool
    factor: float = math.nan
    why: str = ""


@dataclass(frozen=True)
class Outcome:
    """A statement as measured; exact: rounding may explain nothing; holds: it behaves as
    claimed."""

    statement: Statement
    written: Measured
    corrected: Measured
    exact: bool
    holds: bool

    @property
    def ratio(self) -> float:
        """Autograd / as written where the mistake is a factor, else nan."""
        return math.nan if math.isnan(self.statement.factor) else self.written.factor

    def row(self) -> dict[str, Any]:
        """One row of errata.csv."""
        s = self.statement
        errors = (self.written.error, self.corrected.error, self.ratio, s.verdict)
        values = (s.id, s.section, s.as_written, s.corrected, *errors)
        return dict(zip(COLUMNS, values, strict=True))

    @property
    def measured_on(self) -> str:
        """The run, for readers."""
        return RUNS[self.statement.on][1]


def judged(s: Statement) -> Outcome:
    """Evaluate a statement and hold it to its verdict."""
    written, right = measure(s, s.written), measure(s, s.right or s.written)
    holds = right.within and written.within == (s.verdict in (COSMETIC, RIGHT))
    if s.verdict == ONCE:
        holds = holds and measure(s, s.written, "one").within
    if not math.isnan(s.factor):
        holds = holds and measure(s, lambda r: s.factor * np.asarray(s.written(r))).within
    return Outcome(s, written, right, not _reference(s, run(s.on))[1].any(), holds)


def measure(s: Statement, formula: Formula, on: str = "") -> Measured:
    """A formula against the truth of a statement; what has no value is infinitely wrong."""
    material = run(on or s.on)
    truth, bound = _reference(s, material)
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(formula(material), dtype=float)
    except ZeroDivisionError:
        return Measured(math.inf, False, why="division by zero")
    except ValueError as error:
        return Measured(math.inf, False, why=str(error))
    if value.shape != truth.shape:
        return Measured(math.inf, False, why=f"{size(value)} is not {size(truth)}")
    if not np.isfinite(value).all():
        return Measured(math.inf, False, why="not finite")
    found = compare(value, truth, bound)
    factor = 1 / found.fit_scale if found.fit_scale else math.nan
    return Measured(found.error / (found.scale or 1.0), found.passed, factor)


def _reference(s: Statement, material: Run) -> tuple[Array, Array]:
    """The truth and its bound."""
    if callable(s.truth):
        truth = np.asarray(s.truth(material), dtype=float)
        return truth, material.bound(s.bound) if s.bound else np.zeros(truth.shape)
    names = s.truth.split()
    if len(names) == 1:
        return np.asarray(material[names[0]], dtype=float), material.bound(names[0])
    return beside(*(material[n] for n in names)), beside(*(material.bound(n) for n in names))
