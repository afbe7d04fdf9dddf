"""The examples do what the tutorial says: the right ones pass, each mistake is named."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from verify.cli import main

SOURCE = ROOT / "examples" / "c" / "lenet.c"
STUDENT = ROOT / "examples" / "numpy_student.py"
compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler named cc")
MISTAKES = {
    1: ("C1, C3", "C3.db equals the reference x 1/100: averaged over the 100 positions"),
    4: ("C1, C3, C5", "C5.dx puts da back with the kernel rotated"),
    6: ("C1, C3, C5", "C1.z equals a convolution with the kernel rotated"),
}


FEW = ("--regime", "digits", "ties", "--batch", "5")
"""Every mistake shows in one of these, and then the first images come again."""


def built(folder: Path, *flags: str) -> Path:
    """The C example, compiled without a warning."""
    program = folder / "lenet"
    words = ["cc", "-O2", "-std=c99", "-Wall", "-Wextra", "-Werror", *flags]
    subprocess.run([*words, "-o", str(program), str(SOURCE), "-lm"], check=True)
    return program


def checked(program: Path, folder: Path, *words: str) -> int:
    """Status of the command on a program."""
    command = f"{program} {{inputs}} {{outputs}}"
    fixed = ["check", "--program", command, "--variant", "modern", "--out", str(folder / "out")]
    return main([*fixed, *words])


@compiler
@pytest.mark.parametrize("real", ["double", "float"])
def test_the_c_example_passes(
    real: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tier = {"double": "float64", "float": "float32"}[real]
    words = ("--tier", tier, "--require", "gradients")
    assert checked(built(tmp_path, f"-DREAL={real}"), tmp_path, *words) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1].startswith("PASS  440 of 440 comparisons in 8 cases")


@compiler
@pytest.mark.parametrize("mistake", list(MISTAKES))
def test_each_mistake_of_the_c_example_is_named(
    mistake: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layers, cause = MISTAKES[mistake]
    assert checked(built(tmp_path, f"-DMISTAKE={mistake}"), tmp_path, *FEW) == 1
    said = capsys.readouterr().out
    assert f"guilty layer: {layers};" in said
    assert cause in said
    assert "unexplained" not in said


CONVENTIONS = {2: "relu=one-at-zero", 3: "ties=all", 5: "gradients=sum"}
"""Mistakes of our code that are conventions of others."""


@compiler
@pytest.mark.parametrize("mistake", list(CONVENTIONS))
def test_what_is_right_elsewhere_is_a_convention(
    mistake: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is guilty, one line says what declares it, and declared it passes."""
    program = built(tmp_path, f"-DMISTAKE={mistake}")
    assert checked(program, tmp_path, *FEW) == 1
    said = capsys.readouterr().out
    assert f"add: --convention {CONVENTIONS[mistake]}\n" in said and "guilty layer" not in said
    assert checked(program, tmp_path, *FEW, "--convention", CONVENTIONS[mistake]) == 0


@compiler
def test_a_program_of_the_other_precision_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(built(tmp_path, "-DREAL=float"), tmp_path, *FEW) == 1
    assert "has an unexpected size (float or double?)" in capsys.readouterr().out


def test_both_mistakes_of_the_student_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--variant", "modern", "--out", str(tmp_path)]
    assert main(["check", f"{STUDENT}:lenet", *words]) == 1
    said = capsys.readouterr().out
    assert "guilty layer: C1, C3, C5, F6; first: F6.dz" in said
    assert "cause: F6.dz equals dy: the derivative of the activation is missing" in said
    assert "also C3: C3.db equals the reference x 1/100: averaged over the 100 positions" in said


def test_the_student_corrected_passes(tmp_path: Path) -> None:
    words = ["--variant", "modern", "--out", str(tmp_path), "--require", "gradients"]
    assert main(["check", f"{STUDENT}:lenet_fixed", *words]) == 0
