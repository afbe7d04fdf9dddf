"""What lies in a folder: ignored files are listed, nothing usable and twins are refused, names that
are wrong are said all at once with the nearest right ones, layouts that would fit are named."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from verify.cli import main

Give = Callable[[Path], object]
RIGHT = ("F6.dW", "F7.dW", "C3.dW")


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tensors of two images, a file each."""
    folder = tmp_path_factory.mktemp("gold") / "g"
    words = ["--variant", "modern", "--format", "npy", "--batch", "2", "--out", str(folder)]
    assert main(["golden", *words]) == 0
    return folder


@pytest.fixture
def dump(golden: Path, tmp_path: Path) -> Path:
    """A few right tensors of it."""
    folder = tmp_path / "dump"
    folder.mkdir()
    for name in RIGHT:
        (folder / f"{name}.npy").write_bytes((golden / f"{name}.npy").read_bytes())
    return folder


def check(dump: Path, golden: Path, *words: str) -> int:
    """The status of the command."""
    out = str(dump.parent / "out")
    return main(["check", str(dump), "--case", str(golden), "--out", out, *words])


IGNORED: dict[str, Give] = {
    "notes.txt": lambda p: p.write_text("mine"),
    "C1.dW.tsv": lambda p: p.write_text("1,2"),
    "C1dW.csv": lambda p: p.write_text("1,2"),
    "more/": Path.mkdir,
    "C5.dW.pkl": lambda p: p.write_bytes(pickle.dumps([1.0])),
    "C1.dW.NPY": lambda p: p.write_bytes(b"x"),
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_is_not_read_is_listed(
    name: str, dump: Path, golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    IGNORED[name](dump / name)
    assert check(dump, golden) == 0
    assert f"note: ignored: {name}\n" in capsys.readouterr().out


def test_what_golden_writes_is_not_mentioned(
    golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(golden), "--out", str(golden.parent / "out")]) == 0
    assert "ignored" not in capsys.readouterr().out


TWINS: dict[str, Give] = {
    "C3.dW.tsv": lambda p: p.write_text("wrong"),
    "C3.dW.pkl": lambda p: p.write_bytes(b"wrong"),
    "c3.dw.log": lambda p: p.write_text("wrong"),
    "C3.dW/": Path.mkdir,
    "C3.dW": lambda p: p.write_bytes(b"wrong"),
}


@pytest.mark.parametrize("archive", [False, True])
@pytest.mark.parametrize("name", TWINS)
def test_a_right_array_beside_something_of_its_name_is_refused(
    name: str, archive: bool, dump: Path, golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if archive:
        np.savez(dump / "all.npz", **{n: np.load(dump / f"{n}.npy") for n in RIGHT})
        for each in RIGHT:
            (dump / f"{each}.npy").unlink()
    TWINS[name](dump / name)
    assert check(dump, golden) == 2
    err = capsys.readouterr().err
    assert f"got {name} and C3.dW" in err and err.count("\n") == 1


def test_two_formats_of_one_tensor_are_refused(
    dump: Path, golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savetxt(dump / "C3.dW.csv", np.load(dump / "C3.dW.npy").reshape(16, -1))
    assert check(dump, golden) == 2
    assert "C3.dW: two arrays of one name" in capsys.readouterr().err


@pytest.mark.parametrize("name", [*IGNORED, ""])
def test_nothing_usable_is_no_difference(
    name: str, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dump").mkdir()
    if name:
        IGNORED[name](tmp_path / "dump" / name)
    assert check(tmp_path / "dump", golden) == 2
    err = capsys.readouterr().err
    assert "holds no tensor that could be judged" in err and name in err


def test_inputs_alone_are_nothing_usable(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dump").mkdir()
    for name in ("images", "C1.W"):
        (tmp_path / "dump" / f"{name}.npy").write_bytes((golden / f"{name}.npy").read_bytes())
    (tmp_path / "dump" / "C1.W.npy").unlink()
    assert check(tmp_path / "dump", golden) == 2
    assert "images" in capsys.readouterr().err


def test_all_unknown_names_are_said_at_once(
    dump: Path, golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for ours, theirs in {"F6.dW": "f6_dW", "F7.dW": "F7.dw", "C3.dW": "accuracy"}.items():
        (dump / f"{ours}.npy").rename(dump / f"{theirs}.npy")
    assert check(dump, golden) == 2
    err = capsys.readouterr().err
    assert "no such tensor: 'F7.dw' (F7.dW?), 'accuracy', 'f6_dW' (F6.dW?);" in err


def test_a_wrong_target_is_named_as_the_target(
    dump: Path, golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = dump.parent / "map.toml"
    mapping.write_text('[names]\nmine = "C3.dw"\nother = "Z9.q"\nshared = "S2.W"\n')
    assert check(dump, golden, "--mapping", str(mapping)) == 2
    err = capsys.readouterr().err
    assert "--mapping: no such tensor on the right of [names]" in err
    assert "'mine' leads to 'C3.dw' (C3.dW?), 'other' leads to 'Z9.q'" in err
    assert "shared" not in err  # a tensor of the other variant


def test_a_layout_that_would_fit_is_named(
    dump: Path, golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("F6.dW", "F7.dW"):
        np.save(dump / f"{name}.npy", np.load(dump / f"{name}.npy").T)
    assert check(dump, golden) == 1
    hint = 'affine = "in-out"'
    assert f"note: F6.dW, F7.dW: transposed? {hint} in [layout]" in capsys.readouterr().out
    mapping = dump.parent / "map.toml"
    mapping.write_text(f"[layout]\n{hint}\n")
    assert check(dump, golden, "--mapping", str(mapping)) == 0
    assert "transposed?" not in capsys.readouterr().out


def test_parameters_in_another_layout(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a dump that is judged by its own inputs."""
    alone = tmp_path / "alone"
    alone.mkdir()
    for file in golden.glob("*.npy"):
        value = np.load(file)
        np.save(alone / file.name, value.T if file.stem == "F6.W" else value)
    words = ["check", str(alone), "--variant", "modern", "--out", str(tmp_path / "out")]
    assert main(words) == 2
    err = capsys.readouterr().err
    assert "F6.W: wrong shape; got (120, 84); expected (84, 120)" in err
    assert 'transposed? affine = "in-out" in [layout]' in err


def test_what_is_lacking_is_not_what_was_got(
    dump: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(dump), "--variant", "modern"]) == 2
    err = capsys.readouterr().err
    assert "it lacks images, labels, C1.W" in err and "got" not in err


def test_sizes_are_said_as_shapes(
    dump: Path, golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (dump / "C3.dW.npy").rename(dump / "C3.dW.bin")
    assert check(dump, golden) == 2
    assert "float64 (16, 6, 5, 5)" in capsys.readouterr().err
    (dump / "C3.dW.bin").unlink()
    np.save(dump / "C3.dW.npy", np.zeros(200_000))
    assert check(dump, golden) == 2
    assert "for C3.dW (16, 6, 5, 5)" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "map"])
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["empty"], "empty: holds no array that could be judged; got nothing"),
        (["none.py:f"], "no such file: none.py"),
        (["--program", "./none {inputs} {outputs}"], "--program: cannot be started"),
    ],
)
def test_no_network_is_looked_for_where_none_would_help(
    command: str, words: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert main([command, *words]) == 2
    said = capsys.readouterr().err
    assert why in said and "which network" not in said and said.count("\n") == 1


def test_a_folder_in_a_folder_is_looked_through_for_its_network(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As packing and unpacking leave it: with a manifest, and without."""
    whole, out = tmp_path / "whole", str(tmp_path / "out")
    shutil.copytree(golden, whole / "dump")
    assert main(["check", str(whole), "--out", out]) == 0
    capsys.readouterr()
    (whole / "dump" / "manifest.json").unlink()
    assert main(["check", str(whole), "--out", out]) == 0
    assert "--network modern" in capsys.readouterr().out
    assert main(["map", str(whole)]) in (0, 1)
    assert "--network modern" in capsys.readouterr().out
