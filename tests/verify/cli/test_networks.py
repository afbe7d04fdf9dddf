"""``--network`` from the command line: by name, from a file, one operator alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from lenet_ref.networks import PRESETS, preset
from verify.cli import main

CONV = """
input = [3, 8, 9]
layers = [{ name = "conv", family = "convolution", maps = 5, kernel = [3, 2], stride = [1, 2] }]
"""
KERNEL = """
import numpy as np

def backward(p, x, dy):
    W, b = p["conv.W"], p["conv.b"]
    k, c, kh, kw = W.shape
    n, _, h, w = x.shape
    oh, ow = h - kh + 1, (w - kw) // 2 + 1
    z, dW, dx = np.zeros((n, k, oh, ow)), np.zeros_like(W), np.zeros_like(x)
    for i in range(oh):
        for j in range(ow):
            z[:, :, i, j] = np.tensordot(x[:, :, i:i+kh, 2*j:2*j+kw], W, ((1, 2, 3), (1, 2, 3))) + b
    dz = dy * (z > 0)
    for i in range(oh):
        for j in range(ow):
            dW += np.tensordot(dz[:, :, i, j], x[:, :, i:i+kh, 2*j:2*j+kw], ((0,), (0,)))
            dx[:, :, i:i+kh, 2*j:2*j+kw] {op} np.tensordot(dz[:, :, i, j], W, ((1,), (0,)))
    return {"conv.y": np.maximum(z, 0), "conv.dW": dW, "conv.dx": dx, "conv.db": dz.sum((0, 2, 3))}
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def conv(tmp_path: Path) -> Path:
    path = tmp_path / "conv.toml"
    path.write_text(CONV)
    return path


def said(capsys: Captured, *words: str) -> tuple[int, str]:
    status = main(words)
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_list_fits_on_a_screen(capsys: Captured) -> None:
    status, text = said(capsys, "networks")
    lines = text.splitlines()
    assert status == 0 and all(len(line) <= 80 for line in lines)
    entries = [line for line in lines if not line.startswith(" ")]
    assert [line.split()[0] for line in entries] == [*PRESETS]
    for name, line in zip(PRESETS, entries, strict=True):
        arch = preset(name)
        size = "x".join(map(str, arch.input_shape))
        assert f" {size}, {sum(layer.trainable for layer in arch.layers):,} parameters" in line
    assert any(line.startswith("caffe ") and "1x28x28, 431,080" in line for line in lines)


def test_what_is_shown_is_the_start_of_ones_own(tmp_path: Path, capsys: Captured) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(said(capsys, "networks", "--show", "caffe")[1])
    status, text = said(capsys, "describe", "--network", str(mine))
    assert status == 0 and text.startswith("my-caffe: ") and "431080" in text
    status, text = said(capsys, "networks", "--show", "cafe")
    assert status == 2 and "expected caffe" in text


@pytest.mark.parametrize("words", [["--show", "d2l"], ["--layer", "rbf"]])
def test_what_is_shown_goes_to_a_file(words: list[str], tmp_path: Path, capsys: Captured) -> None:
    """The same, whole or not at all."""
    mine = tmp_path / "new" / "mine.toml"
    status, text = said(capsys, "networks", *words)
    assert status == 0
    assert said(capsys, "networks", *words, "--out", str(mine)) == (0, f"network in {mine}\n")
    assert mine.read_text() == text
    assert [path.name for path in mine.parent.iterdir()] == ["mine.toml"]
    status, text = said(capsys, "networks", *words, "--out", str(mine.parent))
    assert status == 2 and "cannot be written" in text and text.count("\n") == 1


def test_the_list_goes_to_no_file(tmp_path: Path, capsys: Captured) -> None:
    status, text = said(capsys, "networks", "--out", str(tmp_path / "list.toml"))
    assert status == 2 and "--out: the list is no network; add --show NAME" in text
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("family", ["convolution", "affine", "max_pool", "average_pool",
                                    "subsampling", "rbf"])  # fmt: skip
def test_one_layer_is_the_start_of_an_operator(
    family: str, tmp_path: Path, capsys: Captured
) -> None:
    mine = tmp_path / "one.toml"
    mine.write_text(said(capsys, "networks", "--layer", family)[1])
    words = ["--network", str(mine), "--regime", "signed", "--batch", "2"]
    status, text = said(capsys, *words, "--out", str(tmp_path / "out"))
    assert status == 0, text


def test_any_network_is_verified_with_its_ledger(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "out"
    status, text = said(capsys, "--network", "mnist28", "--out", str(out))
    assert status == 0 and "PASS" in text
    rows = read(out / "coverage.csv")
    assert {row["verdict"] for row in rows} == {"verified", "not applicable"}
    assert {row["variant"] for row in rows} == {"mnist28"}
    diff = read(out / "diff.csv")
    assert {row["equation"] for row in diff if row["tensor"] == "F5.dW"} == {"affine-dW"}


def test_golden_writes_the_network_down_with_its_case(
    conv: Path, tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "golden"
    status, text = said(capsys, "golden", "--network", str(conv), "--out", str(folder))
    assert status == 0, text
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["case"]["network"]["layers"][0]["maps"] == 5
    assert {"upstream", "images", "conv.W", "conv.dx"} <= manifest["tensors"].keys()
    conv.unlink()  # the case is known without the file
    status, text = said(capsys, "check", str(folder), "--out", str(tmp_path / "out"))
    assert status == 0 and "12 of 12 tensors judged (100%)" in text


def test_a_manifest_of_another_network_is_refused(
    conv: Path, tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "golden"
    said(capsys, "golden", "--network", "mnist28", "--out", str(folder))
    status, text = said(capsys, "check", str(folder), "--network", str(conv))
    assert status == 2 and "of another network; got mnist28; expected conv" in text
    conv.write_text(CONV.replace("maps = 5", "maps = 4"))
    said(capsys, "golden", "--network", str(conv), "--out", str(folder))
    conv.write_text(CONV)
    status, text = said(capsys, "check", str(folder), "--network", str(conv))
    assert status == 2 and "another network of that name" in text


@pytest.mark.parametrize(
    ("change", "said_of_it"),
    [
        (("maps = 5", "maps = 0"), "layer 1 (conv): maps"),
        (("convolution", "convolutions"), "expected convolution"),
        (("input", "inputs"), "got 'inputs'; expected input"),
        (("[3, 8, 9]", "[3, 8"), "not a network in TOML"),
    ],
)
def test_an_unusable_file_is_one_line(
    change: tuple[str, str], said_of_it: str, conv: Path, capsys: Captured
) -> None:
    conv.write_text(CONV.replace(*change))
    for command in (["describe"], ["golden", "--out", str(conv.parent / "g")], ["check", "x.npz"],
                    ["explain", "conv.dW"], ["faults"], []):  # fmt: skip
        status, text = said(capsys, *command, "--network", str(conv))
        assert status == 2 and said_of_it in text and len(text.splitlines()) == 1


def test_a_name_that_is_none_says_which_is_near(capsys: Captured) -> None:
    status, text = said(capsys, "describe", "--network", "mnist")
    assert status == 2 and "no such network; got 'mnist'; expected mnist28" in text
    status, text = said(capsys, "describe", "--network", "mnist28", "--variant", "modern")
    assert status == 2 and "both name a network" in text


@pytest.mark.parametrize(
    ("network", "probe", "why"),
    [
        ("d2l", "probe-rbf", "it is a probe of what that network does not have"),
        ("d2l", "probe-max-gaps", "it is a probe of what that network does not have"),
        ("modern", "probe-rbf", "it is a probe of 1998"),
        ("d2l", "probe-average-gaps", ""),
        ("d2l", "probe-logistic", ""),
        ("modern", "probe-max-gaps", ""),
    ],
)
def test_a_probe_is_of_something_in_the_network(
    network: str, probe: str, why: str, tmp_path: Path, capsys: Captured
) -> None:
    words = ["--network", network, "--regime", probe, "--batch", "2", "--jobs", "1"]
    status, text = said(capsys, *words, "--tier", "float64", "--out", str(tmp_path / "out"))
    assert status == (2 if why else 0), text
    if why:
        assert text == (f"lenet-verify: --network and --regime: cannot be obeyed together; "
                        f"got {network} and {probe}; {why}\n")  # fmt: skip


def test_one_operator_is_judged_with_its_own_error(
    conv: Path, tmp_path: Path, capsys: Captured
) -> None:
    kernel = tmp_path / "kernel.py"
    words = ["check", f"{kernel}:backward", "--network", str(conv), "--seed", "3"]
    kernel.write_text(KERNEL.replace("{op}", "+="))
    status, text = said(capsys, *words, "--out", str(tmp_path / "right"))
    assert status == 0, text
    kernel.write_text(KERNEL.replace("{op}", "="))
    status, text = said(capsys, *words, "--out", str(tmp_path / "wrong"))
    assert status == 1 and "guilty layer: conv; first: conv.dx (convolution-dx)" in text
    assert "cause: conv.dx" in text and "overlapping fields add up" in text
    averaged = KERNEL.replace("dz.sum((0, 2, 3))", "dz.sum((0, 2, 3)) / len(x)")
    kernel.write_text(averaged.replace("{op}", "+="))
    status, text = said(capsys, *words, "--out", str(tmp_path / "averaged"))
    assert status == 1 and "conv.db" in text and "twice" not in text


def test_mistakes_are_planted_in_any_network(conv: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ["--name", "convolution.dW/last-pattern-only", "convolution.z/bias-twice"]
    out = ["--out", str(tmp_path / "out")]
    status, text = said(capsys, "faults", "--network", str(conv), *words, *out)
    assert status == 0 and "2 of 2 named as themselves" in text
