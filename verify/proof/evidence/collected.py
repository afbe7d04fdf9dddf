"""What is asked about: every mistake and every right subject, and the answers as a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from verify.proof.evidence.grid import Cell, cells
from verify.proof.evidence.ours import Ours
from verify.proof.evidence.plants import KINDS, Mistaken, kind_of, why_not
from verify.proof.evidence.policies import policies
from verify.proof.evidence.policy import Policy
from verify.proof.evidence.record import Record, entered, named, righted
from verify.proof.evidence.rightful import Alarm, Rightful, alarms, rightful
from verify.proof.evidence.trial import Trial, trials
from verify.proof.faults.fault import Fault
from verify.proof.faults.work import Network, Source

__all__ = ["UNSEEN", "Answer", "Asked", "Item", "answered", "asked", "asked_of", "everybody"]
Item = Mistaken | Rightful
UNSEEN = "makes no difference beyond rounding"


@dataclass(frozen=True)
class Answer:
    """Of one item: rows of the tables."""

    trials: tuple[Trial, ...] = ()
    cells: tuple[Cell, ...] = ()
    alarms: tuple[Alarm, ...] = ()


def everybody() -> list[Policy]:
    """The policies that people use, then ours, the last as it is meant."""
    return [*policies(), Ours(name="ours, nothing declared", told=False), Ours()]


@dataclass(frozen=True)
class Asked:
    """One item as it is sent to a worker: a mistake by its name, or the number of a right subject,
    of what source."""

    source: Source
    what: str | int

    @property
    def item(self) -> Item:
        """In this process."""
        if isinstance(self.what, int):
            return _rightful(self.source.network)[self.what]
        return self.source.mistakes[self.what]


@cache
def _rightful(network: Network | None) -> tuple[Rightful, ...]:
    return tuple(rightful(network))


def asked_of(one: Asked) -> Answer:
    """The same, of an item that was sent."""
    return asked(one.item)


def asked(item: Item) -> Answer:
    """All that is said of one item."""
    every = everybody()
    if isinstance(item, Rightful):
        return Answer(alarms=tuple(alarms(item, every)))
    return Answer(tuple(trials(item, every)), tuple(cells(item)))


def answered(
    items: Sequence[Item], answers: Iterable[Answer], unasked: int, costs: Mapping[str, float]
) -> Record:
    """Everything as one record, mistakes by name.  unasked: how many there were more."""
    every, mistakes, right = everybody(), [], []
    for item, answer in zip(items, answers, strict=True):
        if isinstance(item, Rightful):
            right.append(righted(every, answer.alarms))
        else:
            why = _why(item, answer)
            rows = ((), ()) if why else (answer.trials, answer.cells)
            mistakes.append(entered(item.name, kind_of(item), why, every, *rows))
    mistakes.sort(key=lambda m: (KINDS.index(m.kind), m.name))
    return Record(tuple(map(named, every)), costs, tuple(mistakes), tuple(right), unasked)


def _why(item: Mistaken, answer: Answer) -> str:
    """Why a mistake is in no table."""
    if why_not(item):
        return "proved to have no effect" if isinstance(item, Fault) else "not plantable"
    shown = answer.trials or any(cell.found for cell in answer.cells)
    return "" if shown else UNSEEN
