"""Rows as Parquet: parts that lose nothing, and one file whose bytes depend on the rows alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("pyarrow")

from verify.cases.plan import Job
from verify.errors import InputError
from verify.pipeline.run import Settings, judge_job
from verify.report import parquet
from verify.report.parquet import ParquetParts, packed
from verify.report.rows import COLUMNS, Row, row

ROWS = [row(finding) for finding in judge_job(Job("1998", "digits", "float32", 1), Settings())]
MANY = ROWS * 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 100)


def written(place: Path, *parts: Sequence[Row]) -> bytes:
    """Each part is marked."""
    place.mkdir()
    file = ParquetParts(place)
    for part in parts:
        file.add(packed(part))
        file.mark()
    file.finish()
    assert [path.name for path in place.iterdir()] == ["diff.parquet"]
    return (place / "diff.parquet").read_bytes()


def test_bytes_do_not_depend_on_where_parts_end(tmp_path: Path) -> None:
    whole = written(tmp_path / "a", MANY)
    assert written(tmp_path / "b", MANY[:7], MANY[7:250], [], MANY[250:]) == whole
    assert written(tmp_path / "c", *([each] for each in MANY)) == whole
    assert written(tmp_path / "d", MANY[:-1]) != whole


def test_values_are_those_of_the_rows(tmp_path: Path) -> None:
    written(tmp_path / "a", MANY)
    found = pd.read_parquet(tmp_path / "a" / "diff.parquet")
    assert tuple(found) == COLUMNS and len(found) == len(MANY)
    for name in COLUMNS:
        for value, known in zip(found[name], MANY, strict=True):
            same = value == known[name] or (value != value and math.isnan(known[name]))
            assert same, name


def test_nothing_is_a_file_too(tmp_path: Path) -> None:
    written(tmp_path / "a")
    assert len(pd.read_parquet(tmp_path / "a" / "diff.parquet")) == 0


def test_a_text_that_is_no_unicode(tmp_path: Path) -> None:
    written(tmp_path / "a", [ROWS[0] | {"options": "\udcff"}])
    assert pd.read_parquet(tmp_path / "a" / "diff.parquet")["options"][0] == "\\udcff"


def test_parts_after_the_mark_go(tmp_path: Path) -> None:
    first = ParquetParts(tmp_path)
    for part in (ROWS[:9], ROWS[9:20], ROWS[20:]):
        first.add(packed(part))
        first.mark()
    again = ParquetParts(tmp_path, 2)
    again.add(packed(ROWS[20:]))
    again.finish()
    assert len(pd.read_parquet(tmp_path / "diff.parquet")) == len(ROWS)
    written(tmp_path / "whole", ROWS)
    assert (tmp_path / "diff.parquet").read_bytes() == (
        (tmp_path / "whole" / "diff.parquet").read_bytes()
    )


def test_without_pyarrow_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    parquet.installed()
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(InputError, match=r"pyarrow is not installed; .*\[scale\].*--format csv"):
        parquet.installed()
