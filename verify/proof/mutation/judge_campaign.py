"""Mutants of the judge: which modules, what tries to kill them, a sample of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lenet_ref import families
from verify.proof.mutation import bench
from verify.proof.mutation.campaign import UNIT_TESTS, Campaign, afresh, begun
from verify.proof.mutation.suite import Suite

__all__ = ["BENCH", "BESIDE", "JUDGE", "ROOMS", "SELF_TEST", "SLOW", "JudgeCampaign", "suite"]
ROOMS = ("judge", "judge.conclude", "tolerance", "oracle", "truth")
"""The rooms of the judge, every module of them."""
BESIDE = (
    *(
        "checks.lifecycle",
        "report.tables",
        "report.sums",
        "report.summed",
        "report.share",
        "report.frame",
        "report.screen",
        "report.submission",
    ),
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
SELF_TEST, BENCH = "self-test", "bench"


class JudgeCampaign(Campaign):
    """Takes the judge's signature before anything is mutated.

    Args:
        tests: all unit tests, or None.
        command: the command line as the process that asks has it.
        seconds: time limit of the self-test, and of the bench.
    """

    package = "verify"

    def __init__(
        self, tests: Suite | None, command: Callable[[], bench.Command], seconds: float = 600.0
    ) -> None:
        super().__init__(tests, seconds)
        self.command, self.trials = command, bench.trials()
        self.known = {trial.name: bench.signature(trial) for trial in self.trials}
        for trial in self.trials:
            bench.sane(trial, self.known[trial.name])
        self.known["runs"] = bench.runs(command())

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process it is what that made of it, once."""
        return begun, (type(self), self.tests, self.command)

    def killers(self, module: str) -> dict[str, Callable[[], bool]]:
        """Self-test, bench, unit tests."""
        name = bench.__name__
        return {
            SELF_TEST: lambda: bool(afresh(name).proved()),
            BENCH: lambda: bool(afresh(name).unchanged(self.known, self.trials, self.command())),
            UNIT_TESTS: lambda: self.tested(module),
        }


def suite(tests: Path) -> Suite:
    """The unit tests of the judge: all that are quick."""
    paths = (tests / "verify", tests / "right", tests / "lenet_ref" / "test_facts.py")
    return Suite(paths, [tests / file for file in SLOW])
