"""The jobs of a run over many seeds, made as they are needed: a million of them take no memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from verify.cases.plan import Job

__all__ = ["Sweep"]


@dataclass(frozen=True)
class Sweep:
    """seeds: each has the same jobs, one seed after the other; each: those of one of them."""

    seeds: range
    each: tuple[Job, ...]

    @property
    def total(self) -> int:
        """How many jobs there are; ``len`` has a limit of its own."""
        return (self.seeds.stop - self.seeds.start) * len(self.each)

    def job(self, number: int) -> Job:
        """One of them."""
        seed, place = divmod(number, len(self.each))
        return replace(self.each[place], seed=self.seeds.start + seed)

    def jobs(self, first: int = 0) -> Iterator[Job]:
        """All of them in order, or those from some number on."""
        return map(self.job, range(first, self.total))
