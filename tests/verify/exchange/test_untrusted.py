"""Files that mean harm, or are merely broken: one line, status 1 or 2, nothing executed."""

from __future__ import annotations

import json
import os
import resource
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.files import Malicious, npy, pickled
from verify.cli import main


@pytest.fixture
def dump(golden: Path, tmp_path: Path) -> Path:
    """A private copy."""
    return Path(shutil.copytree(golden, tmp_path / "dump"))


def check(dump: Path, *words: str) -> int:
    """Status of the command."""
    return main(["check", str(dump), "--out", str(dump.parent / "out"), *words])


def refused(dump: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Unusable input: one line, status 2."""
    assert check(dump, *words) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and "Traceback" not in said.err
    return said.err


def array(dump: Path, name: str, value: Any) -> None:
    """Another array in a dump."""
    np.save(dump / f"{name}.npy", value)


def test_pickles_are_refused_and_not_executed(
    dump: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = tmp_path / "canary"
    pickled(dump / "C1.y.npy", canary)
    assert "C1.y.npy" in refused(dump, capsys)
    np.save(dump / "C1.y.npy", np.array([Malicious(canary)], dtype=object), allow_pickle=True)
    assert "pickle" in refused(dump, capsys)
    np.savez(dump / "x.npz", **{"C1.y": np.array([Malicious(canary)], dtype=object)})  # type: ignore[arg-type]
    (dump / "C1.y.npy").unlink()
    assert "pickle" in refused(dump, capsys)
    assert not canary.exists()


def test_a_link_out_of_the_folder_is_refused(
    dump: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret.npy"
    np.save(secret, np.ones(3))
    (dump / "C1.y.npy").unlink()
    (dump / "C1.y.npy").symlink_to(secret)
    assert "link out of the folder" in refused(dump, capsys)


def test_a_link_inside_the_folder_is_followed(dump: Path) -> None:
    (dump / "S2.x.npy").unlink()
    (dump / "S2.x.npy").symlink_to(dump / "C1.y.npy")
    assert check(dump) == 0


def test_a_pipe_is_not_waited_for(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dump / "C1.y.npy").unlink()
    os.mkfifo(dump / "C1.y.npy")
    assert "not a regular file" in refused(dump, capsys)


def test_a_file_too_large_is_not_read(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (dump / "F7.b.npy").open("wb") as file:
        file.truncate(2**40)  # sparse: a terabyte that takes no room
    assert "larger than its tensor can be" in refused(dump, capsys)


def test_a_bomb_is_not_unpacked(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A quarter of a gigabyte of zeros in a quarter of a megabyte of archive."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with (
        zipfile.ZipFile(dump / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("C1.db.npy", "w") as member,
    ):
        member.write(npy("(33554432,)"))
        for _ in range(256):
            member.write(bytes(2**20))
    (dump / "C1.db.npy").unlink()
    assert "larger than its tensor can be" in refused(dump, capsys)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.parametrize("header", ["(10000000000000,)", "(-1,)", "8", "(6", "__import__('os')"])
def test_a_header_is_not_believed(
    dump: Path, header: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (dump / "C1.b.npy").write_bytes(npy(header, data=bytes(48)))
    assert "C1.b.npy" in refused(dump, capsys)


def test_two_arrays_of_one_name_are_refused(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(dump / "more.npz", **{"C1.b": np.zeros(6)})  # type: ignore[arg-type]
    assert "two arrays of one name" in refused(dump, capsys)


@pytest.mark.parametrize("name", ["conv1", "C1.q", "C9.W", "..", "C1.W "])
def test_a_name_that_is_not_known_is_refused(
    dump: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    array(dump, name, np.zeros(3))
    assert "no such tensor" in refused(dump, capsys)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros(6, "float16"), "float16"),
        (np.zeros(6, "float32"), "float32"),
        (np.zeros(6, int), "int64"),
        (np.zeros(6, complex), "complex128"),
        (np.zeros((3, 2)), "shape (3, 2)"),
        (np.full(6, np.nan), "not finite"),
        (np.full(6, np.inf), "not finite"),
        (np.zeros(0), "shape (0,)"),
    ],
)
def test_numbers_that_cannot_be_right_fail_their_row(
    dump: Path, value: Any, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    array(dump, "C1.db", value)
    assert check(dump) == 1
    said = capsys.readouterr().out
    assert "guilty layer: C1" in said and words in said


MANIFESTS: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda m: m["case"].update(batch=10**9), "out of range"),
    (lambda m: m["case"].update(batch=True), "unusable value"),
    (lambda m: m["case"].update(seed=-1), "out of range"),
    (lambda m: m["case"].update(variant="2012"), "no such choice"),
    (lambda m: m["case"].update(regime="probe-rbf"), "no such choice"),
    (lambda m: m["case"].update(options=["reg=1e999999"]), "reg"),
    (lambda m: m["case"].update(options=[["reg"]]), "not a list of strings"),
    (lambda m: m["case"].pop("tier"), "unusable value"),
    (lambda m: m.update(case=[]), "describes no case"),
    (lambda m: m.update(format=2), "not a manifest of format 1"),
]


@pytest.mark.parametrize(("change", "words"), MANIFESTS)
def test_a_manifest_is_not_believed(
    dump: Path, change: Callable[[dict[str, Any]], Any], words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    manifest = json.loads((dump / "manifest.json").read_text())
    change(manifest)
    (dump / "manifest.json").write_text(json.dumps(manifest))
    assert words in refused(dump, capsys)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "\udcff", '{"format": NaN}'])
def test_a_manifest_that_is_none(dump: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (dump / "manifest.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert "manifest" in refused(dump, capsys)


MAPPINGS = [
    ("= 3", "not a mapping"),
    ('[layout]\nvolumes = "CHWN"', "expected NCHW or NHWC"),
    ("[layout]\nvolumes = 3", "no such choice"),
    ("[layout]\nshape = 3", "no such key"),
    ("[other]\nx = 3", "no such key"),
    ("names = 3", "not a table"),
    ("[names]\nx = 3", "not a string"),
    ("[expect]\nabsent = 3", "not a list"),
    ("[expect]\nabsent = [3]", "not a string"),
    ('[conventions]\nrbf = "half"', "MLE"),
]


@pytest.mark.parametrize(("text", "words"), MAPPINGS)
def test_a_mapping_that_makes_no_sense(
    dump: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = dump.parent / "theirs.toml"
    path.write_text(text)
    assert words in refused(dump, capsys, "--mapping", str(path))


def test_other_images_than_the_cases(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    array(dump, "images", np.zeros((1, 1, 32, 32)))
    assert "differs from the case's own" in refused(dump, capsys)


def test_nothing_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said as what it is, whether a network was named or one is looked for."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "remark").mkdir()
    (tmp_path / "remark" / "README.txt").write_text("mine")
    for words in (["--variant", "modern"], [], ["--map"]):
        assert "no such file or folder" in refused(tmp_path / "none", capsys, *words)
        assert "no such file" in refused(tmp_path / "none.npz", capsys, *words)
        said = refused(tmp_path / "empty", capsys, *words)
        assert "holds no array that could be judged; got nothing" in said
        said = refused(tmp_path / "remark", capsys, *words)
        assert "holds no array that could be judged; got ignored: README.txt" in said
