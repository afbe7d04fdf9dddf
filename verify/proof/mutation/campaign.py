"""Which modules are mutated, what tries to kill the mutants, and the score."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lenet_ref import families
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.checks.lifecycle import lifecycle
from verify.pipeline.judging import OWN, judge_subject
from verify.proof.mutation.equivalents import reason
from verify.proof.mutation.isolate import SURVIVED, try_mutant
from verify.proof.mutation.operators import Mutant, mutants
from verify.subjects.reference import reference

__all__ = ["AROUND", "COLUMNS", "JOBS", "MATHEMATICS", "SEED_READING", "Campaign", "Result"]
MATHEMATICS = (
    *("matrix", "connections", "network", "loss", "regulariser"),
    *(f"{room}.{name}" for room in ("layers", "activations", "losses")
      for name in families.modules(f"lenet_ref.{room}")),
)  # fmt: skip
"""Tried by the verification alone first; what it cannot see (refused arguments, defaults,
predict) by the unit tests."""
AROUND = (
    *("architecture", "parameters", "codes", "checks", "storage", "families"),
    *(f"specs.{name}" for name in families.modules("lenet_ref.specs")),
    *(f"fast.{name}" for name in families.modules("lenet_ref.fast") if name != "memory"),
)
"""Around the mathematics: no trace shows a refused file."""
SEED_READING = (("reading", "seed"), ("subsampling", "average"), ("loss", "map"), ("j", 84.0))
JOBS = (
    Job("modern", "integers", "exact", 4),
    Job("1998", "integers", "exact", 4),
    Job("modern", "zero-bias", "float64", 3),
    Job("1998", "competitive", "float64", 3),
    Job("modern", "competitive", "float32", 2),
    Job("1998", "digits", "float32", 1),
    Job("1998", "signed", "float64", 2, options=SEED_READING),
    Job("modern", "saturated", "float64", 2),
    *(Job("modern", f"probe-{n}", "float64", 3) for n in ("convolution", "max-pool", "affine")),
    *(Job("1998", f"probe-{n}", "float64", 3) for n in ("sparse", "subsampling", "average")),
    *(Job("1998", f"probe-{n}", "float64", 3) for n in ("tanh", "rbf")),
    Job("modern", "probe-average-pool", "float64", 3),
)
COLUMNS = ("module", "line", "mutation", "result", "killer", "reason")


@dataclass(frozen=True)
class Result:
    """One mutant's fate.  killer: verification or tests; reason: of an equivalent survivor."""

    mutant: Mutant
    outcome: str
    killer: str = ""
    reason: str = ""

    @property
    def unexplained(self) -> bool:
        """Survived without being equivalent."""
        return self.outcome == SURVIVED and not self.reason

    def row(self) -> dict[str, object]:
        """One row of mutants.csv."""
        return {
            "module": self.mutant.module,
            "line": self.mutant.line,
            "mutation": self.mutant.what,
            "result": self.outcome,
            "killer": self.killer,
            "reason": self.reason,
        }


class Campaign:
    """Draws the cases once, before anything is mutated, and forks a child per mutant.

    Args:
        tests: folder of the unit tests for the modules around the mathematics, or None.
        seconds: time limit of one mutant.
    """

    def __init__(self, tests: Path | None, seconds: float = 60.0) -> None:
        self.tests, self.seconds = tests, seconds
        self.cases = [job.case() for job in JOBS]

    def verified(self) -> bool:
        """The verification passes: the mutant was not noticed."""
        return all(self._passes(case) for case in self.cases) and all(
            check.passed for check in lifecycle(reference, self.cases[2])
        )

    @staticmethod
    def _passes(case: Case) -> bool:
        return not any(f.failed for f in judge_subject(case, reference, OWN))

    def tested(self) -> bool:
        """The unit tests pass."""
        if self.tests is None:
            return True
        import pytest

        words = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", str(self.tests)]
        return pytest.main(words) == 0

    def results(self, modules: tuple[str, ...], workers: int = 2) -> Iterator[Result]:
        """Fates of all mutants of the modules named (below lenet_ref), in source order."""
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(self.fate, self.all_mutants(modules))

    @staticmethod
    def all_mutants(modules: tuple[str, ...]) -> Iterator[Mutant]:
        """Every mutant of every module."""
        for name in modules:
            importlib.import_module(f"lenet_ref.{name}")
            module = sys.modules[f"lenet_ref.{name}"]
            yield from mutants(module.__name__, inspect.getsource(module))

    def fate(self, mutant: Mutant) -> Result:
        """Try one mutant: the verification first, then the unit tests."""
        outcome = SURVIVED
        for killer, survives in (("verification", self.verified), ("tests", self.tested)):
            outcome = try_mutant(mutant, survives, self.seconds)
            if outcome != SURVIVED:
                return Result(mutant, outcome, killer)
        return Result(mutant, outcome, reason=reason(mutant))
