"""What of a file of parameters is opened, unpacked and read in silence."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lenet_ref import storage
from tests.files import refused

SMALL = {"C1.W": np.linspace(-1, 1, 7), "C1.b": np.array([0.1, -0.0])}


@pytest.mark.parametrize(("more", "said"), [(0, "not a readable .npz"), (1, "larger than")])
def test_archives_of_up_to_4_gib_are_opened(more: int, said: str, tmp_path: Path) -> None:
    """Files that take no room on the disk."""
    path = tmp_path / "large.npz"
    with path.open("wb") as file:
        file.truncate(4 * 1024**3 + more)
    assert said in refused(lambda: storage.load(path), path)


@pytest.mark.parametrize("more", [0, 1])
def test_what_claims_up_to_1_gib_is_unpacked(more: int, tmp_path: Path) -> None:
    """The archive's directory claims it, of its last member, and lies."""
    saved = tmp_path / "claims.npz"
    storage.save(saved, SMALL)
    data, claimed = bytearray(saved.read_bytes()), 1024**3 + more
    directory = data.rindex(b"PK\x01\x02")
    with zipfile.ZipFile(saved) as archive:
        claimed -= sum(info.file_size for info in archive.infolist()[:-1])
    data[directory + 24 : directory + 28] = claimed.to_bytes(4, "little")
    saved.write_bytes(data)
    if more:
        assert "larger than 1 GiB" in refused(lambda: storage.load(saved), saved)
    else:
        assert storage.load(saved).keys() == SMALL.keys()


def test_a_header_of_python_2_is_read_without_a_word() -> None:
    """(3L,): NumPy reads it and warns."""
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (3L,), }".ljust(117) + b"\n"
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = storage.array(data + np.arange(3.0).tobytes(), "w")
    np.testing.assert_array_equal(found, np.arange(3.0))
