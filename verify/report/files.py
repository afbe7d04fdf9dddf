"""CSV files: written chunk by chunk under a temporary name, renamed when complete."""

from __future__ import annotations

import os
import tempfile
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from verify.errors import HarnessError, OutputError
from verify.report.folder import check_replaceable, written
from verify.report.text import cell
from verify.report.unfinished import PARTIAL

__all__ = ["CsvFile", "harmless", "partial", "write_csv"]


class CsvFile:
    """A CSV that appears under its name only when everything was written.

    Floats are written in shortest round-trip form (Python's repr), NaN as ``nan``; lines end in
    a newline alone; texts are escaped to one line and never begin as a formula does.  Memory does
    not grow with the number of rows.

    Args:
        keep: rows are written through as they come, and kept as ``NAME.partial`` if the rest
            never comes.
        at: of a run that goes on, how many bytes of ``NAME.partial`` are kept; 0: it begins, under
            that name, and what is there when it is killed can be gone on with.
        marked: for spreadsheets, which take a file for Latin-1 that does not begin with a mark of
            UTF-8; a file of ASCII alone needs none.
    Raises:
        OutputError: it cannot be written, the disk is full.
    """

    def __init__(
        self, path: Path, columns: Sequence[str], keep: bool = False, marked: bool = False,
        at: int | None = None,
    ) -> None:  # fmt: skip
        self.path, self.columns, self.keep, self.marked = path, columns, keep, marked
        self._rows, self._kept = 0, bool(at)
        with written(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            check_replaceable(path)
            handle, self._name = _opened(path, at)
        self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")
        try:
            if not at:
                self._write(pd.DataFrame(columns=list(columns)), True)
        except OutputError:
            self._discard()
            raise

    def add(self, rows: pd.DataFrame | Iterable[Mapping[str, Any]]) -> None:
        """Append rows: a table, or a mapping for each.

        Raises:
            HarnessError: other columns than the file's.
        """
        table = rows if isinstance(rows, pd.DataFrame) else self._table(list(rows))
        if list(table.columns) != list(self.columns):
            raise HarnessError("other columns", where=str(self.path), got=", ".join(table.columns))
        self._write(harmless(table), False)
        self._rows += len(table)

    def append(self, text: str) -> None:
        """Rows as lines that whoever made them wrote by the same rules."""
        with written(self.path):
            self._file.write(text)
        self._rows += bool(text)

    def mark(self) -> int:
        """Bytes so far, which a run can go on after."""
        with written(self.path):
            self._file.flush()
            self._kept = True
            return os.fstat(self._file.fileno()).st_size

    def _table(self, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
        """Mappings as a table; values keep their types."""
        names = dict.fromkeys([*self.columns, *(name for row in rows for name in row)])
        values = {name: [row.get(name, "") for row in rows] for name in names}
        return pd.DataFrame(values, dtype="object")

    def _write(self, table: pd.DataFrame, header: bool) -> None:
        with written(self.path):
            table.to_csv(self._file, index=False, header=header, na_rep="nan", lineterminator="\n")
            if self.keep:
                self._file.flush()

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._finish(self.path)
        elif self.keep and (self._rows or self._kept):
            self._finish(partial(self.path))
        else:
            self._discard()

    def _finish(self, path: Path) -> None:
        if path != self.path:  # the disk may be full; what is there is kept
            with suppress(OSError):
                self._file.close()
            with suppress(OSError):
                Path(self._name).chmod(0o644)
                Path(self._name).replace(path)
            return
        try:
            with written(path):
                self._file.close()
                if self.marked and not (data := Path(self._name).read_bytes()).isascii():
                    Path(self._name).write_bytes(BOM_UTF8 + data)
                Path(self._name).chmod(0o644)
                Path(self._name).replace(path)
        except OutputError:
            self._discard()
            raise

    def _discard(self) -> None:
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            Path(self._name).unlink(missing_ok=True)


def _opened(path: Path, at: int | None) -> tuple[int, str]:
    """A new file of a name that nobody has, or the one that is gone on with."""
    if at is None:
        return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    name = partial(path)
    handle = os.open(name, os.O_WRONLY | (0 if at else os.O_CREAT | os.O_TRUNC), 0o644)
    os.ftruncate(handle, at)
    os.lseek(handle, at, os.SEEK_SET)
    return handle, str(name)


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """The same table, its texts on one line and no formulas; numbers stay numbers."""
    names = [str(name) for name, kind in table.dtypes.items() if not is_numeric_dtype(kind)]
    before = table[names].to_numpy(dtype=object)
    after = list(map(cell, before.ravel()))
    if after == before.ravel().tolist():  # as nearly always
        return table
    told = np.empty(len(after), dtype=object)
    told[:] = after
    found = table.copy()
    found[names] = pd.DataFrame(told.reshape(before.shape), table.index, names)
    return found


def partial(path: Path) -> Path:
    """Where the rows are if the rest never came."""
    return path.with_name(path.name + PARTIAL)


def write_csv(
    path: Path,
    columns: Sequence[str],
    rows: pd.DataFrame | Iterable[Mapping[str, Any]],
    marked: bool = False,
) -> None:
    """A whole CSV at once, under the same rules."""
    with CsvFile(path, columns, marked=marked) as file:
        file.add(rows)
