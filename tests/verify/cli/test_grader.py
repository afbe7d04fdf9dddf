"""What a grader reads: who is guilty, why, and one line for each submission."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.docs.derivation import ROOT
from verify.cli import main

Arrays = dict[str, NDArray[Any]]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three digits through the modern network."""
    folder = tmp_path_factory.mktemp("case") / "golden"
    assert main(["golden", "--variant", "modern", "--batch", "3", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def right(case: Path) -> Arrays:
    """All tensors."""
    with np.load(case / "tensors.npz") as archive:
        return {k: archive[k] for k in archive.files if k not in ("images", "labels")}


def only(arrays: Mapping[str, Any], *symbols: str) -> Arrays:
    """Tensors of some symbols."""
    return {k: v for k, v in arrays.items() if k.partition(".")[2] in symbols}


def submitted(folder: Path, name: str, arrays: Mapping[str, Any]) -> Path:
    """A submission."""
    place = folder / name
    place.mkdir(parents=True)
    np.savez(place / "answers.npz", **arrays)
    return place


def said(
    arrays: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], *words: str
) -> str:
    """What the command prints for a dump that is wrong."""
    place = submitted(tmp_path, "theirs", arrays)
    assert main(["check", str(place), "--case", str(case), "--out", str(tmp_path), *words]) == 1
    return capsys.readouterr().out


def test_a_wrong_parameter_gradient_is_never_without_consequence(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is computed from it, but training uses it."""
    wrong = right | {"C3.dW": np.flip(right["C3.dW"], (2, 3))}
    text = said(wrong, case, tmp_path, capsys)
    assert "without consequence" not in text
    assert "guilty layer: C3;" in text and "rotated by 180 degrees" in text


def test_a_gradient_alone_has_a_guilty_layer_and_a_cause(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """C1.dW is right, so all that C3 handed on is; and C3.y, so all that it was fed."""
    given = only(right, "y", "dW", "db")
    wrong = given | {"C3.dW": np.flip(right["C3.dW"], (2, 3))}
    text = said(wrong, case, tmp_path, capsys)
    assert "guilty layer: C3;" in text
    assert "cause: C3.dW equals the reference rotated by 180 degrees" in text


def test_a_factor_in_one_gradient_alone_is_named(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """1.5 was float32 rounding once, and the slope of a squash that this network has not."""
    wrong = only(right, "dW", "db") | {"C1.dW": right["C1.dW"] * 1.5}
    text = said(wrong, case, tmp_path, capsys)
    assert "guilty layer: C1;" in text
    assert "cause: C1.dW equals the reference x N/2 = 3/2" in text


def test_half_a_gradient_from_one_layer_down(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = only(right, "dW", "db")
    wrong = {k: v / 2 if k[:2] in ("C1", "C3") else v for k, v in given.items()}
    text = said(wrong, case, tmp_path, capsys)
    assert "one cause: every wrong gradient equals the reference x 1/2" in text
    assert "guilty layer: C5, S4 or C3;" in text


def test_every_gradient_beside_a_right_loss(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """loss.data was counted among the gradients: its symbol begins with a d."""
    wrong = {k: v * 3 for k, v in only(right, "dW", "db").items()}
    text = said(wrong | only(right, "data"), case, tmp_path, capsys)
    assert "add: --convention gradients=sum" in text and "also" not in text


def test_another_dtype_is_one_cause(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {k: v.astype("f4") for k, v in only(right, "y", "dW").items()}
    text = said(wrong, case, tmp_path, capsys)
    assert "one cause: float32 in place of float64, everywhere" in text and "  also " not in text


def test_what_is_missing_makes_nobody_guilty(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = only(right, "dW", "db")
    del given["F7.dW"]
    text = said(given, case, tmp_path, capsys, "--require", "gradients")
    assert "guilty" not in text and "own error arises" not in text
    assert "not complete; first: F7.dW" in text and "--require gradients\n" in text


def test_a_mistake_comes_before_what_is_missing(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = only(right, "dW", "db") | {"C1.dW": -right["C1.dW"]}
    del given["F7.dW"]
    text = said(given, case, tmp_path, capsys, "--require", "gradients")
    assert "first: C1.dW" in text and "cause: C1.dW has the wrong sign" in text


def test_nothing_at_all(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = submitted(tmp_path, "theirs", {})
    assert main(["check", str(place), "--case", str(case), "--out", str(tmp_path)]) == 2
    assert "holds no tensor that could be judged" in capsys.readouterr().err


def test_a_dump_that_contradicts_itself(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = only(right, "y", "dW", "db") | {"S2.y": right["S2.y"] + 0.1}
    text = said(given, case, tmp_path, capsys)
    assert "without consequence: S2.y differs, every parameter gradient after it is right" in text
    assert "C3.y is right, but does not follow from what was supplied before it" in text


def test_a_table_of_submissions(
    right: Arrays, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files of one name are told apart; one that cannot be read is a line as well."""
    given = only(right, "dW", "db")
    submitted(tmp_path, "anna", given)
    submitted(tmp_path, "ben", given | {"C3.dW": -right["C3.dW"]})
    submitted(tmp_path, "carl", {k: v / 2 if k[:1] == "C" else v for k, v in given.items()})
    submitted(tmp_path, "dora", {"conv1": right["C1.W"]})
    (submitted(tmp_path, "emil", {}) / "answers.npz").write_bytes(b"no archive")
    files = sorted(str(p) for p in tmp_path.glob("*/answers.npz"))
    table = tmp_path / "grades.csv"
    words = ["--case", str(case), "--table", str(table), "--out", str(tmp_path / "out")]
    assert main(["check", *files, *words]) == 1
    assert "1 of 5 passed" in capsys.readouterr().out
    with table.open() as stream:
        rows = {row["submission"]: row for row in csv.DictReader(stream)}
    assert list(rows) == [f"{n}/answers.npz" for n in ("anna", "ben", "carl", "dora", "emil")]
    assert [row["status"] for row in rows.values()] == ["0", "1", "1", "2", "2"]
    assert rows["ben/answers.npz"]["guilty_layers"] == "C3"
    assert rows["ben/answers.npz"]["cause"] == "C3.dW has the wrong sign"
    assert rows["carl/answers.npz"]["suspects"] == "F6 C5"
    assert "no such tensor" in rows["dora/answers.npz"]["cause"]
    assert (tmp_path / "out" / "ben_answers.npz" / "diff.csv").is_file()


def test_nothing_but_a_table_is_replaced_by_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--table mine/diff.csv`` put marks in the place of a report."""
    monkeypatch.chdir(tmp_path)
    net = str(ROOT / "examples" / "numpy_student.py")
    for name, text in (("diff.csv", "variant,options\n"), ("net.py", "x = 1\n")):
        Path(name).write_text(text)
        words = ["check", f"{net}:lenet", "--variant", "modern", "--seed", "0", "--table", name]
        assert main(words) == 2 and "no such report" in capsys.readouterr().err
        assert Path(name).read_text() == text
