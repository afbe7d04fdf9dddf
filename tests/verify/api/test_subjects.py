"""Whatever is handed in is judged: right code passes, and one mistake is named."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import verify
from tests.verify.api.nets import ARCH, FILE, QUICK, TOML, handed_in, right, wrong
from verify import Report

PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
sys.path.insert(0, {root!r})
from tests.verify.api.nets import right, wrong

inputs, outputs = map(Path, sys.argv[2:])
given = {{}}
for name, told in json.loads((inputs / "manifest.json").read_text())["tensors"].items():
    given[name] = np.fromfile(inputs / f"{{name}}.bin", told["dtype"]).reshape(told["shape"])
images, labels = given.pop("images"), given.pop("labels")
for name, value in {{"right": right, "wrong": wrong}}[sys.argv[1]](given, images, labels).items():
    np.asarray(value).tofile(outputs / f"{{name}}.bin")
"""
Ask = Callable[[str, Path], Report]


def function(which: str, place: Path) -> Report:
    return verify.check({"right": right, "wrong": wrong}[which], **QUICK)


def closure(which: str, place: Path) -> Report:
    sign = {"right": 1.0, "wrong": -1.0}[which]

    def mine(parameters: Any, images: Any, labels: Any) -> dict[str, Any]:
        tensors = right(parameters, images, labels)
        return {**tensors, "scores.dW": sign * tensors["scores.dW"]}

    return verify.check(mine, **QUICK)


def named(which: str, place: Path) -> Report:
    return verify.check(f"{FILE}:{which}", **QUICK)


def mapping(which: str, place: Path) -> Report:
    return verify.check(handed_in({"right": right, "wrong": wrong}[which]), ARCH)


def tensors(which: str, place: Path) -> Report:
    """Of PyTorch, lists, and a loss that is a number; by layer."""
    found = handed_in({"right": right, "wrong": wrong}[which])
    by_layer: dict[str, Any] = {"images": torch.from_numpy(found.pop("images"))}
    by_layer["labels"] = found.pop("labels").tolist()
    for name, value in found.items():
        layer, symbol = name.split(".")
        made = float(value) if value.ndim == 0 else torch.from_numpy(np.array(value))
        by_layer.setdefault(layer, {})[symbol] = made
    return verify.check(by_layer, ARCH)


def file(which: str, place: Path) -> Report:
    np.savez(place / "mine.npz", **handed_in({"right": right, "wrong": wrong}[which]))
    return verify.check(place / "mine.npz", ARCH)


def folder(which: str, place: Path) -> Report:
    (place / "mine").mkdir()
    for name, value in handed_in({"right": right, "wrong": wrong}[which]).items():
        np.save(place / "mine" / f"{name}.npy", value)
    return verify.check(str(place / "mine"), ARCH)


def program(which: str, place: Path) -> Report:
    (place / "lenet.py").write_text(PROGRAM.format(root=str(FILE.parents[3])))
    command = f"{sys.executable} {place}/lenet.py {which} {{inputs}} {{outputs}}"
    return verify.check(command, **QUICK, program=True)


ASKED = [function, closure, named, mapping, tensors, file, folder, program]


@pytest.mark.parametrize("ask", ASKED, ids=lambda ask: ask.__name__)
def test_right_code_passes(ask: Ask, tmp_path: Path) -> None:
    report = ask("right", tmp_path)
    assert report.passed, str(report)
    assert report.guilty == report.causes == ()


@pytest.mark.parametrize("ask", ASKED, ids=lambda ask: ask.__name__)
def test_one_mistake_is_named(ask: Ask, tmp_path: Path) -> None:
    report = ask("wrong", tmp_path)
    assert not report.passed and report.status == 1
    assert report.guilty == ("scores",)
    assert any("scores.dW has the wrong sign" in cause for cause in report.causes)


def test_a_network_as_a_file_and_by_name(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TOML)
    for path in (tmp_path / "tiny.toml", str(tmp_path / "tiny.toml")):
        assert verify.check(right, **{**QUICK, "network": path}).passed
    arrays = handed_in(right)
    with pytest.raises(verify.InputError, match=r"network=.*no such network.*mnist8"):
        verify.check(arrays, "mnist8")


def test_without_a_network_it_is_found() -> None:
    """And one that has none with a name is asked for."""
    from lenet_ref import initial, modern, run

    rng, labels = np.random.default_rng(0), np.array([3, 1, 4])
    images = rng.standard_normal((3, 1, 32, 32))
    arrays = run(modern(), initial(modern(), seed=0), images, labels)
    report = verify.check({"images": images, "labels": labels, **arrays})
    assert report.passed and "network=modern" in str(report)
    with pytest.raises(verify.InputError, match=r"which network.*network="):
        verify.check(handed_in(right))


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (7, "int"),
        (None, "NoneType"),
        ({}, "an empty mapping"),
        ({"edges.dW": "four"}, r"arrays\['edges.dW'\]: is a str"),
        ({"edges.W": np.zeros(3), "nonsense": np.ones(2)}, "nonsense"),
        ("no/such/folder", "no such file or folder"),
        (f"{FILE}:absent", "has no absent"),
    ],
    ids=["number", "none", "empty", "text", "unknown", "no-folder", "no-function"],
)
def test_what_cannot_be_judged_is_one_line(subject: Any, said: str) -> None:
    with pytest.raises(verify.InputError, match=said) as caught:
        verify.check(subject, ARCH)
    assert "\n" not in str(caught.value)
    assert "--" not in str(caught.value) and "lenet-verify-" not in str(caught.value)


def test_a_program_is_a_string() -> None:
    with pytest.raises(verify.InputError, match="not a command"):
        verify.check(right, ARCH, program=True)
