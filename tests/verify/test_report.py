"""Files: complete or absent, in the promised form, with every column explained."""

from __future__ import annotations

import io
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from verify.cases.plan import Job
from verify.errors import HarnessError, InputError
from verify.expected.steps import steps
from verify.judge.compare import compare
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding, Judgement
from verify.judge.verdict import Verdict
from verify.proof.faults.plant import COLUMNS as FAULTS
from verify.proof.mutation.campaign import COLUMNS as MUTANTS
from verify.report.checks import COLUMNS as CHECKS
from verify.report.files import CsvFile, write_csv
from verify.report.folder import claimed
from verify.report.frame import frame
from verify.report.rows import COLUMNS
from verify.report.screen import Block, aligned, printed, ratio, said, wrapped, written
from verify.report.tables import COVERAGE_COLUMNS, LAYER_COLUMNS, SUMMARY_COLUMNS, Tables

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
        ("coverage.csv", COVERAGE_COLUMNS),
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
        pass
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


def findings(*told: tuple[str, Verdict, float], variant: str = "modern") -> list[Finding]:
    """Findings of some tensors whose own error has a verdict and a ratio."""
    case = replace(Job(variant, "digits", "float64", 1).case(), upstream=None)
    known = {step.tensor: step for step in steps(case.arch)}
    same = compare(np.ones(2), np.ones(2), None)
    return [
        Finding(case, known[tensor], Judgement(verdict, comparison=replace(same, ratio=ratio_)),
                Judgement(Verdict.PASS, comparison=same), (2,))
        for tensor, verdict, ratio_ in told
    ]  # fmt: skip


def test_a_nan_ratio_never_hides_a_worse_one() -> None:
    found = findings(("C1.z", Verdict.PASS, 0.5), ("C1.y", Verdict.MISSING, math.nan))
    tables = Tables([frame(found)])
    [layer] = tables.layers(Tally(found).order).to_dict("records")
    assert (layer["worst_own_tensor"], layer["verdict"]) == ("C1.z", "fail")
    assert (layer["rows"], layer["tensors"], layer["failed"], layer["guilty"]) == (2, 2, 1, 1)
    assert tuple(layer) == LAYER_COLUMNS
    [case] = tables.summary().to_dict("records")
    assert tuple(case) == SUMMARY_COLUMNS
    assert (case["guilty_layers"], case["worst_own_ratio"], case["seeds"]) == ("C1", 0.5, 1)


def test_a_layer_without_a_number_has_no_worst() -> None:
    found = findings(("C1.z", Verdict.MISSING, math.nan), ("S2.y", Verdict.PASS, 0.1))
    first, second = Tables([frame(found)]).layers(Tally(found).order).to_dict("records")
    assert first["worst_own_tensor"] == "" and math.isnan(first["worst_own_ratio"])
    assert second["worst_own_tensor"] == "S2.y"


def test_tables_of_many_chunks_are_those_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.report.tables.CHUNKS", 2)
    parts = [
        findings(("C3.z", Verdict.FAIL, 9.0), ("C1.z", Verdict.PASS, 0.2)),
        findings(("F7.y", Verdict.PASS, 0.3), variant="1998"),
        findings(("C1.y", Verdict.UNVERIFIED, 0.1)),
        findings(("S2.y", Verdict.PASS, 0.1)),
        findings(("C1.z", Verdict.PASS, 0.4)),
    ]
    every = [f for part in parts for f in part]
    one, many = Tables([frame(every)]), Tables(frame(part) for part in parts)
    order = Tally(every).order
    pd.testing.assert_frame_equal(one.layers(order), many.layers(order))
    pd.testing.assert_frame_equal(one.summary(), many.summary())
    pd.testing.assert_frame_equal(one.coverage(["modern"]), many.coverage(["modern"]))
    assert list(one.layers(order)["layer"]) == ["C1", "S2", "C3", "F7"]


def test_tables_of_nothing(tmp_path: Path) -> None:
    tables = Tables()
    write_csv(tmp_path / "l.csv", LAYER_COLUMNS, tables.layers(Tally().order))
    write_csv(tmp_path / "s.csv", SUMMARY_COLUMNS, tables.summary())
    assert (tmp_path / "l.csv").read_text() == ",".join(LAYER_COLUMNS) + "\n"
    assert (tmp_path / "s.csv").read_text() == ",".join(SUMMARY_COLUMNS) + "\n"
    assert set(tables.coverage(["modern"])["verdict"]) == {"uncovered", "not applicable"}


def test_ratios_for_people() -> None:
    assert [ratio(v) for v in (0, 0.25, 1e-7, 3e12)] == ["0", "0.25", "1e-07", "3e+12"]


def test_columns_line_up() -> None:
    numbers = aligned([("n", "x"), ("1e+15", "a"), ("inf", "-"), ("0.5", "")])
    assert numbers == ["n      x", "1e+15  a", "  inf  -", "  0.5"]
    lines = aligned([("layer", "n"), ("C1", "12"), ("loss", "3")])
    assert lines == ["layer  n", "C1     12", "loss    3"]


def test_a_long_last_column_goes_on_below_itself() -> None:
    cause = "the cause " * 12
    lines = wrapped([("name", "cause"), ("a", cause), ("bb", "short\n"), ("c", "")])
    assert lines[0] == "name  cause" and lines[-2:] == ["bb    short\\n", "c"]
    assert " ".join(line[6:] for line in lines[1:-2]) == cause.strip()
    assert len(lines) == 5 and all(len(line) <= 80 for line in lines)
    lines = wrapped([("name" * 12, "cause"), ("a", cause)])
    assert lines[:3] == ["name" * 12, "    cause", "a"] and lines[3].startswith("    the cause")
    assert len(lines) == 5 and all(len(line) <= 80 for line in lines)


def test_names_in_small_tables_are_no_formulas_either(tmp_path: Path) -> None:
    found = findings(("C1.z", Verdict.PASS, 0.5))
    arch = replace(found[0].case.arch, variant="=a()\n", options="@b")
    told = [replace(found[0], case=replace(found[0].case, arch=arch))]
    tables = Tables([frame(told)])
    write_csv(tmp_path / "l.csv", LAYER_COLUMNS, tables.layers(Tally(told).order))
    write_csv(tmp_path / "s.csv", SUMMARY_COLUMNS, tables.summary())
    write_csv(tmp_path / "d.csv", COLUMNS, frame(told))
    for name, start in (("l", "'=a()\\n,C1,"), ("s", "'=a()\\n,'@b,"), ("d", "'=a()\\n,'@b,")):
        assert (tmp_path / f"{name}.csv").read_text().splitlines()[1].startswith(start)
