"""Every format that is read: the same arrays have the same verdicts, a mistake the same name."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from lenet_ref.families import modules
from tests.verify.exchange.written import FORMS, Arrays, Write, mat, text
from verify.cli import main
from verify.exchange.readers import FORMATS, SUFFIXES


@pytest.fixture(scope="module")
def arrays(golden: Path) -> Arrays:
    """All that a golden folder holds."""
    return {path.stem: np.load(path) for path in sorted(golden.glob("*.npy"))}


def judged(write: Write, arrays: Arrays, golden: Path, place: Path) -> tuple[int, dict[str, str]]:
    """Exit status, and the verdict and the cause of each tensor."""
    (place / "theirs").mkdir(parents=True)
    subject = write(place / "theirs", arrays)
    status = main(["check", str(subject), "--case", str(golden), "--out", str(place / "out")])
    with (place / "out" / "diff.csv").open(newline="") as file:
        return status, {r["tensor"]: f"{r['verdict']} {r['cause']}" for r in csv.DictReader(file)}


@pytest.fixture(scope="module")
def averaged(
    arrays: Arrays, golden: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Arrays, dict[str, str]]:
    """C3.db averaged over its 100 places, and what is said of it in an .npz."""
    wrong = {**arrays, "C3.db": arrays["C3.db"] / 100}
    return wrong, judged(FORMS["npz"], wrong, golden, tmp_path_factory.mktemp("npz"))[1]


def test_every_format_is_tried() -> None:
    written = {form.split()[0] for form in FORMS}
    assert {f".{name}" for name in modules(FORMATS)} == {*SUFFIXES}
    assert {*modules(FORMATS)} <= written


@pytest.mark.parametrize("form", list(FORMS))
def test_right_arrays_pass_in_every_row(
    form: str, arrays: Arrays, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, rows = judged(FORMS[form], arrays, golden, tmp_path)
    assert status == 0
    assert len(rows) == 84
    assert {row.split()[0] for row in rows.values()} == {"pass"}
    assert all(len(line) <= 200 for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("form", list(FORMS))
def test_a_mistake_has_the_name_that_it_has_in_an_npz(
    form: str, averaged: tuple[Arrays, dict[str, str]], golden: Path, tmp_path: Path
) -> None:
    wrong, in_an_npz = averaged
    status, rows = judged(FORMS[form], wrong, golden, tmp_path)
    assert status == 1
    assert "1/100" in rows["C3.db"]
    assert rows == in_an_npz


def test_matrices_of_the_oldest_mat(arrays: Arrays, golden: Path, tmp_path: Path) -> None:
    """Version 4 has matrices and nothing else."""
    status, rows = judged(partial(mat, old=True), arrays, golden, tmp_path)
    assert status == 0
    assert rows["F6.dW"].split()[0] == "pass"


def test_a_table_keeps_its_shape(
    arrays: Arrays, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turned = {"F6.dW": arrays["F6.dW"].T, "F6.y": arrays["F6.y"]}
    assert judged(text, turned, golden, tmp_path)[0] == 1
    assert 'affine = "in-out"' in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("form", ["%.17g", "%.5g"])
@pytest.mark.parametrize("layout", ["OIHW", "matrix-transposed", "OHWI", "HWIO", "matrix"])
def test_rows_of_filters_are_flat_in_the_declared_order(
    layout: str, form: str, arrays: Arrays, golden: Path, tmp_path: Path
) -> None:
    """np.savetxt(name, dW.reshape(K, -1)), or (-1, K) where the maps are last."""
    dW = arrays["C3.dW"].transpose(["OIHW".index(x) for x in LETTERS.get(layout, layout)])
    rows = (16, -1) if dW.shape[0] == 16 else (-1, 16)
    np.savetxt(tmp_path / "C3.dW.txt", dW.reshape(rows), fmt=form)
    words = ["--convention", f"convolution={layout}", "--out", str(tmp_path / "out")]
    case = ["--case", str(golden), *(words if layout != "OIHW" else words[2:])]
    assert main(["check", str(tmp_path / "C3.dW.txt"), *case]) == 0
    np.savetxt(tmp_path / "C3.dW.txt", dW.reshape(rows) * 1.5, fmt=form)
    assert main(["check", str(tmp_path / "C3.dW.txt"), *case]) == 1


LETTERS = {"matrix-transposed": "OIHW", "matrix": "IHWO"}


def test_where_lines_end_says_nothing(arrays: Arrays, golden: Path, tmp_path: Path) -> None:
    """Ten numbers a line, or one of each kernel's rows."""
    wide = {
        "F6.dW": arrays["F6.dW"].reshape(-1, 10),
        "F6.db": arrays["F6.db"].reshape(-1, 12),
        "C1.dW": arrays["C1.dW"].reshape(-1, 5),
        "C3.dW": arrays["C3.dW"].reshape(-1, 25),
    }
    assert judged(text, wide, golden, tmp_path / "right")[0] == 0
    wide["F6.dW"] = arrays["F6.dW"].T.reshape(-1, 10)
    assert judged(text, wide, golden, tmp_path / "wrong")[0] == 1


def test_a_matrix_of_filters_keeps_its_shape(
    arrays: Arrays, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix = {"C3.dW": arrays["C3.dW"].reshape(16, -1).T}
    assert judged(text, matrix, golden, tmp_path)[0] == 1
    assert 'convolution = "matrix"' in " ".join(capsys.readouterr().out.split())


def test_a_text_that_is_no_tensor_is_mentioned(
    arrays: Arrays, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def beside(folder: Path, arrays: Arrays) -> Path:
        for name in ("README.txt", "README.md", "log.csv"):
            (folder / name).write_text("epoch, loss\n1, two")
        return text(folder, arrays)

    assert judged(beside, arrays, golden, tmp_path)[0] == 0
    assert "ignored: README.md, README.txt, log.csv" in capsys.readouterr().out


def test_a_dump_that_is_its_own_case(arrays: Arrays, tmp_path: Path) -> None:
    """In text, too: its images and parameters have all their digits."""
    for form, tier in (("%.17g", "float64"), ("%.9g", "float32")):
        place = tmp_path / tier
        place.mkdir()
        single = {k: v if v.dtype.kind == "i" else v.astype(tier) for k, v in arrays.items()}
        given = {k: single[k] for k in ("images", "labels", *single) if k[-2:] in (".W", ".b")}
        made = {**given, "images": single["images"], "labels": single["labels"]}
        subject = text(place, {**made, "C1.z": single["C1.z"]}, form=form)
        words = ["--variant", "modern", "--out", str(tmp_path / "out")]
        assert main(["check", str(subject), *words]) == 0
        with (tmp_path / "out" / "diff.csv").open(newline="") as file:
            assert {row["dtype"] for row in csv.DictReader(file)} == {tier}
