"""Files and processes that a subject leaves: read with limits, cleared away, never waited for."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import numpy as np
import pytest

from lenet_ref.door import contents, opened
from lenet_ref.errors import StorageError
from verify.subjects.answer import read, room
from verify.subjects.leftovers import MARK, ended, environment, marked, removed
from verify.subjects.limits import SILENT, Noise
from verify.subjects.program import digest


def refusing(error: OSError) -> Callable[..., None]:
    """A file system that says no."""

    def call(*_: object) -> None:
        raise error

    return call


def test_the_door(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("f")
    (tmp_path / "out").symlink_to("/etc/passwd")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    assert contents(tmp_path / "f", 5) == contents(tmp_path / "link", 5, tmp_path) == b"12345"
    for name, most, words in (
        ("f", 4, "larger than"),
        ("out", 10**6, "a link out of the folder"),
        ("loop", 9, "a link"),
        ("pipe", 9, "not a regular file"),
        (".", 9, "not a regular file"),
        ("none", 9, "no such file"),
        ("x" * 300, 9, "cannot be read"),
        ("\0", 9, "cannot be read"),
    ):
        with pytest.raises(StorageError, match=words):
            opened(tmp_path / name, most, tmp_path)


def test_what_is_removed(tmp_path: Path) -> None:
    here = Path.cwd()
    (tmp_path / "deep").mkdir()
    os.chdir(tmp_path / "deep")
    try:
        for _ in range(1050):
            Path("inner").mkdir()
            Path("file").touch(0)
            os.chdir("inner")
    finally:
        os.chdir(here)
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "deep" / "link").symlink_to(tmp_path / "kept")
    assert removed(tmp_path / "deep") == ""
    assert not (tmp_path / "deep").exists() and (tmp_path / "kept" / "file").exists()
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    assert removed(tmp_path / "link") == "" and removed(tmp_path / "link") == ""
    assert (tmp_path / "kept" / "file").exists()


def test_what_stays_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "fixed").touch()
    error = PermissionError(errno.EPERM, "not permitted")
    monkeypatch.setattr(Path, "unlink", refusing(error))
    assert removed(tmp_path / "f") == f"left behind: {tmp_path / 'f'} (fixed)"
    noise = SILENT + Noise(0, 0, "", "left behind: x") + Noise(0, 0, "", "left behind: x")
    assert noise != SILENT and str(noise).endswith("error; left behind: x")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_a_process_that_goes_on_is_ended() -> None:
    environment = marked()
    process = subprocess.Popen(["sleep", "60"], env=environment, start_new_session=True)
    assert ended("another") == 0
    assert process.poll() is None
    assert ended(environment[MARK]) == 1
    assert process.wait(timeout=5) == -9


def test_a_process_that_is_just_being_started_is_known(tmp_path: Path) -> None:
    """For a moment it has neither arguments nor environment; one in three thousand was missed."""
    for name in ("environ", "cmdline"):
        (tmp_path / name).touch()
    (tmp_path / "exe").symlink_to("/bin/sleep")
    timer = Timer(0.05, lambda: (tmp_path / "environ").write_bytes(b"A=1"))
    timer.start()
    assert environment(tmp_path) == b"A=1"
    timer.join()


def test_what_has_no_environment_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "environ").touch()
    (tmp_path / "cmdline").write_bytes(b"env\0")
    assert environment(tmp_path) == b""
    (tmp_path / "cmdline").write_bytes(b"")
    with pytest.raises(FileNotFoundError):  # it has ended, or is the kernel's
        environment(tmp_path)


def test_a_digest_opens_nothing_that_waits(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"1")
    before = digest(tmp_path)
    assert before == digest(tmp_path) and len(before["f"]) == 64
    (tmp_path / "f").unlink()
    os.mkfifo(tmp_path / "f")
    assert "not a regular file" in digest(tmp_path)["f"]
    (tmp_path / "f").unlink()
    (tmp_path / "f").symlink_to("/dev/zero")
    assert digest(tmp_path) == {"f": "a link"}
    assert list(digest(tmp_path / "none")) == [""]


def test_an_answer_is_read_with_limits(tmp_path: Path) -> None:
    path = tmp_path / "o.npz"
    reply = {"names": ["C1.db"], "wrong": {}, "changed": [], "plain": [], "notes": {}}
    np.savez(path, **{"0": np.zeros(6)})  # type: ignore[arg-type]
    assert read(reply, path, 64, room(1)).tensors["C1.db"].shape == (6,)
    for wrong in ({"names": "x"}, {"wrong": []}, {"changed": [1] * 2000}, {"names": ["a", "b"]}):
        assert "cannot be read" in read({**reply, **wrong}, path, 64, room(1)).failed
    assert "larger than its tensor can be" in read(reply, path, 64, 100).failed
    np.savez_compressed(path, **{"0": np.zeros(6)})  # type: ignore[arg-type]
    assert "packed" in read(reply, path, 64, room(1)).failed
