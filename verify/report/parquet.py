"""diff.parquet: the rows of diff.csv as typed columns, in a tenth of the room.

A Parquet file is one only when its end is written.  Meanwhile the rows are in parts, each a whole
file, of which none is lost when the run is killed; the file is made of them at the end.  Its bytes
depend on its rows alone, not on where the parts end.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from verify.errors import InputError
from verify.report.folder import PARTIAL, written
from verify.report.formats import PARQUET
from verify.report.frame import KINDS
from verify.report.rows import COLUMNS

__all__ = ["GROUP", "ParquetParts", "installed"]
GROUP = 2**14
"""Rows that are compressed together, and in memory at once."""


def installed() -> None:
    """There is a library that writes it.

    Raises:
        InputError: there is none.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise InputError("pyarrow is not installed", where="--format",
                         fix="pip install lenet-verify[scale], or --format csv"
                         ) from None  # fmt: skip


class ParquetParts:
    """Rows in parts, and at the end in one file.

    Args:
        place: the folder of the report; parts: how many there are already.
    """

    def __init__(self, place: Path, parts: int = 0) -> None:
        self._place, self._waiting = place, list[Any]()
        self.parts = parts
        for path in self._known()[parts:]:
            path.unlink()  # of what was written after the last mark

    def add(self, rows: pd.DataFrame) -> None:
        """Append rows of all columns."""
        if len(rows):
            self._waiting.append(_table(rows))

    def mark(self) -> int:
        """What was added is a part of its own from now on; how many there are."""
        if self._waiting:
            self.parts += 1
            self._write(self._path(self.parts), iter([_joined(self._waiting)]))
            self._waiting = []
        return self.parts

    def finish(self) -> None:
        """One file of all parts."""
        self.mark()
        self._write(self._place / PARQUET, _grouped(self._known()))
        self.discard()

    def discard(self) -> None:
        """No parts any more."""
        for path in self._known():
            path.unlink()

    def _path(self, number: int) -> Path:
        return self._place / f"{PARQUET}.{number:06}{PARTIAL}"

    def _known(self) -> list[Path]:
        return sorted(self._place.glob(f"{PARQUET}.*{PARTIAL}"))

    @staticmethod
    def _write(path: Path, tables: Iterator[Any]) -> None:
        import pyarrow.parquet as pq

        with written(path), pq.ParquetWriter(path, _schema()) as writer:
            for table in tables:
                writer.write_table(table, row_group_size=GROUP)


def _grouped(parts: list[Path]) -> Iterator[Any]:
    """The rows of many files, GROUP at a time; the last ones may be fewer."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    waiting = _schema().empty_table()
    for path in parts:
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                waiting = pa.concat_tables([waiting, file.read_row_group(number)])
                while len(waiting) >= GROUP:
                    yield waiting[:GROUP].combine_chunks()
                    waiting = waiting[GROUP:].combine_chunks()
    if len(waiting):
        yield waiting.combine_chunks()


def _joined(tables: list[Any]) -> Any:
    import pyarrow as pa

    return pa.concat_tables(tables).combine_chunks()


def _schema() -> Any:
    import pyarrow as pa

    kinds = {"int64": pa.int64(), "float64": pa.float64()}
    return pa.schema([(name, kinds.get(KINDS.get(name, ""), pa.string())) for name in COLUMNS])


def _table(rows: pd.DataFrame) -> Any:
    """NaN stays a number, as in diff.csv, and is no missing value."""
    import pyarrow as pa

    schema = _schema()
    arrays = [
        pa.array(rows[field.name].to_numpy(), field.type)
        if field.name in KINDS
        else pa.array([str(value) for value in rows[field.name]], field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)
