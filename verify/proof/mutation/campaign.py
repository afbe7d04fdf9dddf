"""Which modules are mutated, what tries to kill the mutants, and the score."""

from __future__ import annotations

import ast
import gc
import importlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lenet_ref import families
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.cases.probes import OPTIONS
from verify.checks.lifecycle import lifecycle
from verify.errors import HarnessError, InputError
from verify.pipeline.judging import OWN, judge_subject
from verify.proof.mutation.equivalents import reason
from verify.proof.mutation.isolate import SURVIVED, try_mutant
from verify.proof.mutation.operators import Mutant, counted, mutants
from verify.proof.mutation.suite import Suite
from verify.subjects.reference import reference

__all__ = [
    "AROUND",
    "COLUMNS",
    "JOBS",
    "MATHEMATICS",
    "SEED_READING",
    "TWICE",
    "UNIT_TESTS",
    "Campaign",
    "Result",
    "afresh",
    "begun",
    "chosen",
    "verified",
]  # fmt: skip
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
TWICE = Job("modern", "zero-bias", "float64", 3)
"""Run again, for what must not remain of a run."""
JOBS = (  # the quickest first
    *(Job("modern", f"probe-{n}", "float64", 3) for n in ("convolution", "max-pool", "affine")),
    *(Job("1998", f"probe-{n}", "float64", 3) for n in ("sparse", "subsampling", "average")),
    *(Job("1998", f"probe-{n}", "float64", 3) for n in ("tanh", "rbf")),
    Job("modern", "probe-average-pool", "float64", 3),
    *(
        Job("options", f"probe-{name}", "float64", 16)
        for name in ("smoothing", "distance-softmax", "squared-softmax", "mean-outputs")
    ),
    *(Job(OPTIONS, f"probe-{n}", "float64", 3) for n in ("padding", "true-sparse", "flatten")),
    Job("modern", "integers", "exact", 4),
    Job("1998", "integers", "exact", 4),
    TWICE,
    Job("1998", "competitive", "float64", 3),
    Job("modern", "competitive", "float32", 2),
    Job("1998", "digits", "float32", 1),
    Job("1998", "signed", "float64", 2, options=SEED_READING),
    Job("modern", "saturated", "float64", 2),
)
UNIT_TESTS = "tests"
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
    """Asks before anything is mutated, and forks a child per mutant.

    Args:
        tests: the unit tests for the modules around the mathematics, or None.
        seconds: time limit of the verification.  Long: to be out of time counts as noticed,
            which a slow machine must not be.
    """

    package = "lenet_ref"

    def __init__(self, tests: Suite | None, seconds: float = 60.0) -> None:
        self.tests, self.seconds = tests, seconds

    def sound(self) -> None:
        """Nothing is noticed where nothing is mutated, in this process and in a fork of it, or no
        kill says anything.

        Raises:
            InputError: naming what notices something.
        """
        name = f"{self.package}.errors"
        untouched = Mutant(name, 1, "", "nothing", ast.parse(_source(name)))
        passed = {UNIT_TESTS: self.tested("")}
        for killer, survives in self.killers(name).items():
            if killer != UNIT_TESTS:
                passed[killer] = try_mutant(untouched, survives, self.seconds) == SURVIVED
        if noticed := [killer for killer, fine in passed.items() if not fine]:
            raise InputError("does not pass, with nothing mutated", where=noticed[0],
                             fix="run lenet-verify and the tests first")  # fmt: skip

    def tested(self, module: str) -> bool:
        """The unit tests pass."""
        return self.tests is None or self.tests.passes(module)

    def killers(self, module: str) -> dict[str, Callable[[], bool]]:
        """What tries to kill a mutant of a module, the likeliest first; as the mutant's own
        process imports it."""
        found = {
            "verification": lambda: bool(afresh(__name__).verified()),
            UNIT_TESTS: lambda: self.tested(module),
        }
        around = module.partition(".")[2] in AROUND
        return dict(reversed(found.items())) if around else found

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process it is what that made of it, once."""
        return begun, (type(self), self.tests)

    def fate(self, mutant: Mutant) -> Result:
        """Try one mutant."""
        outcome = SURVIVED
        for killer, survives in self.killers(mutant.module).items():
            outcome = try_mutant(mutant, survives, self.seconds)
            if outcome != SURVIVED:
                return Result(mutant, outcome, killer)
        return Result(mutant, outcome, reason=reason(mutant))


@cache
def begun(kind: Callable[..., Campaign], *arguments: Any) -> Campaign:
    """A campaign of this process, which is sound.

    Raises:
        InputError: something is noticed where nothing is mutated.
    """
    campaign = kind(*arguments)
    campaign.sound()
    gc.collect()
    gc.freeze()  # children that look for garbage would copy all there is: twice their time
    return campaign


def verified() -> bool:
    """The verification passes."""
    return all(_passes(job.case()) for job in JOBS) and all(
        check.passed for check in lifecycle(reference, TWICE.case())
    )


def _passes(case: Case) -> bool:
    return not any(f.failed for f in judge_subject(case, reference, OWN))


def afresh(module: str) -> Any:
    """A module as this process has it: not the one that was imported before the mutant."""
    return importlib.import_module(module)


def chosen(package: str, modules: tuple[str, ...], n: int = 0, seed: int = 0) -> Iterator[Mutant]:
    """Every mutant of every module in source order, or n of them, the same for the same seed."""
    sources = {name: _source(f"{package}.{name}") for name in modules}
    places = [(name, i) for name, text in sources.items() for i in range(counted(text))]
    picked = random.Random(seed).sample(places, n) if 0 < n < len(places) else places
    for name, text in sources.items():
        wanted = {i for module, i in picked if module == name}
        yield from mutants(f"{package}.{name}", text, wanted)


def _source(module: str) -> str:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise HarnessError("no such module", where=module)
    return Path(spec.origin).read_text(encoding="utf-8")
