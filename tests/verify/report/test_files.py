"""Files: complete or absent, in the promised form."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from verify.errors import HarnessError, InputError
from verify.report.files import CsvFile, write_csv
from verify.report.folder import claimed


def test_floats_are_shortest_round_trip_and_nan_is_spelled(tmp_path: Path) -> None:
    write_csv(
        tmp_path / "t.csv", ("x", "y"), [{"x": 0.1 + 0.2, "y": math.nan}, {"x": 1e-300, "y": 2}]
    )
    assert (tmp_path / "t.csv").read_bytes() == b"x,y\n0.30000000000000004,nan\n1e-300,2\n"


def test_an_interrupted_file_never_appears(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("old")
    with pytest.raises(KeyboardInterrupt), CsvFile(tmp_path / "t.csv", ("x",)) as file:
        file.add([{"x": 1}])
        raise KeyboardInterrupt
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
    assert (tmp_path / "t.csv").read_text() == "old"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ('a, "b"', '"a, ""b"""'),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31m\x00\x9b", r"\x1b[31m\x00\x9b"),
        ("\udcff\u202e", r"\udcff\u202e"),
        ("Müller ∂L/∂W", "Müller ∂L/∂W"),
        ("=cmd()", "'=cmd()"),
        ("+1+1", "'+1+1"),
        ("-lenet", "'-lenet"),
        ("@sum", "'@sum"),
        ("\t=1", "'\\t=1"),
        ("\uff1d1", "'\uff1d1"),
        (-1.5, "-1.5"),
        ("-1.5", "-1.5"),
        ("-1.5e-300", "-1.5e-300"),
        (float("-inf"), "-inf"),
        (Path("=x"), "'=x"),
        (None, '""'),
        (True, "True"),
    ],
)
def test_a_cell_is_one_line_and_no_formula(tmp_path: Path, value: object, written: str) -> None:
    write_csv(tmp_path / "t.csv", ("x",), [{"x": value}])
    assert (tmp_path / "t.csv").read_bytes().decode() == f"x\n{written}\n"


def test_what_was_written_is_kept_if_asked_for(tmp_path: Path) -> None:
    for keep, left in ((True, ["t.csv.partial"]), (False, [])):
        with pytest.raises(KeyboardInterrupt), CsvFile(tmp_path / "t.csv", ("x",), keep) as file:
            file.add([{"x": 1}])
            raise KeyboardInterrupt
        assert [p.name for p in tmp_path.iterdir()] == left
        for path in tmp_path.iterdir():
            assert path.read_text() == "x\n1\n"
            path.unlink()


def test_one_run_at_a_time_writes_into_a_folder(tmp_path: Path) -> None:
    with claimed(tmp_path / "out"):
        with claimed(tmp_path / "other"):
            pass
        with pytest.raises(InputError, match="another run"), claimed(tmp_path / "out"):
            pass
    with claimed(tmp_path / "out"):
        pass
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("path", ["/dev/null", "/dev/full", "."])
def test_what_is_no_file_is_not_replaced(path: str) -> None:
    with pytest.raises(InputError, match="cannot be written: not a regular file"):
        write_csv(Path(path), ("x",), [])


def test_an_unwritable_place_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_csv(tmp_path / "file" / "t.csv", ("x",), [])


def test_other_columns_than_the_files_are_refused(tmp_path: Path) -> None:
    for rows in ([{"x": 1, "y": 2}], pd.DataFrame({"y": [1]})):
        with pytest.raises(HarnessError, match="other columns"):
            write_csv(tmp_path / "t.csv", ("x",), rows)
    write_csv(tmp_path / "t.csv", ("x", "y"), [{"x": 1}])
    assert (tmp_path / "t.csv").read_bytes() == b"x,y\n1,\n"


def test_floats_of_a_table_are_written_as_python_writes_them(tmp_path: Path) -> None:
    """Of any exponent and any bits, in a column of numbers and in one of mixed values."""
    rng = np.random.default_rng(0)
    bits = np.frombuffer(rng.bytes(8 * 2000), dtype=float)
    values = [*bits, 0.1 + 0.2, 1e16, 1e-5, 1e22, 5e-324, -0.0, math.inf, -math.inf, math.nan]
    for kind in ("float64", "object"):
        table = pd.DataFrame({"x": pd.Series([float(v) for v in values], dtype=kind)})
        write_csv(tmp_path / "t.csv", ("x",), table)
        lines = (tmp_path / "t.csv").read_text().splitlines()
        assert lines == ["x", *(repr(float(v)) for v in values)]
