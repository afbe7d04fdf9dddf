"""Parameters on disk: exact round trips, and every kind of damage refused by name."""

from __future__ import annotations

import gc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet_ref import initial, storage
from lenet_ref.errors import LeNetError
from tests.files import FUZZ, Malicious, npy, pickled, refused, zipped
from tests.nets import NETWORKS, Array

SMALL = {"C1.W": np.linspace(-1, 1, 7), "C1.b": np.array([[0.1, -0.0], [5e-324, 3e300]])}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SMALL as a file."""
    path = tmp_path_factory.mktemp("saved") / "small.npz"
    storage.save(path, SMALL)
    return path


def _same(found: dict[str, Array], expected: dict[str, Array]) -> bool:
    return found.keys() == expected.keys() and all(
        found[k].dtype == v.dtype
        and found[k].shape == v.shape
        and found[k].tobytes() == v.tobytes()
        for k, v in expected.items()
    )


@pytest.mark.parametrize("name", ["modern", "1998"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_round_trip_is_bit_for_bit(name: str, dtype: str, tmp_path: Path) -> None:
    """Nothing but the parameters is stored: an extra entry would be refused on loading."""
    parameters = initial(NETWORKS[name], 1, dtype)
    path = tmp_path / "new" / "folder" / "weights.npz"
    storage.save(path, parameters)
    assert _same(storage.load(path), parameters)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [f"{key}.npy" for key in parameters]


def test_awkward_arrays_survive(tmp_path: Path) -> None:
    """Transposed, Fortran-ordered, big-endian, 0-d and read-only arrays."""
    value = np.arange(6.0).reshape(2, 3)
    value.setflags(write=False)
    awkward = {"a": value.T, "b": np.asfortranarray(value), "c": value.astype(">f8")}
    storage.save(tmp_path / "x.npz", awkward | {"d": np.array(2.5)})
    found = storage.load(tmp_path / "x.npz")
    assert found.pop("d")[()] == 2.5
    for key, expected in awkward.items():
        np.testing.assert_array_equal(found[key], expected)


def test_every_truncation_is_refused(saved: Path, tmp_path: Path) -> None:
    data = saved.read_bytes()
    path = tmp_path / "cut.npz"
    for length in range(len(data)):
        path.write_bytes(data[:length])
        refused(lambda: storage.load(path), path)


def _refused_or_renamed(path: Path) -> bool:
    """Names in a zip carry no checksum, so a flipped name is a matter for the caller's check."""
    try:
        found = storage.load(path)
    except LeNetError as error:
        return "\n" not in str(error) and path.name in str(error)
    except Exception:
        return False
    return all(_same({k: v}, {k: SMALL[k]}) for k, v in found.items() if k in SMALL)


def test_every_flipped_byte_is_refused_or_harmless(saved: Path, tmp_path: Path) -> None:
    data, path = saved.read_bytes(), tmp_path / "flipped.npz"
    bad = []
    for at in range(len(data)):
        for flip in (0x01, 0x20, 0x80, 0xFF):
            path.write_bytes(data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :])
            if not _refused_or_renamed(path):
                bad.append((at, flip))
    assert bad == []


def test_compressed_archives_are_read_and_their_damage_refused(tmp_path: Path) -> None:
    path, values = tmp_path / "packed.npz", np.arange(400.0) % 7
    np.savez_compressed(path, **{"C1.W": values})  # type: ignore[arg-type]
    np.testing.assert_array_equal(storage.load(path)["C1.W"], values)
    data = path.read_bytes()
    # after the member's name come 20 bytes of sizes; the last byte ends in padding bits
    for at in range(data.index(b"C1.W.npy") + 28, data.index(b"PK\x01\x02") - 1):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        refused(lambda: storage.load(path), path)


def test_a_damaged_header_is_not_believed(tmp_path: Path) -> None:
    """One byte, '<f8' to '<f4': half of a member is read, its checksum never; garbage loads."""
    path = tmp_path / "header.npz"
    storage.save(path, {"F6.W": np.linspace(-1, 1, 10080)})
    path.write_bytes(path.read_bytes().replace(b"'<f8'", b"'<f4'", 1))
    refused(lambda: storage.load(path), path)


def test_a_damaged_file_is_closed(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.npz"
    path.write_bytes(saved.read_bytes()[:-1])
    gc.collect()
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", ResourceWarning)
        refused(lambda: storage.load(path), path)
        gc.collect()
    assert [str(w.message) for w in found] == []


@FUZZ
@given(flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=2))
def test_many_flipped_bytes_are_refused_or_harmless(
    flips: list[tuple[int, int]], saved: Path
) -> None:
    data = bytearray(saved.read_bytes())
    for at, flip in flips:
        data[at % len(data)] ^= flip
    path = saved.parent / "flipped.npz"
    path.write_bytes(data)
    assert _refused_or_renamed(path)


def test_a_damaged_name_is_refused(tmp_path: Path) -> None:
    """A name marked as UTF-8 that is none: a ValueError, but no BadZipFile."""
    path = tmp_path / "name.npz"
    storage.save(path, {"\u00e9": np.ones(3)})
    path.write_bytes(path.read_bytes().replace("\u00e9".encode(), b"\xff\xfe"))
    refused(lambda: storage.load(path), path)


def test_a_damaged_lzma_archive_is_refused(tmp_path: Path) -> None:
    path, data = tmp_path / "lzma.npz", npy("(40,)", data=bytes(range(160)) * 2)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("C1.W.npy", data)
    assert storage.load(path)["C1.W"].shape == (40,)
    damaged = bytearray(path.read_bytes())
    damaged[90] ^= 0xFF
    path.write_bytes(damaged)
    refused(lambda: storage.load(path), path)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.npz"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore", UserWarning)
        for value in (0, 1):
            archive.writestr("C1.W.npy", npy("(2,)", data=bytes([value]) * 16))
    assert "C1.W" in refused(lambda: storage.load(path), path)


@FUZZ
@given(data=st.binary(max_size=300), prefix=st.sampled_from([b"", b"PK\x03\x04", b"\x93NUMPY"]))
def test_arbitrary_bytes_are_refused(data: bytes, prefix: bytes, saved: Path) -> None:
    path = saved.parent / "arbitrary.npz"
    path.write_bytes(prefix + data)
    refused(lambda: storage.load(path), path)


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    assert "no such file" in refused(lambda: storage.load(tmp_path / "no.npz"), Path("no.npz"))
    refused(lambda: storage.load(tmp_path), tmp_path)


def test_a_message_stays_on_one_line_whatever_the_name(tmp_path: Path) -> None:
    refused(lambda: storage.load(tmp_path / "two\nlines.npz"), Path("two\nlines.npz"))


@pytest.mark.parametrize("name", ["evil.npz", "evil.npy", "evil"])
def test_a_pickle_is_refused_and_not_executed(name: str, tmp_path: Path) -> None:
    canary, path = tmp_path / "canary", tmp_path / name
    pickled(path, canary)
    assert "pickle" in refused(lambda: storage.load(path), path)
    assert not canary.exists()


def test_a_pickled_object_inside_an_archive_is_refused(tmp_path: Path) -> None:
    canary, path = tmp_path / "canary", tmp_path / "inner.npz"
    np.savez(path, **{"C1.W": np.array([Malicious(canary)], dtype=object)})  # type: ignore[arg-type]
    assert "pickle" in refused(lambda: storage.load(path), path)
    assert not canary.exists()


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "single.npz"
    path.write_bytes(npy("(2,)", data=bytes(16)))
    refused(lambda: storage.load(path), path)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    zipped(path, {"readme.txt": b"hello"})
    refused(lambda: storage.load(path), path)


@pytest.mark.parametrize("shape", ["(10000000000000,)", f"({10**30},)", "(8"])
def test_a_header_that_promises_too_much_is_refused(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "huge.npz"
    zipped(path, {"C1.W.npy": npy(shape, data=bytes(64))})
    refused(lambda: storage.load(path), path)


def test_the_largest_member_that_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert storage.LARGEST == 1 << 30
    path, data = tmp_path / "large.npz", npy("(8,)", data=bytes(64))
    zipped(path, {"C1.W.npy": data})
    monkeypatch.setattr(storage, "LARGEST", len(data))
    assert storage.load(path)["C1.W"].shape == (8,)
    monkeypatch.setattr(storage, "LARGEST", len(data) - 1)
    assert "larger" in refused(lambda: storage.load(path), path)


@pytest.mark.parametrize(
    "shape", ["(-1,)", "(-1, -8)", "(-2, -4)", "(7,)", "(9,)", "8", "(8.0,)", "__import__('os')"]
)
def test_a_header_that_makes_no_sense_is_refused(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "nonsense.npz"
    zipped(path, {"C1.W.npy": npy(shape, data=bytes(64))})
    refused(lambda: storage.load(path), path)
