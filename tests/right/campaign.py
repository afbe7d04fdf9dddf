"""Judge right implementations on many cases, at three levels of what is handed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product

from tests.right.known import IMPLEMENTATIONS
from tests.right.wiring import Arrays
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.findings import Finding
from verify.judge.kinks import kink_free
from verify.pipeline.judging import judge_dump
from verify.report.reasons import text

REGIMES = ("digits", "zero-bias", "signed", "ties", "competitive", "saturated", "kink-free")
TIERS, BATCHES = ("float64", "float32"), (1, 3, 7)
LOSSES = ("loss.probs", "loss.data", "loss.reg", "loss.total")


def _of_parameters(name: str) -> bool:
    return name.endswith((".dW", ".db"))


LEVELS: dict[str, Callable[[str], bool]] = {
    "everything": lambda name: True,
    "forward": lambda name: name.endswith(".y") or name in LOSSES or _of_parameters(name),
    "gradients": lambda name: name == "loss.data" or _of_parameters(name),
}


def at_level(arrays: Arrays, level: str) -> Arrays:
    """What is handed in."""
    return {name: value for name, value in arrays.items() if LEVELS[level](name)}


def drawn(job: Job) -> Case:
    """The case, with the loss's own gradient; kink-free ones have no contested unit."""
    return replace(kink_free(job).case(), upstream=None)


def cases(
    variant: str,
    seeds: range,
    regimes: tuple[str, ...] = REGIMES,
    tiers: tuple[str, ...] = TIERS,
    batches: tuple[int, ...] = BATCHES,
    spread: bool = False,
) -> Iterator[Case]:
    """Every combination; spread: every regime in every seed, with one pair of tier and batch,
    another one in the next seed."""
    pairs = list(product(tiers, batches))
    for seed in seeds:
        for number, regime in enumerate(regimes):
            chosen = [pairs[(seed + number) % len(pairs)]] if spread else pairs
            for tier, batch in chosen:
                yield drawn(Job(variant, regime, tier, batch, seed))


def judged(case: Case, arrays: Arrays, level: str) -> list[Finding]:
    """Findings of what is handed in at a level."""
    return judge_dump(case, at_level(arrays, level), None, "nothing")


def described(finding: Finding, level: str) -> str:
    """An alarm on one line."""
    parts = [finding.case.name, level, finding.step.tensor, finding.verdict]
    for which, judgement in (("own", finding.own), ("inherited", finding.inherited)):
        comparison = judgement.comparison
        ratio = f" error/bound {comparison.ratio:.3g}" if comparison else ""
        why = f" ({text(judgement.reason)})" if judgement.reason else ""
        parts.append(f"{which} {judgement.verdict}{ratio}{why}")
    return "; ".join([*parts, text(finding.reason)])


@dataclass
class Tally:
    """Of one implementation at one level: verdicts of rows, and each alarm."""

    cases: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    alarms: list[str] = field(default_factory=list)

    def add(self, findings: list[Finding], level: str) -> None:
        """One more case."""
        self.cases += 1
        self.verdicts.update(f.verdict for f in findings)
        self.alarms += [described(f, level) for f in findings if f.failed]

    def line(self, name: str, level: str) -> str:
        """For the screen."""
        rows = sum(n for verdict, n in self.verdicts.items() if verdict != "absent")
        return (
            f"{name:15} {level:11} {self.cases:5} cases {rows:7} rows "
            f"{len(self.alarms):5} alarms {self.verdicts['unverified']:6} not verified"
        )


def campaign(name: str, drawn_cases: Iterator[Case]) -> dict[str, Tally]:
    """One implementation on every case, by level."""
    found = {level: Tally() for level in LEVELS}
    for case in drawn_cases:
        arrays = IMPLEMENTATIONS[name].run(case)
        for level, tally in found.items():
            tally.add(judged(case, arrays, level), level)
    return found
