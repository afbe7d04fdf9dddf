"""All outcomes in one small file: a letter for each policy and mistake, and for each right subject.

Everything that is shown is counted from it, so that whoever has it can count again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from verify.proof.evidence.grid import CELLS, STATE, Cell
from verify.proof.evidence.plants import TIERS
from verify.proof.evidence.policy import Policy
from verify.proof.evidence.rightful import Alarm
from verify.proof.evidence.trial import BLIND, BOTH, FOUND, MISSED, Trial

__all__ = ["ABSENT", "FOUND_LETTERS", "LETTERS", "PLACES", "Entered", "Named", "Record",
           "Righted", "entered", "letter", "named", "read", "righted", "text"]  # fmt: skip
LETTERS = {MISSED: ".", BLIND: "-", BOTH: "x", FOUND: "f"}
ABSENT = " "
FOUND_LETTERS = "flmn"
"""found; l: in the right layer, m: under its name, n: both."""
PLACES = (*CELLS, (STATE, "float64"))
"""Cells in the order of their letters."""


@dataclass(frozen=True)
class Named:
    """A policy without its function."""

    group: str
    name: str
    tensors: str
    source: str


@dataclass(frozen=True)
class Entered:
    """A mistake.  why: it is in no table, and why; float64, float32: a letter for each policy,
    empty where no trace shows it; cells: one for each place."""

    name: str
    kind: str
    why: str = ""
    float64: str = ""
    float32: str = ""
    cells: str = ""

    def letters(self, tier: str) -> str:
        """Of one number format."""
        return self.float64 if tier == "float64" else self.float32


@dataclass(frozen=True)
class Righted:
    """A right subject: a letter for each policy, x where it is rejected."""

    group: str
    how: str
    case: str
    dtype: str
    letters: str


@dataclass(frozen=True)
class Record:
    """policies; costs: by key; mistakes; right; unasked: mistakes for which there was no time."""

    policies: tuple[Named, ...]
    costs: Mapping[str, float] = field(default_factory=dict)
    mistakes: tuple[Entered, ...] = ()
    right: tuple[Righted, ...] = ()
    unasked: int = 0


def named(policy: Policy) -> Named:
    """What is said of a policy."""
    return Named(policy.group, policy.name, policy.tensors, policy.source)


def letter(found: bool, located: bool, named: bool) -> str:
    """Of a cell."""
    return FOUND_LETTERS[located + 2 * named] if found else LETTERS[MISSED]


def entered(
    name: str,
    kind: str,
    why: str,
    policies: Sequence[Policy],
    trials: Iterable[Trial],
    cells: Iterable[Cell],
) -> Entered:
    """A mistake with all that was said of it."""
    trials = list(trials)
    places = {(c.regime, c.tier): letter(c.found, False, c.named) for c in cells}
    told = {tier: _told(policies, [t for t in trials if t.tier == tier]) for tier in TIERS}
    return Entered(name, kind, why, told["float64"], told["float32"],
                   "".join(places.get(p, ABSENT) for p in PLACES) if places else "")  # fmt: skip


def _told(policies: Sequence[Policy], trials: Sequence[Trial]) -> str:
    by = {(t.policy, t.tensors): _letter(t) for t in trials}
    return "".join(by.get((p.name, p.tensors), ABSENT) for p in policies) if trials else ""


def _letter(t: Trial) -> str:
    if t.outcome == FOUND:
        return letter(True, t.located, t.named)
    return LETTERS[t.outcome]


def righted(policies: Sequence[Policy], alarms: Sequence[Alarm]) -> Righted:
    """A right subject with all that was said of it."""
    by = {(a.policy, a.tensors): "x" if a.first else "." for a in alarms}
    first = alarms[0]
    letters = "".join(by.get((p.name, p.tensors), ABSENT) for p in policies)
    return Righted(first.group, first.how, first.case, first.tier, letters)


def text(record: Record) -> str:
    """As JSON, a line for each."""
    parts: dict[str, list[Any]] = {
        "policies": [asdict(p) for p in record.policies],
        "places": [list(place) for place in PLACES],
        "mistakes": [asdict(m) for m in record.mistakes],
        "right": [asdict(r) for r in record.right],
    }
    single = {"unasked": record.unasked, "costs": dict(record.costs)}
    lines = [*(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in single.items()), *_lines(parts)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _lines(parts: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    for name, rows in parts.items():
        inner = ",\n".join(json.dumps(row) for row in rows)
        yield f'"{name}": [\n{inner}\n]'


def read(source: str) -> Record:
    """The same from JSON."""
    found = json.loads(source)
    return Record(
        tuple(Named(**p) for p in found["policies"]),
        found["costs"],
        tuple(Entered(**m) for m in found["mistakes"]),
        tuple(Righted(**r) for r in found["right"]),
        found["unasked"],
    )
