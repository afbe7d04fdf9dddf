"""A volume for the vector that a layer makes of it, and the other way round: both are declared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref import modern
from tests.nets import MNIST28
from verify.cli import main
from verify.exchange.axes import Axes
from verify.exchange.layout import Layout

Arrays = dict[str, NDArray[np.float64]]
NETWORK = """
input = [1, 9, 7]
layers = [
  {{ name = "c", family = "convolution", maps = 4, kernel = 2, activation = "tanh" }},
  {{ name = "p", family = "average_pool", window = 2 }},
  {{ name = "f", family = "affine", units = 5, activation = "tanh", flatten = "{flatten}" }},
  {{ name = "g", family = "affine", units = 3, activation = "identity" }},
]
loss = {{ family = "cross_entropy" }}
"""
VECTORS, VOLUMES = ("f.x", "f.a", "f.dx", "f.da"), ("p.y", "p.dy", "p.z", "p.dz")
N, C, H, W = 3, 4, 4, 3
LETTERS = {"CHW": (0, 1, 2, 3), "HWC": (0, 2, 3, 1)}


@pytest.fixture(scope="module", params=["CHW", "HWC"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("volumes")
    (folder / "mine.toml").write_text(NETWORK.format(flatten=request.param))
    words = ["--network", str(folder / "mine.toml"), "--format", "npy", "--batch", str(N)]
    assert main(["golden", *words, "--out", str(folder / request.param)]) == 0
    return folder / str(request.param)


def dumped(case: Path) -> Arrays:
    """Volumes where ours are vectors, and the other way round."""
    order = case.name
    found = {}
    for name in VECTORS:
        flat = np.load(case / f"{name}.npy")
        back = np.argsort(LETTERS[order])
        sizes = [(N, C, H, W)[axis] for axis in LETTERS[order]]
        found[name] = flat.reshape(sizes).transpose(back)
    for name in VOLUMES:
        found[name] = np.load(case / f"{name}.npy").transpose(LETTERS[order]).reshape(N, -1)
    return found


def checked(arrays: Arrays, case: Path, place: Path, *words: str) -> int:
    np.savez(place / "theirs.npz", **arrays)  # type: ignore[arg-type]
    words = ("--case", str(case), "--out", str(place / "out"), *words)
    return main(["check", str(place / "theirs.npz"), *words])


def test_either_is_right(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(dumped(case), case, tmp_path) == 0
    text = capsys.readouterr().out
    assert "PASS  8 of 8" in text and "taken as the same" not in text


def test_under_declared_layouts(case: Path, tmp_path: Path) -> None:
    """Maps last everywhere, and the order in which somebody else flattens."""
    arrays = dumped(case)
    last = {name: arrays[name].transpose(0, 2, 3, 1) for name in VECTORS}
    assert checked(last, case, tmp_path, "--convention", "volumes=NHWC") == 0
    other = "HWC" if case.name == "CHW" else "CHW"
    turned = {name: np.load(case / f"{name}.npy").transpose(LETTERS[other]).reshape(N, -1)
              for name in VOLUMES}  # fmt: skip
    assert checked(turned, case, tmp_path, "--convention", f"flatten={other}") == 0


@pytest.mark.parametrize("name", [*VECTORS, *VOLUMES])
def test_what_is_permuted_fails(
    name: str, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the same shape, with columns where rows should be."""
    value = dumped(case)[name]
    other = "HWC" if case.name == "CHW" else "CHW"
    if name in VECTORS:
        wrong = value.transpose(0, 1, 3, 2).reshape(N, C, H, W)
    else:
        wrong = np.load(case / f"{name}.npy").transpose(LETTERS[other]).reshape(N, -1)
    assert checked({name: wrong}, case, tmp_path) == 1
    assert checked({name: value[::-1]}, case, tmp_path) == 1
    assert "another shape" not in capsys.readouterr().out


def test_maps_that_lie_last_are_named(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {"f.dx": dumped(case)["f.dx"].transpose(0, 2, 3, 1)}
    assert checked(wrong, case, tmp_path) == 1
    assert 'volumes = "NHWC"' in " ".join(capsys.readouterr().out.split())


def test_the_place_is_that_in_the_volume(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = dumped(case)["f.dx"].copy()
    wrong[1, 2, 3, 1] += 1
    assert checked({"f.dx": wrong}, case, tmp_path) == 1
    assert "(yours: f.dx[1, 2, 3, 1])" in capsys.readouterr().out


def test_no_other_tensor_takes_them() -> None:
    """Of a layer that reads a vector, or is read as a volume."""
    axes = Axes(MNIST28, 2)
    assert axes.taken("fc1.dx", (2, 16, 4, 4)) is not None
    assert axes.taken("fc1.dx", (2, 4, 4, 16)) is None
    assert axes.taken("pool2.y", (2, 256)) is not None
    assert axes.taken("pool2.argmax", (2, 256)) is None
    assert axes.taken("pool1.y", (2, 864)) is None
    assert axes.taken("fc2.dx", (2, 120, 1, 1)) is None  # the judge takes it, with a note
    last = Axes(MNIST28, 2, Layout(chosen={"volumes": "NHWC"}))
    assert last.taken("fc1.dx", (2, 4, 4, 16)) is not None
    assert last.taken("fc1.dx", (2, 16, 4, 4)) is None


def test_a_convolution_that_is_said_to_be_fully_connected() -> None:
    x = np.arange(2 * 400.0).reshape(2, 16, 5, 5)
    full = Axes(modern(), 2, Layout(chosen={"covering": "full"}))
    assert np.array_equal(full.ours("C5.x", x), x)
    assert np.array_equal(full.ours("C5.x", x.reshape(2, -1)), x)
    assert Axes(modern(), 2).taken("C5.x", (2, 400)) is None
