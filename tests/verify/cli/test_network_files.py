"""Networks of all activations, from a file through every command that reads one."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from lenet_ref.description import described
from lenet_ref.written import toml
from verify.cli import main

Captured = pytest.CaptureFixture[str]
ACTIVATIONS = """
name = "acts"
input = [1, 8, 10]
layers = [
  { name = "k", family = "convolution", maps = 3, kernel = 3, activation = "leaky(0.1)" },
  { name = "p", family = "max_pool", window = 2, activation = "scaled_tanh(1.7159, 0.6667)" },
  { name = "c", family = "convolution", maps = 4, kernel = 2, activation = "scaled_tanh(2, .5)" },
  { name = "q", family = "average_pool", window = [2, 1], activation = "leaky(0.25)" },
  { name = "f", family = "affine", units = 7, activation = "scaled_tanh(0.7, 1.9)" },
  { name = "g", family = "affine", units = 5, activation = "leaky( 1e-2 )" },
]
loss = { family = "cross_entropy" }
"""
WRITTEN = ["leaky(0.1)", "scaled_tanh(1.7159, 0.6667)", "scaled_tanh(2, 0.5)", "leaky(0.25)",
           "scaled_tanh(0.7, 1.9)", "leaky(0.01)"]  # fmt: skip
AVERAGES = """
input = [1, 16, 16]
layers = [
  { name = "a", family = "convolution", maps = 4, kernel = 3, activation = "relu", padding = 1 },
  { name = "s", family = "average_pool", window = 2 },
  { name = "b", family = "convolution", maps = 6, kernel = 3, activation = "relu", padding = 1 },
  { name = "t", family = "average_pool", window = 3, stride = 1, activation = "leaky(0.1)" },
  { name = "c", family = "convolution", maps = 6, kernel = 3, activation = "leaky(0.1)" },
  { name = "d", family = "subsampling", reading = "average", activation = "leaky(0.1)" },
  { name = "e", family = "affine", units = 20, activation = "leaky(0.1)" },
  { name = "f", family = "affine", units = 20, activation = "leaky(0.1)" },
  { name = "g", family = "affine", units = 10, activation = "relu" },
]
loss = { family = "squared_error" }
"""
"""Means of what was rectified, and more leaky layers than small integers have room for."""
VECTORS = """
input = [12]
layers = [
  { name = "f", family = "affine", units = 9, activation = "leaky(0.2)" },
  { name = "g", family = "affine", units = 5, activation = "identity" },
]
loss = { family = "cross_entropy" }
"""
ALONE = """
input = [2, 6, 7]
layers = [
  { name = "c", family = "convolution", maps = 3, kernel = 3, activation = "tanh" },
  { name = "p", family = "max_pool", window = 1 },
  { name = "f", family = "affine", units = 10, activation = "identity" },
]
loss = { family = "squared_error", on = "softmax" }
"""
"""Windows of one element; a softmax that is flat at large whole numbers."""


def file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return str(path)


def test_activations_with_parameters_are_described(tmp_path: Path, capsys: Captured) -> None:
    assert main(["describe", "--network", file(tmp_path, ACTIVATIONS)]) == 0
    text = capsys.readouterr().out
    assert all(f", {each} " in text for each in WRITTEN)


@pytest.mark.parametrize("text", [ACTIVATIONS, AVERAGES, VECTORS, ALONE])
def test_a_network_of_a_file_is_verified(text: str, tmp_path: Path, capsys: Captured) -> None:
    words = ["--network", file(tmp_path, text), "--quick", "--out", str(tmp_path / "out")]
    assert main(words) == 0, capsys.readouterr().out
    assert "PASS" in capsys.readouterr().out


def test_activations_are_written_back(tmp_path: Path, capsys: Captured) -> None:
    """In one spelling, which is read as the same network."""
    folder = tmp_path / "golden"
    words = ["--network", file(tmp_path, ACTIVATIONS), "--batch", "1", "--out", str(folder)]
    assert main(["golden", *words]) == 0, capsys.readouterr().out
    network = json.loads((folder / "manifest.json").read_text())["case"]["network"]
    assert [layer["activation"] for layer in network["layers"]] == WRITTEN
    arch = described(tomllib.loads(ACTIVATIONS), "there")
    assert described(tomllib.loads(toml(arch)), "and back") == arch
    assert main(["check", str(folder), "--out", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize(
    ("activation", "said"),
    [
        ("leaky", "takes other parameters; got 'leaky'; expected leaky(slope)"),
        ("leaky(nan)", "must be from 0.0001 to 10000: nan"),
        ("leaky(-0.1)", "must be from 0.0001 to 10000: -0.1"),
        ("scaled_tanh(1)", "expected scaled_tanh(A, S)"),
        ("sigmoid", "expected logistic"),
        ("linear", "expected identity"),
        ("LeakyReLU", "expected leaky(slope)"),
        ("relu_one", "expected relu\n"),
        ("relu_one_at_zero", "expected relu; declare it: --convention relu=one-at-zero"),
    ],
)
def test_an_unusable_activation_is_one_line(
    activation: str, said: str, tmp_path: Path, capsys: Captured
) -> None:
    where = file(tmp_path, ACTIVATIONS.replace("leaky(0.25)", activation))
    assert main(["describe", "--network", where]) == 2
    text = capsys.readouterr().err
    assert text.startswith(f"lenet-verify: {where}: layer 4 (q): ") and said in text
    assert text.count("\n") == 1


@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
def test_an_option_of_a_loss_out_of_range_is_one_line(
    loss: str, tmp_path: Path, capsys: Captured
) -> None:
    wrong = "smoothing = 2" if loss == "cross_entropy" else 'classes = "max"'
    found = ACTIVATIONS.replace('family = "cross_entropy"', f'family = "{loss}", {wrong}')
    where = file(tmp_path, found)
    assert main(["describe", "--network", where]) == 2
    text = capsys.readouterr().err
    key = wrong.partition(" ")[0]
    assert text.startswith(f"lenet-verify: {where}: loss: {key}: ") and text.count("\n") == 1


OPERATOR = """
input = [2, 5, 4]
layers = [{ name = "k", family = "convolution", maps = 3, kernel = 2 }]
"""


@pytest.mark.parametrize("said", ["gradients=mean", "gradients=parameters", "loss=sum", "loss=half",
                                  "regulariser=no-half"])  # fmt: skip
def test_a_convention_of_a_loss_needs_one(said: str, tmp_path: Path, capsys: Captured) -> None:
    folder, out = str(tmp_path / "golden"), ["--out", str(tmp_path / "out")]
    for text, status in ((OPERATOR, 2), (VECTORS, 0)):
        golden = ["golden", "--network", file(tmp_path, text), "--batch", "1", "--out", folder]
        assert main(golden) == 0
        capsys.readouterr()
        words = ["check", folder, "--tensor", "k.y" if status else "f.y", "--convention", said]
        found = main([*words, *out]), capsys.readouterr().err
        key = said.partition("=")[0]
        assert (found[1] == "") == (status == 0)
        assert found[0] == status or status == 0  # declared of what is not so is a finding
        assert status == 0 or f"{key}: this network has no loss" in found[1]
