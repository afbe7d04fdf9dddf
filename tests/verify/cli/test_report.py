"""``lenet-verify report`` and ``--html``: the same page, and one line where there can be none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.docs.derivation import ROOT
from tests.verify.report.page.known import case
from verify.cli import main
from verify.subjects.reference import reference


def dump(folder: Path, factor: float) -> Path:
    """Somebody's arrays of a case, one gradient scaled."""
    trace = dict(reference(case().handed_out()))
    trace["C3.dW"] = trace["C3.dW"] * factor
    folder.mkdir()
    for name, value in {**trace, "images": case().images, "labels": case().labels}.items():
        np.save(folder / f"{name}.npy", value)
    return folder


def checked(tmp_path: Path, factor: float, *words: str) -> tuple[int, Path]:
    mine, out = dump(tmp_path / "mine", factor), tmp_path / "out"
    said = ["check", str(mine), "--variant", "modern", "--out", str(out), *words]
    return main(said), out


def test_the_page_of_the_folder_is_that_of_the_run(tmp_path: Path) -> None:
    status, out = checked(tmp_path, 0.5, "--html")
    text = (out / "report.html").read_text()
    assert status == 1 and "<title>Fail" in text and '<article class="exhibit"' in text
    assert "report.html" in (out / "environment.json").read_text()
    assert main(["report", str(out), "--out", str(tmp_path / "again.html")]) == 0
    assert (tmp_path / "again.html").read_text() == text


def test_without_the_numbers_the_page_says_what_is_absent(tmp_path: Path) -> None:
    _, out = checked(tmp_path, 0.5)
    assert (out / "failing.npz").is_file() and not (out / "report.html").exists()
    (out / "failing.npz").unlink()
    assert main(["report", str(out)]) == 0
    assert "the folder has no failing.npz" in (out / "report.html").read_text()


def test_the_baseline_has_a_page(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    assert main(["report", str(ROOT / "reports" / "baseline"), "--out", str(target)]) == 0
    text = target.read_text()
    assert "<title>Pass" in text and text.count("<tr data-") == 2082


def test_the_main_run_writes_its_page(tmp_path: Path) -> None:
    words = ["--variant", "modern", "--batch", "1", "--tier", "float64", "--jobs", "1"]
    assert main([*words, "--html", "--out", str(tmp_path)]) == 0
    assert "<title>Pass" in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00\x00", None], ids=repr)
def test_a_folder_without_a_report_is_refused_in_one_line(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "diff.csv").write_text(text)
    assert main(["report", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and str(tmp_path) in said
    assert not (tmp_path / "report.html").exists()
