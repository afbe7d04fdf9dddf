"""A report is written whole, with its stamp, or not at all; a folder never holds files of two."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify.cli import main
from verify.errors import OutputError
from verify.report.files import CsvFile, write_csv
from verify.report.folder import STAMP, TABLES, claimed
from verify.report.stamp import write_stamp

RUN = ["--variant", "modern", "--tier", "float64", "--batch", "1", "--jobs", "1", "--tensor",
       "F7.dW"]  # fmt: skip


def below(folder: Path) -> dict[str, bytes]:
    """Every file, with what it holds."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def written(folder: Path, *names: str) -> None:
    """A report of these tables."""
    with claimed(folder) as place:
        for name in names:
            write_csv(place / name, ("x",), [{"x": name}])
        write_stamp(place, {"tables": names})


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One image, all tensors in one file."""
    folder = tmp_path_factory.mktemp("gold") / "g"
    assert main(["golden", "--variant", "modern", "--batch", "1", "--out", str(folder)]) == 0
    return folder


def test_no_command_leaves_files_of_another(golden: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    commands = {
        "run": RUN,
        "check": ["check", str(golden)],
        "table": ["check", str(golden), "--table", str(out / "marks.csv")],
        "errata": ["errata"],
        "faults": ["faults", "--name", "affine.z/averaged-over-inputs", "--jobs", "1"],
        "again": ["check", str(golden)],
    }
    seen: dict[str, set[str]] = {}
    for name, words in commands.items():
        assert main([*words, "--out", str(out)]) == 0, name
        seen[name] = {*below(out)}
        stamp = json.loads((out / STAMP).read_text())
        assert seen[name] == {*stamp["files"], STAMP}
    assert seen["run"] == {"diff.csv", "layers.csv", "summary.csv", "checks.csv", STAMP}
    assert seen["check"] == seen["again"] == {"diff.csv", "checks.csv", STAMP}
    assert seen["table"] == {"marks.csv", STAMP, *(f"g/{n}" for n in seen["check"])}
    assert seen["errata"] == {"errata.csv", STAMP}
    assert seen["faults"] == {"faults.csv", STAMP}


def stops() -> Iterator[BaseException]:
    yield from (KeyboardInterrupt(), RuntimeError(), OutputError("no space left"), MemoryError())


@pytest.mark.parametrize("stop", [*stops()], ids=lambda e: type(e).__name__)
def test_a_run_that_ends_early_leaves_the_earlier_report(
    stop: BaseException, tmp_path: Path
) -> None:
    written(tmp_path, "diff.csv", "layers.csv")
    before = below(tmp_path)
    with pytest.raises(type(stop)), claimed(tmp_path) as place:
        write_csv(place / "diff.csv", ("x",), [{"x": "new"}])
        raise stop
    assert below(tmp_path) == before


def test_rows_of_an_interrupted_run_stand_beside_no_report(tmp_path: Path) -> None:
    written(tmp_path, "diff.csv", "layers.csv")
    with pytest.raises(KeyboardInterrupt), claimed(tmp_path) as place:
        write_csv(place / "layers.csv", ("x",), [{"x": "new"}])
        with CsvFile(place / "diff.csv", ("x",), keep=True) as file:
            file.add([{"x": 1}])
            raise KeyboardInterrupt
    assert below(tmp_path) == {"diff.csv.partial": b"x\n1\n"}
    written(tmp_path, "errata.csv")
    assert {*below(tmp_path)} == {"errata.csv", STAMP}


def test_what_a_killed_run_left_goes(tmp_path: Path) -> None:
    (tmp_path / ".report.abc").mkdir()
    (tmp_path / ".report.abc" / "diff.csv").write_text("half")
    written(tmp_path, "diff.csv")
    assert {*below(tmp_path)} == {"diff.csv", STAMP}


def test_what_no_report_wrote_stays(tmp_path: Path) -> None:
    """Whatever the earlier stamp claims."""
    keep = {"grades.csv": b"marks", "notes/diff.csv": b"mine", "a/b/c": b"deep"}
    for name, data in keep.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    outside = tmp_path.parent / "outside.csv"
    outside.write_text("theirs")
    for claim in (["../outside.csv", str(outside), "a/b/c", 7], "text", None, {"a": 1}):
        (tmp_path / STAMP).write_text(json.dumps({"files": claim}))
        written(tmp_path, "diff.csv")
        assert outside.read_text() == "theirs"
        assert {k: v for k, v in below(tmp_path).items() if k in keep} == keep
    (tmp_path / STAMP).write_text("[" * 100_000)
    written(tmp_path, "diff.csv")


@pytest.mark.parametrize("name", [STAMP, TABLES[0], TABLES[-1]])
def test_what_cannot_be_replaced_is_found_first(name: str, tmp_path: Path) -> None:
    written(tmp_path, *({TABLES[0], TABLES[1]} - {name}))
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).mkdir()
    before = below(tmp_path)
    with pytest.raises(OutputError, match="not a regular file"), claimed(tmp_path):
        raise AssertionError("never reached")
    assert below(tmp_path) == before


def test_a_place_is_named_as_the_folder_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught, claimed(tmp_path / "out") as place:
        (place / "diff.csv").mkdir()
        write_csv(place / "diff.csv", ("x",), [])
    assert str(tmp_path / "out" / "diff.csv") in str(caught.value)
    assert ".report." not in str(caught.value)


OPERATORS = {
    "--case": ["--case", "nowhere"],
    "--mapping": ["--mapping", "nowhere.toml"],
    "a target of --mapping": ["--mapping", "wrong.toml"],
    "--out": ["--out", "file"],
    "--out below a file": ["--out", "file/below"],
    "--table": ["--table", "file/t.csv"],
    "--tensor": ["--tensor", "C3.foo"],
    "--option": ["--option", "reg=nan"],
    "--weights": ["--weights", "nowhere.npz"],
    "--data": ["--data", "nowhere"],
}


@pytest.mark.parametrize("what", OPERATORS)
def test_what_the_operator_mistyped_is_found_before_the_first_is_judged(
    what: str, golden: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("mine")
    Path("grades.csv").write_text("earlier")
    Path("wrong.toml").write_text('[names]\nmine = "C3.dw"\n')
    Path("s.py").write_text("open('asked', 'w').close()\nf = None\n")
    words = [str(golden), "s.py:f", "--variant", "modern"]
    words += [] if what == "--table" else ["--table", "grades.csv"]
    words += [] if what.startswith("--out") else ["--out", "out"]
    before = below(tmp_path)
    assert main(["check", *words, *OPERATORS[what]]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert below(tmp_path) == before
