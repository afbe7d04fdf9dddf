"""diff.parquet: the rows of diff.csv as typed columns, in a tenth of the room.

A Parquet file is one only when its end is written.  Meanwhile the rows are in parts, each a whole
file, of which none is lost when the run is killed; the file is made of them at the end.  Its bytes
depend on its rows alone, not on where the parts end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from verify.errors import InputError
from verify.report.folder import written
from verify.report.formats import PARQUET
from verify.report.rows import KINDS, Row
from verify.report.unfinished import PARTIAL, told_in

__all__ = ["GROUP", "ParquetParts", "installed", "packed"]
GROUP = 2**12
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
        self._place, self.parts = place, parts
        self._tables, self._rows = list[Any](), 0
        for path in self._known()[parts:]:
            path.unlink()  # of what was written after the last mark

    def add(self, columns: bytes) -> None:
        """Append rows that :func:`packed` made."""
        import pyarrow as pa

        self._tables.append(pa.ipc.open_stream(columns).read_all())
        self._rows += len(self._tables[-1])
        if self._rows >= GROUP:
            self._pack()

    def _pack(self) -> None:
        """One table of many, which would each have memory of its own."""
        import pyarrow as pa

        self._tables = [pa.concat_tables(self._tables).combine_chunks()]
        self._rows = 0

    def mark(self) -> int:
        """What was added is a part of its own from now on; how many there are."""
        if self._tables:
            self._pack()
            self.parts += 1
            self._write(self._path(self.parts), iter(self._tables))
            self._tables = []
        return self.parts

    def finish(self) -> None:
        """One file of all parts; they stay until the report is whole, where a run can go on."""
        self.mark()
        self._write(self._place / PARQUET, _grouped(self._known()))
        if not told_in(self._place).exists():
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


def packed(rows: Sequence[Row]) -> bytes:
    """Rows as columns, to be sent: whoever made the rows has more time than whoever gathers."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, _schema()) as stream:
        stream.write_table(_table(rows))
    sent: bytes = sink.getvalue().to_pybytes()
    return sent


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


def _schema() -> Any:
    import pyarrow as pa

    kinds = {float: pa.float64(), int: pa.int64(), str: pa.string()}
    return pa.schema([(name, kinds[kind]) for name, kind in KINDS.items()])


def _table(rows: Sequence[Row]) -> Any:
    """NaN stays a number, as in diff.csv, and is no missing value; a file name that is no Unicode
    has escapes, as there."""
    import pyarrow as pa

    schema, arrays = _schema(), []
    for name, kind in KINDS.items():
        write = _text if kind is str else kind
        arrays.append(pa.array([write(row[name]) for row in rows], schema.field(name).type))
    return pa.table(arrays, schema=schema)


def _text(value: object) -> str:
    return str(value).encode("utf-8", "backslashreplace").decode()
