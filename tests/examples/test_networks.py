"""The examples on other networks: right without their mistake; with it, that layer and cause."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from verify.cli import main

EXAMPLES = ROOT / "examples"
FEW = ("--regime", "digits", "ties", "--batch", "5", "--seed", "0")
compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler named cc")
MENDED = {
    "mnist_student.py": (".shape) / n\n", ".shape)\n"),
    "d2l_numpy.py": ("repeat(2, axis=3)\n", "repeat(2, axis=3) / 4\n"),
    "c/caffe.c": ("        for (int i = 0; i < l.K * l.rows; i++) dW[i] = 0;\n", ""),
}


def changed(name: str, old: str, new: str, folder: Path) -> Path:
    """A copy of an example with one place in another form."""
    source = (EXAMPLES / name).read_text()
    assert source.count(old) == 1
    copy = folder / Path(name).name
    copy.write_text(source.replace(old, new))
    return copy


def checked(folder: Path, *words: str) -> int:
    """Status of a check on two cases."""
    return main(["check", *words, *FEW, "--out", str(folder / "out")])


def alone(said: str, guilty: str, cause: str) -> None:
    """These layers are blamed, for this cause and no other, and no note stands beside it."""
    assert f"guilty layer: {guilty}; first: " in said
    causes = [line for line in said.splitlines() if line.startswith(("  cause: ", "  also "))]
    assert causes and all(line.endswith(cause) for line in causes), causes
    assert "note: " not in said and "convention: " not in said and "unexplained" not in said


def test_the_mnist_student(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The mapping that is proposed for the wrong one serves the right one."""
    mapping, spec = tmp_path / "theirs.toml", f"{EXAMPLES / 'mnist_student.py'}:run"
    fixed = ("--network", "mnist28", "--mapping", str(mapping))
    assert main(["map", spec, "--network", "mnist28", "--out", str(mapping)]) == 0
    assert capsys.readouterr().out.startswith("12 of 12 arrays told by their numbers\n")
    assert checked(tmp_path, spec, *fixed) == 1
    alone(capsys.readouterr().out, "C3", "equals the reference x 1/N = 1/5: 1/N was applied twice")
    copy = changed("mnist_student.py", *MENDED["mnist_student.py"], tmp_path)
    assert checked(tmp_path, f"{copy}:run", *fixed, "--require", "gradients") == 0


def test_the_textbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fixed = ("--network", "d2l", "--mapping", str(EXAMPLES / "d2l.toml"))
    assert checked(tmp_path, f"{EXAMPLES / 'd2l_numpy.py'}:run", *fixed) == 1
    cause = "equals dz: the division is missing; each element of a window receives dz / (kh kw)"
    alone(capsys.readouterr().out, "S2, S4", cause)
    copy = changed("d2l_numpy.py", *MENDED["d2l_numpy.py"], tmp_path)
    assert checked(tmp_path, f"{copy}:run", *fixed, "--require", "gradients") == 0


def test_its_mapping_is_what_map_proposes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["map", "examples/d2l_numpy.py:run", "--network", "d2l"]) == 0
    assert capsys.readouterr().out == (EXAMPLES / "d2l.toml").read_text()


@compiler
@pytest.mark.parametrize("real", ["double", "float"])
def test_caffe(real: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tier = {"double": "float64", "float": "float32"}[real]
    program = tmp_path / "caffe"
    words = ("--program", f"{program} {{inputs}} {{outputs}}", "--network", "caffe", "--tier", tier)
    build = ["cc", "-O2", "-std=c99", "-Wall", "-Wextra", "-Werror", f"-DREAL={real}"]
    subprocess.run([*build, "-o", program, EXAMPLES / "c" / "caffe.c", "-lm"], check=True)
    assert checked(tmp_path, *words) == 1
    cause = "is the last pattern's alone: assigned in the loop, must be accumulated"
    alone(capsys.readouterr().out, "C1, C3", cause)
    copy = changed("c/caffe.c", *MENDED["c/caffe.c"], tmp_path)
    subprocess.run([*build, "-o", program, copy, "-lm"], check=True)
    assert checked(tmp_path, *words, "--require", "gradients") == 0


PLANTED = {
    "dwide[:, :, rows, columns] +=": "keeps the last field written at each pixel; overlapping "
    "fields add up (erratum S26)",
    "dW +=": "is the last position's alone: assigned in the loop, must be accumulated",
}


@pytest.mark.parametrize("line", list(PLANTED))
def test_the_kernel_with_one_plus_less(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = ("--network", str(EXAMPLES / "conv.toml"))
    copy = changed("kernel.py", line, line.replace("+=", "="), tmp_path)
    assert main(["check", f"{copy}:backward", *network, "--out", str(tmp_path / "out")]) == 1
    alone(capsys.readouterr().out, "conv", PLANTED[line])


def test_the_kernel_passes(tmp_path: Path) -> None:
    words = (f"{EXAMPLES / 'kernel.py'}:backward", "--network", str(EXAMPLES / "conv.toml"))
    assert main(["check", *words, "--out", str(tmp_path), "--require", "gradients"]) == 0
