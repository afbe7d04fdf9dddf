"""Files: complete or absent, in the promised form, with every column explained."""

from __future__ import annotations

import io
import math
import re
from pathlib import Path

import pytest

from verify.checks.coverage import COLUMNS as COVERAGE
from verify.errors import InputError
from verify.judge.verdict import Verdict
from verify.proof.faults.scoreboard import COLUMNS as FAULTS
from verify.proof.mutation.campaign import COLUMNS as MUTANTS
from verify.report.checks import COLUMNS as CHECKS
from verify.report.files import CsvFile, claimed, write_csv
from verify.report.rows import COLUMNS
from verify.report.screen import Block, aligned, printed, ratio, said, written
from verify.report.totals import LAYER_COLUMNS, SUMMARY_COLUMNS, Totals

README = (Path(__file__).parents[2] / "reports" / "README.md").read_text()


def section(name: str) -> str:
    """The README's section on one file."""
    return re.split(r"^## ", README.split(f"## {name}\n")[1], flags=re.M)[0]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("diff.csv", COLUMNS),
        ("checks.csv", CHECKS),
        ("faults.csv", FAULTS),
        ("coverage.csv", COVERAGE),
        ("mutants.csv", MUTANTS),
    ],
)
def test_every_column_is_explained(name: str, columns: tuple[str, ...]) -> None:
    explained = set(re.findall(r"`([a-z_]+)`", section(name)))
    families = ("inherited_",)
    missing = [c for c in columns if c not in explained and not c.startswith(families)]
    assert missing == []


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
        assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("path", ["/dev/null", "/dev/full", "."])
def test_what_is_no_file_is_not_replaced(path: str) -> None:
    with pytest.raises(InputError, match="cannot be written: not a regular file"):
        write_csv(Path(path), ("x",), [])


def test_a_line_end_in_a_text_ends_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    printed("a\nPASS\x1b[2K\udcff", Block("b\nc"))
    said("d\ne")
    heard = capsys.readouterr()
    assert heard.out == "a\\nPASS\\x1b[2K\\udcff\nb\nc\n"
    assert heard.err == "d\\ne\n"


def test_an_encoding_that_lacks_a_letter() -> None:
    stream = io.TextIOWrapper(raw := io.BytesIO(), encoding="ascii")
    written(stream, ["∂"])
    assert raw.getvalue() == b"\\u2202\n"


def test_an_unwritable_place_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_csv(tmp_path / "file" / "t.csv", ("x",), [])


def row(tensor: str, verdict: str, own: str, ratio_: float) -> dict[str, object]:
    """A row with what totals read."""
    blank: dict[str, object] = dict.fromkeys(COLUMNS, 0)
    layer = tensor.split(".")[0]
    numbers = {"own_ratio": ratio_, "inherited_ratio": ratio_, "own_floor": 0.5}
    names = {"variant": "modern", "layer": layer, "tensor": tensor, "regime": "digits"}
    return {**blank, **names, **numbers, "verdict": Verdict(verdict), "own_verdict": Verdict(own)}


def test_totals_blame_own_errors_only() -> None:
    totals = Totals()
    for r in (row("C3.z", "fail", "fail", 9.0), row("S4.x", "fail", "pass", 7.0)):
        totals.add(r)
    assert totals.guilty("modern") == ["C3"]
    assert [t.failed for _, t in totals.ordered("modern")] == [1, 1]
    assert totals.first["modern"]["tensor"] == "C3.z"


def test_the_first_guilty_row_replaces_an_inherited_one() -> None:
    totals = Totals()
    totals.add(row("C1.y", "fail", "pass", 2.0))
    totals.add(row("C3.z", "fail", "fail", 2.0))
    totals.add(row("C5.z", "fail", "fail", 2.0))
    assert totals.first["modern"]["tensor"] == "C3.z"


def test_a_nan_ratio_never_hides_a_worse_one() -> None:
    totals = Totals()
    totals.add(row("C1.z", "pass", "pass", 0.5))
    totals.add(row("C1.y", "missing", "missing", math.nan))
    [layer] = totals.layer_rows()
    assert (layer["worst_own_tensor"], layer["verdict"]) == ("C1.z", "fail")
    assert set(layer) == set(LAYER_COLUMNS)
    assert set(totals.summary_rows()[0]) == set(SUMMARY_COLUMNS)


def test_ratios_for_people() -> None:
    assert [ratio(v) for v in (0, 0.25, 1e-7, 3e12)] == ["0", "0.25", "1e-07", "3e+12"]


def test_columns_line_up() -> None:
    lines = aligned([("layer", "n"), ("C1", "12"), ("loss", "3")])
    assert lines == ["layer  n", "C1     12", "loss    3"]
