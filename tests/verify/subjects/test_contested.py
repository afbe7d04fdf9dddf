"""A network that has ties in any input: no case of it is kink-free, and every command says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.cli import main
from verify.judge.kinks import MANY, TRIED

NETWORK = """
input = [1, 6, 16]
layers = [
  { name = "c", family = "convolution", maps = 2, kernel = 1, padding = 1, bias = false,
    activation = "logistic" },
  { name = "p", family = "max_pool", window = [1, 2] },
  { name = "f", family = "affine", units = 5, activation = "identity" },
]
loss = { family = "cross_entropy" }
""".replace(",\n    ", ", ")
"""What pads an image is 1/2 behind the logistic function, in whole windows."""
RIGHT = """
import numpy as np

def run(p, images, labels):
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    return {"c.z": np.einsum("kc,nchw->nkhw", p["c.W"][:, :, 0, 0], padded) * FACTOR}
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def network(tmp_path: Path) -> list[str]:
    (tmp_path / "mine.toml").write_text(NETWORK)
    return ["--network", str(tmp_path / "mine.toml")]


@pytest.mark.parametrize("command", [["golden"], ["check", "SUBJECT", "--regime", "kink-free"],
                                     ["map", "SUBJECT"], ["--regime", "kink-free"]])  # fmt: skip
def test_who_asks_for_one_is_told_what_to_do(
    command: list[str], network: list[str], tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "right.py").write_text(RIGHT.replace("FACTOR", "1"))
    words = [word.replace("SUBJECT", f"{tmp_path / 'right.py'}:run") for word in command]
    assert main([*words, *network, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("lenet-verify: kink-free: ties, or units at a kink, in any input")
    assert f"contested units at least in each of {TRIED} seeds; take another --regime" in said
    assert said.count("\n") == 1 and MANY < 16


@pytest.mark.parametrize(("factor", "status"), [("1", 0), ("1.01", 1)])
def test_a_check_asks_what_is_left(
    factor: str, status: int, network: list[str], tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "right.py").write_text(RIGHT.replace("FACTOR", factor))
    words = ["check", f"{tmp_path / 'right.py'}:run", *network, "--out", str(tmp_path / "out")]
    assert main([*words, "--seed", "0"]) == status
    said = " ".join(capsys.readouterr().out.split())
    assert "not asked: this network has ties, or units at a kink, in any input" in said
    assert "of 7 comparisons" in said and "in 7 cases" in said


def test_another_regime_is_written(network: list[str], tmp_path: Path) -> None:
    words = ["golden", *network, "--regime", "digits", "--out", str(tmp_path / "out")]
    assert main(words) == 0
