"""What a check in Python comes to: to ask, to show in a notebook, to write to a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from verify.api.kinds import is_path
from verify.api.small import small
from verify.checks.outcome import Outcome
from verify.errors import PASSED, InputError
from verify.report import kept, page, screen, submission
from verify.report.folder import claimed
from verify.report.frame import frame
from verify.report.reasons import each_of
from verify.report.stamp import write_stamp

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Report"]


@dataclass(frozen=True, repr=False, eq=False)
class Report:
    """outcome: findings, checks and conclusions as values; again: the call that repeats it; title:
    what was judged.  ``print(report)`` is what the command line prints."""

    outcome: Outcome
    again: str = ""
    title: str = ""

    @property
    def status(self) -> int:
        """0: all passed; 1: a difference, or nothing could be judged."""
        return self.outcome.status

    @property
    def passed(self) -> bool:
        """Nothing failed, and something was judged."""
        return self.status == PASSED

    @property
    def guilty(self) -> tuple[str, ...]:
        """Layers in which an error arises, in the order of the network."""
        return self.outcome.guilty

    @property
    def suspects(self) -> tuple[str, ...]:
        """Layers of which one is guilty, where what was handed in cannot tell which."""
        return self.outcome.suspects

    @property
    def causes(self) -> tuple[str, ...]:
        """What is wrong, the first tensor's first; sentences for people."""
        return submission.causes(self.outcome)

    def to_dataframe(self) -> pd.DataFrame:
        """A row for each tensor in each case: the columns of diff.csv, which reports/README.md
        explains."""
        every = (finding for _, each in self.outcome.findings for finding in each)
        return frame(every, self.again)

    def to_html(self) -> str:
        """A page of its own, with pictures; needs the extra ``lenet-verify[report]``.

        Raises:
            InputError: that is not installed.
        """
        made = import_module("verify.report.page").page(self.outcome, self.again, self.title)
        return str(made)

    def to_markdown(self) -> str:
        """For a pull request."""
        return str(import_module("verify.report.markdown").markdown(self.outcome, self.again))

    def write(self, folder: str | os.PathLike[str]) -> None:
        """The files of ``lenet-verify check``: diff.csv, checks.csv, environment.json and, where
        something fails, failing.npz with the numbers for a page.  They take the place of an
        earlier report when they are whole, and not before.

        Raises:
            InputError: another run writes there.  OutputError: it cannot be written.
        """
        if not is_path(folder):
            raise InputError("no folder can be called so", where="write()", got=repr(folder)[:80])
        with claimed(Path(folder)) as place:
            submission.write(self.outcome, place, self.again)
            kept.write(page.kept(self.outcome, self.again), place)
            write_stamp(place, {"command": self.again, "cases": len(self.outcome.findings)})

    def __repr__(self) -> str:
        return f"<Report {self._verdict()}>"

    def __str__(self) -> str:
        return "\n".join(submission.lines(self.outcome, None, self.again))

    def _repr_html_(self) -> str:
        """What a notebook shows: the verdict, and of what failed the first rows."""
        return small(self.outcome, self._verdict(), self.causes, self.again)

    def _verdict(self) -> str:
        return ", ".join(self._told())

    def _told(self) -> Iterator[str]:
        tally, cases = self.outcome.tally, len(self.outcome.findings)
        yield " ".join(screen.closing(tally, self.outcome.checks, cases).split())
        if self.guilty:
            yield f"guilty: {', '.join(self.guilty)}"
        elif self.suspects:
            yield f"guilty: {each_of(self.outcome.apart)}"
