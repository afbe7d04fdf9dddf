"""Parameters on disk: all or nothing, and an error of ours when nothing."""

from __future__ import annotations

import os
import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from lenet_ref import storage
from lenet_ref.errors import StorageError
from tests.files import refused

SMALL = {"C1.W": np.linspace(-1, 1, 7), "C1.b": np.array([[0.1, -0.0], [5e-324, 3e300]])}


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_objects_are_not_saved_and_leave_no_file(tmp_path: Path) -> None:
    path = tmp_path / "objects.npz"
    message = refused(lambda: storage.save(path, {"C1.W": np.array([None])}), path)
    assert "C1.W" in message
    assert _names(tmp_path) == []


def _unwritable(folder: Path) -> list[Path]:
    """A folder in the place of the file, a file in the place of a folder, a name too long."""
    (folder / "file").write_text("")
    (folder / "folder" / "inside").mkdir(parents=True)
    return [folder / "folder", folder / "file" / "w.npz", folder / ("x" * 300)]


@pytest.mark.parametrize("which", range(3))
def test_unwritable_targets(which: int, tmp_path: Path) -> None:
    path = _unwritable(tmp_path)[which]
    before = sorted(tmp_path.rglob("*"))
    message = refused(lambda: storage.save(path, SMALL), path)
    assert "cannot be written" in message
    assert sorted(tmp_path.rglob("*")) == before


@contextmanager
def _disk_full_after(size: int) -> Iterator[None]:
    """Writing beyond ``size`` bytes of a file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    storage.save(path, SMALL)
    before = path.read_bytes()
    with _disk_full_after(1000), pytest.raises(StorageError, match=r"weights\.npz"):
        storage.save(path, {"C1.W": np.ones(1000)})
    assert path.read_bytes() == before
    assert _names(tmp_path) == ["weights.npz"]


def test_a_pipe_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    """Renaming over it would succeed."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert "not a regular file" in refused(lambda: storage.save(path, SMALL), path)
    assert path.is_fifo()


def test_who_reads_the_old_file_reads_it_to_the_end(tmp_path: Path) -> None:
    """A new file under the old name, not new bytes in the old file."""
    path = tmp_path / "weights.npz"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        storage.write_atomically(path, b"new")
        assert reader.read() == b"old"


def test_the_same_parameters_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        storage.save(tmp_path / name, SMALL)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as archive:
        assert {info.date_time for info in archive.infolist()} == {storage.DATE}


def test_the_date_of_a_member() -> None:
    """A ZIP stores seconds in steps of two, so the file alone does not tell 0 from 1."""
    assert storage.DATE == (1980, 1, 1, 0, 0, 0)


def test_any_name_can_be_stored(tmp_path: Path) -> None:
    """Names that numpy.savez takes for its own arguments, among others."""
    named = {name: np.array([1.5]) for name in ("file", "allow_pickle", "args", "arr_0")}
    storage.save(tmp_path / "w.npz", named)
    assert storage.load(tmp_path / "w.npz").keys() == named.keys()


def test_a_write_replaces_whole_files_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    path.write_bytes(b"old and longer than the new one")
    storage.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert _names(tmp_path) == ["weights.npz"]
