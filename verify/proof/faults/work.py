"""Mistakes as independent jobs: by name, for a formula cannot be sent to another machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from lenet_ref.architecture import Architecture
from verify.cases.plan import Job
from verify.proof.faults import campaign
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.fault import Fault
from verify.proof.faults.scoreboard import Grid, try_fault
from verify.proof.faults.trial import Trial
from verify.proof.faults.unlisted import UNLISTED, unlisted
from verify.proof.planting.entry import Entry, entries, home, try_entry
from verify.proof.planting.general import general

__all__ = ["Handed", "Mistaken", "Network", "Source", "attempted", "handed_in"]
Network = tuple[str, Architecture | None]
"""Name, and description where it is no preset."""
Mistaken = Entry | Fault
"""A mistake, of the table or in the code."""
Handed = str | tuple[str, Job]
"""The name of a mistake, or a kind of case and its job, for the reference."""


@dataclass(frozen=True)
class Source:
    """What is planted.  network: in that one, or in the two derived ones, whose code has mistakes,
    too; random: so many changes of formulas that nobody listed, from a seed."""

    network: Network | None = None
    random: int | None = None
    seed: int = 0

    @property
    def mistakes(self) -> dict[str, Mistaken]:
        """By name; made once in a process."""
        return _made(self)

    @property
    def ways(self) -> campaign.Ways:
        """In which ways they are handed in."""
        return UNLISTED if self.random else campaign.EVERY_WAY


@cache
def _made(source: Source) -> dict[str, Mistaken]:
    if source.random:
        every: list[Mistaken] = [*unlisted(source.random, source.seed)]
    elif source.network is None:
        every = [*entries(), *general(), *catalogue()]
    else:
        place = home(*source.network)
        every = [*entries(place), *general(place)]
    return {each.name: each for each in every}


def attempted(name: str, source: Source, grid: Grid) -> dict[str, Any]:
    """The fields of an outcome, but for the mistake itself."""
    fault = source.mistakes[name]
    found = try_entry(fault, grid) if isinstance(fault, Entry) else try_fault(fault, grid)
    return {k: v for k, v in vars(found).items() if k != "fault"}


def handed_in(what: Handed, source: Source) -> list[Trial]:
    """A mistake, or what is right, handed in as people do."""
    if isinstance(what, str):
        return list(campaign.trials(source.mistakes[what], source.ways))
    kind, job = what
    return list(campaign.right_trials(job, kind, source.ways))
