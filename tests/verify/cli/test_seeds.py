"""A sweep from any seed on: parts of a large one are asked for by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.cli import main

WORDS = ("--variant", "modern", "--regime", "digits", "--tier", "float64", "--batch", "1")


def rows(out: Path, *words: str) -> list[str]:
    assert main([*WORDS, "--jobs", "1", "--out", str(out), *words]) == 0
    return (out / "diff.csv").read_text().splitlines(keepends=True)[1:]


def test_two_parts_are_the_whole(tmp_path: Path) -> None:
    whole = rows(tmp_path / "a", "--seeds", "4")
    first = rows(tmp_path / "b", "--seed", "0", "--seeds", "3")
    assert first + rows(tmp_path / "c", "--seed", "3", "--seeds", "1") == whole
    assert rows(tmp_path / "d", "--seed", "3") == whole[-84:]


def test_the_last_seed_is_one_that_can_be_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--seed", str(2**64 - 2), "--seeds", "9", "--out", str(tmp_path)]
    assert main([*WORDS, *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1
