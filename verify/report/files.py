"""CSV files: written row by row under a temporary name, renamed when complete."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from verify.errors import InputError


class CsvFile:
    """A CSV that appears under its name only when everything was written.

    Floats are written in shortest round-trip form (Python's repr), NaN as ``nan``; lines end in
    a newline alone.  Memory does not grow with the number of rows.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.columns = path, columns
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, self._name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", where=str(path),
                             fix="choose another folder with --out") from None  # fmt: skip
        self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")
        self._writer = csv.DictWriter(self._file, columns, lineterminator="\n")
        self._writer.writeheader()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows."""
        self._writer.writerows(rows)

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if kind is None:
            Path(self._name).chmod(0o644)
            Path(self._name).replace(self.path)
        else:
            Path(self._name).unlink(missing_ok=True)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A whole CSV at once, under the same rules."""
    with CsvFile(path, columns) as file:
        file.add(rows)
