"""Dumps made to hurt: each of these once hung the judge, ended it, filled its memory, or passed."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify.cases.plan import Job
from verify.cli import main
from verify.exchange.mapping import read_layout
from verify.pipeline.judging import judge_dump

RECORD = np.zeros(6, [("a", "f8")])
NO_NUMBERS = [RECORD, np.zeros(6, "U3"), np.zeros(6, "S3"), np.zeros(6, "M8[s]"),
              np.zeros(6, "m8[s]"), np.zeros(6, "V8"), np.zeros(6, "V0")]  # fmt: skip


@pytest.fixture
def dump(golden: Path, tmp_path: Path) -> Path:
    """A private copy."""
    return Path(shutil.copytree(golden, tmp_path / "dump"))


def refused(dump: Path, capsys: pytest.CaptureFixture[str], mapping: str = "") -> str:
    """One line, status 2."""
    path = dump.parent / "theirs.toml"
    path.write_text(mapping)
    words = ["--out", str(dump.parent / "out"), "--mapping", str(path)]
    assert main(["check", str(dump), *words]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "Traceback" not in said
    return said


def archive(path: Path, name: str, data: bytes, how: int) -> None:
    """An archive of one member."""
    with zipfile.ZipFile(path, "w", how) as file:
        file.writestr(f"{name}.npy", data)


def peak() -> int:
    """MiB this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def test_a_pipe_that_calls_itself_an_archive(
    dump: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(dump / "more.npz")
    assert "not a regular file" in refused(dump, capsys)


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bomb_of_another_kind(dump: Path, how: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Python's bzip2 unpacks whole blocks, however little is asked for."""
    (dump / "C1.b.npy").unlink()
    archive(dump / "more.npz", "C1.b", bytes(2**26), how)
    before = peak()
    assert "packed in a way NumPy does not" in refused(dump, capsys)
    assert peak() - before < 32


def test_a_directory_as_large_as_the_file(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Entries cost kilobytes each in memory, before their number is known."""
    with zipfile.ZipFile(dump / "more.npz", "w") as file:
        for i in range(10_000):
            file.writestr(zipfile.ZipInfo(f"{i}.npy"), b"")
    assert "its directory is too large" in refused(dump, capsys)


def test_a_thousand_arrays_are_still_read(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(dump / "more.npz", "w") as file:
        for i in range(1001):
            file.writestr(zipfile.ZipInfo(f"{i}.npy"), b"")
    assert "too many arrays; got 1001" in refused(dump, capsys)


@pytest.mark.parametrize("name", ["C1.db", "C1.W", "S2.argmax", "images", "labels", "loss.dx"])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: str(value.dtype))
def test_what_is_no_number_is_refused(
    dump: Path, value: Any, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Dates passed as integers, records could not be compared, texts not be multiplied."""
    np.save(dump / f"{name}.npy", value)
    assert "no numbers" in refused(dump, capsys)


@pytest.mark.parametrize("channels", [17, 10**8])
def test_a_manifest_cannot_ask_for_all_memory(
    dump: Path, channels: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = dump / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["case"]["options"] = [f"channels={channels}"]
    path.write_text(json.dumps(manifest))
    assert "channels: out of range" in refused(dump, capsys)


def test_two_names_of_one_tensor(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The later one was judged, the other not."""
    np.save(dump / "mine.npy", np.zeros((6, 1, 5, 5)))
    assert "two arrays for one tensor" in refused(dump, capsys, '[names]\nmine = "C1.W"')


def test_an_archive_of_the_wrong_byte_order_passes(dump: Path) -> None:
    """Handled, in images and labels too."""
    for path in [*dump.glob("*.npy")]:
        value = np.load(path)
        buffer = io.BytesIO()
        np.save(buffer, value.astype(value.dtype.newbyteorder(">")))
        path.write_bytes(buffer.getvalue())
    (dump / "manifest.json").unlink()
    words = ["--variant", "modern", "--require", "all", "--out", str(dump.parent / "out")]
    assert main(["check", str(dump), *words]) == 0


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: str(value.dtype))
@pytest.mark.parametrize("tensor", ["C1.db", "S2.y", "F7.y"])
def test_no_numbers_from_a_callable_fail_their_row(value: Any, tensor: str, tmp_path: Path) -> None:
    """They come through no file, and were multiplied by 2 all the same."""
    case = replace(Job("1998", "digits", "float64", 1).case(), upstream=None)
    path = tmp_path / "theirs.toml"
    path.write_text('[conventions]\nrbf = "half"')
    findings = judge_dump(case, {tensor: value}, read_layout(path))
    assert [f.step.tensor for f in findings if f.failed] == [tensor]


def test_a_span_of_time_is_no_place_of_a_maximum() -> None:
    """NumPy counts it among the integers."""
    case = replace(Job("modern", "digits", "float64", 1).case(), upstream=None)
    findings = judge_dump(case, {"S2.argmax": np.zeros((1, 6, 14, 14), "m8[s]")}, None)
    assert [f.step.tensor for f in findings if f.failed] == ["S2.argmax"]
