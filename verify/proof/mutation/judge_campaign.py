"""Mutants of the judge: which modules, what tries to kill them, a sample of them."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lenet_ref import families
from verify.errors import HarnessError
from verify.proof.mutation import bench
from verify.proof.mutation.campaign import Result
from verify.proof.mutation.equivalents import reason
from verify.proof.mutation.isolate import SURVIVED, try_mutant
from verify.proof.mutation.operators import Mutant, counted, mutants

__all__ = ["BENCH", "BESIDE", "JUDGE", "ROOMS", "SELF_TEST", "SLOW", "UNIT_TESTS",
           "JudgeCampaign", "judge_mutants", "tried"]  # fmt: skip
ROOMS = ("judge", "judge.conclude", "tolerance", "oracle", "truth")
"""The rooms of the judge, every module of them."""
BESIDE = (
    *("checks.lifecycle", "report.tables", "report.frame", "report.screen", "report.submission"),
    *("report.conclusions", "pipeline.judging", "pipeline.undeclared"),
    *("checks.outcome", "exchange.conventions", "exchange.known", "errors"),
)
"""Modules of other rooms that a verdict passes through."""
SLOW = (
    *("verify/subjects/test_process.py", "verify/subjects/test_program.py"),
    *("verify/cli/test_check_callable.py", "verify/cli/test_robust.py"),
    *("verify/proof/test_faults.py", "verify/proof/test_mutation.py"),
    "verify/proof/test_mutation_judge.py",
    *("verify/exchange/test_fuzz.py", "verify/exchange/test_hostile.py"),
    "verify/checks/test_derivatives.py",
)
"""Tests that run the judge in processes of their own, or for long: not tried."""
JUDGE = (
    *(f"{room}.{name}" for room in ROOMS for name in families.modules(f"verify.{room}")),
    *BESIDE,
)
SELF_TEST, BENCH, UNIT_TESTS = "self-test", "bench", "tests"


class JudgeCampaign:
    """Takes the judge's signature before anything is mutated, and forks a child per mutant.

    Args:
        command: the command line as the process that asks has it.
        tests: folder of all unit tests, or None.
        seconds: time limit of each of the three that try to kill a mutant.  Long: to be out of
            time counts as noticed, which a slow machine must not be.
    """

    def __init__(
        self, command: Callable[[], bench.Command], tests: Path | None, seconds: float = 600.0
    ) -> None:
        self.command, self.tests, self.seconds = command, tests, seconds
        self.trials = bench.trials()
        self.known = {trial.name: bench.signature(trial) for trial in self.trials}
        for trial in self.trials:
            bench.sane(trial, self.known[trial.name])
        self.known["runs"] = bench.runs(command())

    def results(self, chosen: Iterable[Mutant], workers: int = 2) -> Iterator[Result]:
        """Fates of mutants, in their order."""
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(self.fate, chosen)

    def fate(self, mutant: Mutant) -> Result:
        """Try one mutant, the cheapest first."""
        outcome = SURVIVED
        for killer, survives in self.killers(mutant).items():
            outcome = try_mutant(mutant, survives, self.seconds)
            if outcome != SURVIVED:
                return Result(mutant, outcome, killer)
        return Result(mutant, outcome, reason=reason(mutant))

    def killers(self, mutant: Mutant) -> dict[str, Callable[[], bool]]:
        """Self-test, bench, unit tests; each as the mutant's own process imports it."""
        return {
            SELF_TEST: lambda: bool(_afresh().proved()),
            BENCH: lambda: bool(_afresh().unchanged(self.known, self.trials, self.command())),
            UNIT_TESTS: lambda: self.tested(mutant),
        }

    def tested(self, mutant: Mutant) -> bool:
        """The unit tests of the judge pass, those of the module's room first."""
        if self.tests is None:
            return True
        import pytest

        words = ["-x", "-q", "-p", "no:cacheprovider", "--no-header"]
        ignored = [f"--ignore={self.tests / file}" for file in SLOW]
        return pytest.main([*words, *ignored, *tried(self.tests, mutant.module)]) == 0


def tried(tests: Path, module: str) -> list[str]:
    """Tests of the module's own room, then of the others.  No path holds another: pytest runs
    what is named twice where the larger of the two stands."""
    room = module.split(".")[1]
    house = sorted((tests / "verify").glob("[!_.]*"), key=lambda path: (path.name != room, path))
    others = (tests / "right", tests / "lenet_ref" / "test_facts.py")
    return [str(path) for path in (*house, *others) if path.exists()]


def _afresh() -> Any:
    """The bench as this process has it: not the one that was imported before the mutant."""
    return importlib.import_module("verify.proof.mutation.bench")


def judge_mutants(modules: tuple[str, ...], n: int = 0, seed: int = 0) -> Iterator[Mutant]:
    """Every mutant of every module in source order, or n of them, the same for the same seed."""
    sources = {name: _source(name) for name in modules}
    places = [(name, i) for name, text in sources.items() for i in range(counted(text))]
    picked = random.Random(seed).sample(places, n) if 0 < n < len(places) else places
    for name, text in sources.items():
        wanted = {i for module, i in picked if module == name}
        yield from mutants(f"verify.{name}", text, wanted)


def _source(name: str) -> str:
    spec = find_spec(f"verify.{name}")
    if spec is None or spec.origin is None:
        raise HarnessError("no such module", where=name)
    return Path(spec.origin).read_text(encoding="utf-8")
