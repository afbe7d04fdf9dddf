"""The rows of a run as they come: diff.csv, diff.parquet, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from verify.report.files import CsvFile
from verify.report.formats import DIFF, PARQUET
from verify.report.parquet import ParquetParts
from verify.report.rows import COLUMNS
from verify.report.share import Share

__all__ = ["RowFiles"]


class RowFiles:
    """Appends rows to the files of a format; whole when all is well, kept as partial otherwise.

    Args:
        place: the folder of the report.
        names: of the files.
        marks: of a run that goes on, what of each is kept.
    """

    def __init__(self, place: Path, names: Sequence[str], marks: Mapping[str, int]) -> None:
        self._place, self._names, self._marks = place, names, marks
        self._stack = ExitStack()
        self._csv: CsvFile | None = None
        self._parts: ParquetParts | None = None

    def __enter__(self) -> RowFiles:
        if DIFF in self._names:
            at = self._marks.get(DIFF, 0)
            file = CsvFile(self._place / DIFF, COLUMNS, keep=True, at=at)
            self._csv = self._stack.enter_context(file)
        if PARQUET in self._names:
            self._parts = ParquetParts(self._place, self._marks.get(PARQUET, 0))
        return self

    def add(self, share: Share) -> None:
        """Append the rows of a job."""
        if self._csv is not None:
            self._csv.append(share.text)
        if self._parts is not None:
            self._parts.add(share.columns)

    def marks(self) -> dict[str, int]:
        """How much there is of each; after that much a run can go on."""
        found = {} if self._csv is None else {DIFF: self._csv.mark()}
        return found if self._parts is None else {**found, PARQUET: self._parts.mark()}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack.pop_all() as rest:
            if self._parts is not None and kind is None:
                self._parts.finish()
            rest.__exit__(kind, error, trace)
