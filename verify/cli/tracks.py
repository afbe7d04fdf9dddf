"""Where a run can go on, told beside its rows every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from verify.judge.findings import Finding
from verify.judge.samples import of
from verify.report.checkpoint import Checkpoint
from verify.report.streams import RowFiles

__all__ = ["EVERY", "Tracks"]
EVERY = 2.0
"""Seconds of work that may be lost."""
_State = tuple[dict[str, Any], dict[str, Any]]


class Tracks:
    """done: jobs, in their order.

    Args:
        asked: what rows depend on; it takes the reading of every source, and is asked when there
            is something to go on with.
    """

    def __init__(self, place: Path, asked: Callable[[], dict[str, str]], done: int) -> None:
        self.done = self._begun = done
        self._place, self._asked = place, cache(asked)
        self._first: dict[tuple[object, ...], int] = {}
        self._told = time.monotonic()
        self._whole = True

    @contextmanager
    def step(self, number: int) -> Iterator[None]:
        """Around the counting of one job, which nobody goes on in the middle of."""
        self._whole = False
        yield
        self.done, self._whole = number + 1, True

    def see(self, number: int, finding: Finding) -> None:
        """Which job showed a failure first; all that is told of failures is told of such.  finding:
        one that fails."""
        cause = finding.cause.name if finding.cause else ""
        kind = (finding.case.arch.variant, finding.step.tensor, finding.verdict,
                finding.guilty, cause, of(finding) is None)  # fmt: skip
        self._first.setdefault(kind, number)

    def leave(self, files: RowFiles, state: Callable[[], _State], now: bool = False) -> None:
        """Tell it, if it is time; all jobs that are done must be among the rows."""
        due = now or time.monotonic() - self._told > EVERY
        if due and self._whole and self.done > self._begun:
            tally, sums = state()
            telling = sorted({*self._first.values()})
            Checkpoint(self._asked(), self.done, files.marks(), telling, tally, sums
                       ).write(self._place)  # fmt: skip
            self._told = time.monotonic()
