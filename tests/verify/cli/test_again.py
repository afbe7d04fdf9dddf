"""The printed ``rerun`` finds the same again, typed into a shell; ``explain`` works after it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lenet_ref.layers import affine
from tests.docs.derivation import ROOT
from tests.warm import python
from verify.cases.idx import PACKAGED
from verify.cases.plan import Job
from verify.cli import main
from verify.report.rows import COLUMNS

SHIM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from lenet_ref.layers import affine
affine.bias_gradient = lambda dz: dz.mean(axis=0)  # what the main job finds
from verify.cli import entry
entry()
"""
STUDENT = """
import sys
sys.path.insert(0, {root!r})
from lenet_ref import modern, run
def lenet(parameters, images, labels):
    found = run(modern(reg=0.1), parameters, images, labels)
    return {{"C3.dW": -found["C3.dW"], "C1.dW": found["C1.dW"]}}
"""
PROGRAM = """
import sys
from pathlib import Path
import numpy as np
given, out = Path(sys.argv[1]), Path(sys.argv[2])
labels = np.fromfile(given / "labels.bin", dtype="<i8")
np.zeros((len(labels), 10)).tofile(out / "F7.y.bin")
"""
Prepared = list[str]


def prepare_run(monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """The main job, on digits of one's own."""
    shutil.copytree(PACKAGED, "my digits; $HOME")
    monkeypatch.setattr(affine, "bias_gradient", lambda dz: dz.mean(axis=0))
    return ["--variant", "modern", "--batch", "2", "--data", "my digits; $HOME", "--seed", "3",
            "--option", "reg=0.1", "--tier", "float64", "--jobs", "1", "--regime", "digits",
            "signed"]  # fmt: skip


def prepare_files(monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """A dump that needs its golden folder and a mapping."""
    words = ["--variant", "modern", "--batch", "2", "--out", "the golden", "--option", "reg=0.1"]
    assert main(["golden", *words]) == 0
    with np.load("the golden/tensors.npz") as file:
        Path("it's").mkdir()
        np.savez("it's/answers.npz", mine=file["F7.dW"].T * 2)
    Path("a map.toml").write_text('[names]\nmine = "F7.dW"\n[layout]\naffine = "in-out"\n')
    return ["check", "it's", "--case", "the golden", "--mapping", "a map.toml", "--require",
            "gradients"]  # fmt: skip


def prepare_callable(monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """A function, with another seed than the last time."""
    Path("my student.py").write_text(STUDENT.format(root=str(ROOT)))
    return ["check", "my student.py:lenet", "--variant", "modern", "--option", "reg=0.1",
            "--regime", "digits", "signed", "--batch", "2", "--tier", "float32"]  # fmt: skip


def prepare_program(monkeypatch: pytest.MonkeyPatch) -> Prepared:
    """A program whose name holds a space."""
    Path("a program.py").write_text(PROGRAM)
    command = f"{sys.executable} 'a program.py' {{inputs}} {{outputs}}"
    return ["check", "--program", command, "--variant", "1998", "--regime", "zero-bias", "--batch",
            "2", "--tensor", "F7.y"]  # fmt: skip


KINDS: dict[str, Callable[[pytest.MonkeyPatch], Prepared]] = {
    "run": prepare_run,
    "files": prepare_files,
    "callable": prepare_callable,
    "program": prepare_program,
}


def rows(folder: str) -> pd.DataFrame:
    """What failed, as it was written."""
    found = pd.read_csv(Path(folder) / "diff.csv", keep_default_na=False, dtype=str)
    return found[found.verdict == "fail"].reset_index(drop=True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_printed_finds_the_same_again(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("secrets.randbelow", lambda count: 4711)
    shim = tmp_path / "bin" / "lenet-verify"
    shim.parent.mkdir()
    shim.with_suffix(".py").write_text(SHIM)
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(python())} "$0.py" "$@"\n')
    shim.chmod(0o755)
    assert main([*KINDS[kind](monkeypatch), "--out", "out"]) == 1
    printed = [line for line in capsys.readouterr().out.splitlines() if "rerun: " in line]
    command = printed[0].partition("rerun: ")[2]
    assert ("--seed 4711" in command) == (kind in ("callable", "program"))
    path = f"{shim.parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(["sh", "-c", f"{command} --out again"], env={**os.environ, "PATH": path},
                         capture_output=True, text=True)  # fmt: skip
    assert ran.returncode == 1, ran.stdout + ran.stderr
    first, again = rows("out"), rows("again")
    if kind == "run":  # the command of one row judges that row alone, and by truth as well
        first = first[first.rerun == command].reset_index(drop=True)
        first, again = (f.drop(columns=[c for c in f if "truth" in c]) for f in (first, again))
    assert len(again) > 0
    pd.testing.assert_frame_equal(first, again)
    explained_after(tmp_path, capsys)


def explained_after(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every tensor of the report can be explained by it."""
    found = pd.read_csv(folder / "out" / "diff.csv", keep_default_na=False, dtype=str)
    for variant, tensor in sorted({*zip(found.variant, found.tensor, strict=True)})[::9]:
        words = ["explain", tensor, "--variant", variant, "--out", str(folder / "out")]
        options = found.options.iloc[0]
        words += [] if options == "default" else ["--option", options]
        assert main(words) == 0, capsys.readouterr().err
        said = capsys.readouterr().out
        assert "last row" in said and "nan" not in said.partition("last row")[2]


def test_data_belong_to_regimes_that_read_them(tmp_path: Path) -> None:
    """Else the command under a row would be refused."""
    shutil.copytree(PACKAGED, tmp_path / "d")
    jobs = [Job("modern", regime, "float64", 1) for regime in ("digits", "signed")]
    read, drawn = (job.case(tmp_path / "d") for job in jobs)
    assert shlex.split(read.flags) == ["--data", str(tmp_path / "d")]
    assert drawn.flags == ""


UNUSUAL = {
    "nothing right": {"C3.dW": np.zeros(3), "F7.y": np.zeros((1, 10), "f4")},
    "gradients alone": {"C3.dW": np.ones((16, 6, 5, 5))},
    "not finite": {"F7.x": np.full((1, 84), np.nan), "F7.z": np.zeros((1, 10))},
}


@pytest.mark.parametrize("what", UNUSUAL)
def test_explain_after_any_check(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["golden", "--variant", "modern", "--batch", "1", "--out", "g"]) == 0
    arrays = UNUSUAL[what]
    np.savez("dump.npz", **arrays)  # type: ignore[arg-type]
    assert main(["check", "dump.npz", "--case", "g", "--out", "out"]) == 1
    for tensor in arrays:
        assert main(["explain", tensor, "--variant", "modern", "--out", "out"]) == 0
        assert "nan" not in capsys.readouterr().out.partition("last row")[2].replace("got nan", "")


def test_explain_says_when_a_report_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "diff.csv").write_text("a,b\n1,2\n")
    assert main(["explain", "C3.dW", "--variant", "modern", "--out", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "diff.csv" in err
    (tmp_path / "diff.csv").write_text(",".join(COLUMNS) + "\n")
    assert main(["explain", "C3.dW", "--variant", "modern", "--out", str(tmp_path)]) == 0
    assert "judged now" in capsys.readouterr().out
