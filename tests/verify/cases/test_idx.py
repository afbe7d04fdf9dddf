"""IDX files: every spelling of MNIST found, every damage named, bytes mapped as published."""

from __future__ import annotations

import gzip
import hashlib
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.files import FUZZ, refused
from tests.loops import Array
from verify.cases import idx

IMAGES = np.random.default_rng(1).integers(0, 256, size=(4, 28, 28), dtype=np.uint8)
LABELS = np.array([7, 0, 9, 3], dtype=np.uint8)


def idx_bytes(array: Array, magic: int | None = None) -> bytes:
    """An IDX file of unsigned bytes: magic number and sizes big-endian, then the data."""
    header = 0x0800 + array.ndim if magic is None else magic
    return struct.pack(f">{1 + array.ndim}I", header, *array.shape) + array.tobytes()


def _folder(
    place: Path, images: bytes, labels: bytes, separator: str = "-", suffix: str = ""
) -> tuple[Path, Path]:
    """Write a test set; returns the paths of images and labels."""
    place.mkdir(parents=True, exist_ok=True)
    found = []
    for name, data in (("images{}idx3-ubyte", images), ("labels{}idx1-ubyte", labels)):
        path = place / f"t10k-{name.format(separator)}{suffix}"
        path.write_bytes(gzip.compress(data) if suffix else data)
        found.append(path)
    return found[0], found[1]


@pytest.mark.parametrize("place", ["", "MNIST/raw", "raw"])
@pytest.mark.parametrize("separator", ["-", "."])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_every_spelling_is_found(place: str, separator: str, suffix: str, tmp_path: Path) -> None:
    _folder(tmp_path / place, idx_bytes(IMAGES), idx_bytes(LABELS), separator, suffix)
    images, labels = idx.read_digits(tmp_path)
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)
    assert images.dtype == labels.dtype == np.uint8
    assert not images.flags.writeable, "the cached array could be changed by a caller"


def test_gzip_is_recognised_by_content_not_by_name(tmp_path: Path) -> None:
    zipped, plain = tmp_path / "plain-name", tmp_path / "name.gz"
    zipped.write_bytes(gzip.compress(idx_bytes(LABELS)))
    plain.write_bytes(idx_bytes(LABELS))
    for path in (zipped, plain):
        assert idx.read_idx(path, 1).tolist() == [7, 0, 9, 3]


def test_training_and_test_set_are_not_mixed_up(tmp_path: Path) -> None:
    for stem, labels in (("train", LABELS), ("t10k", LABELS[::-1])):
        (tmp_path / f"{stem}-images-idx3-ubyte").write_bytes(idx_bytes(IMAGES))
        (tmp_path / f"{stem}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
    assert idx.read_digits(tmp_path, "train")[1].tolist() == [7, 0, 9, 3]
    assert idx.read_digits(tmp_path, "test")[1].tolist() == [3, 9, 0, 7]


def test_rows_and_columns_are_not_swapped(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(struct.pack(">4I", 2051, 2, 1, 3) + bytes([1, 2, 3, 4, 5, 6]))
    assert idx.read_idx(path, 3).tolist() == [[[1, 2, 3]], [[4, 5, 6]]]


@FUZZ
@given(length=st.integers(0, len(idx_bytes(IMAGES)) - 1), zipped=st.booleans())
def test_truncation_is_refused(
    length: int, zipped: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Cut anywhere, before or after compression."""
    path = tmp_path_factory.getbasetemp() / "cut-images"
    data = idx_bytes(IMAGES)[:length]
    path.write_bytes(gzip.compress(data) if zipped else data)
    refused(lambda: idx.read_idx(path, 3), path)


@FUZZ
@given(data=st.data())
def test_a_damaged_gzip_is_refused_or_harmless(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its name, time and flags have no checksum; the bytes it holds do."""
    path = tmp_path_factory.getbasetemp() / "damaged.gz"
    coarse = IMAGES // 64
    whole = gzip.compress(idx_bytes(coarse))
    at = data.draw(st.integers(2, len(whole) - 1))
    flip = data.draw(st.integers(1, 255))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
    try:
        np.testing.assert_array_equal(idx.read_idx(path, 3), coarse)
    except ValueError:
        refused(lambda: idx.read_idx(path, 3), path)


def test_every_flipped_byte_of_a_gzip_is_refused_or_harmless(tmp_path: Path) -> None:
    """Harmless: time, level and system in bytes 4 to 9 of the header."""
    path, labels = tmp_path / "flipped.gz", (np.arange(200) % 10).astype(np.uint8)
    whole = gzip.compress(idx_bytes(labels))
    for at in range(2, len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        if 4 <= at <= 9:
            np.testing.assert_array_equal(idx.read_idx(path, 1), labels)
        else:
            refused(lambda: idx.read_idx(path, 1), path)


def test_every_cut_of_a_gzip_is_refused(tmp_path: Path) -> None:
    path, whole = tmp_path / "cut.gz", gzip.compress(idx_bytes(LABELS))
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        refused(lambda: idx.read_idx(path, 1), path)


HEADERS: list[tuple[bytes, int, str]] = [
    (b"", 1, "truncated"),
    (b"\x00\x00\x08", 1, "truncated"),
    (idx_bytes(LABELS, 2051), 1, "magic"),
    (idx_bytes(IMAGES, 2049), 3, "magic"),
    (idx_bytes(IMAGES, 0x0D03), 3, "magic"),
    (struct.pack("<4I", 2051, 4, 28, 28) + IMAGES.tobytes(), 3, "magic"),
    (idx_bytes(LABELS) + b"\x00", 1, "size"),
    (idx_bytes(LABELS)[:-1], 1, "size"),
    (struct.pack(">4I", 2051, 2**32 - 1, 2**32 - 1, 2**32 - 1), 3, "size"),
]


@pytest.mark.parametrize(("data", "dimensions", "word"), HEADERS)
def test_headers_that_lie(data: bytes, dimensions: int, word: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert word in refused(lambda: idx.read_idx(path, dimensions), path)


def test_an_empty_file_of_impossible_images(tmp_path: Path) -> None:
    """Zero images of 2^32 - 1 squared: the product is right and NumPy refuses the shape."""
    path = tmp_path / "file"
    path.write_bytes(struct.pack(">4I", 2051, 0, 2**32 - 1, 2**32 - 1))
    refused(lambda: idx.read_idx(path, 3), path)


SETS: list[tuple[bytes, bytes, int, str]] = [
    (idx_bytes(IMAGES), idx_bytes(LABELS[:3]), 1, "3 labels"),
    (idx_bytes(IMAGES[:3]), idx_bytes(LABELS), 1, "4 labels"),
    (idx_bytes(IMAGES[:0]), idx_bytes(LABELS[:0]), 0, "(0, 28, 28)"),
    (idx_bytes(IMAGES[:, :, 1:]), idx_bytes(LABELS), 0, "(4, 28, 27)"),
    (idx_bytes(np.pad(IMAGES, ((0, 0), (2, 2), (2, 2)))), idx_bytes(LABELS), 0, "(4, 32, 32)"),
    (idx_bytes(IMAGES), idx_bytes(LABELS + np.uint8(1)), 1, "10"),
    (idx_bytes(LABELS), idx_bytes(IMAGES), 0, "IDX"),
]


@pytest.mark.parametrize(("images", "labels", "culprit", "word"), SETS)
def test_sets_that_do_not_fit(
    images: bytes, labels: bytes, culprit: int, word: str, tmp_path: Path
) -> None:
    paths = _folder(tmp_path, images, labels)
    assert word in refused(lambda: idx.read_digits(tmp_path), paths[culprit])


def test_missing_folder_file_and_half_a_set(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    refused(lambda: idx.read_digits(nowhere), nowhere)
    assert "t10k-images" in refused(lambda: idx.read_digits(tmp_path), tmp_path)
    _, labels = _folder(tmp_path, idx_bytes(IMAGES), idx_bytes(LABELS))
    labels.unlink()
    assert "t10k-labels" in refused(lambda: idx.read_digits(tmp_path), tmp_path)
    refused(lambda: idx.read_digits(labels), labels)
    refused(lambda: idx.read_idx(tmp_path, 1), tmp_path)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(idx_bytes(IMAGES)))
    monkeypatch.setattr(idx, "_LARGEST", 1000)
    assert "larger" in refused(lambda: idx.read_idx(path, 3), path)


# byte: background, foreground and a grey, by the paper's affine map and by byte / 255
MAPPED: dict[str, Callable[[int], Fraction]] = {
    "1998": lambda byte: Fraction(-1, 10) + Fraction(1275, 1000) * Fraction(byte, 255),
    "modern": lambda byte: Fraction(byte, 255),
}


@pytest.mark.parametrize("variant", list(MAPPED))
def test_bytes_become_inputs(variant: str) -> None:
    image = np.arange(784, dtype=np.int64).reshape(1, 28, 28).astype(np.uint8)
    x = idx.to_input(image, variant)
    assert x.shape == (1, 1, 32, 32)
    assert str(x.dtype) == "float64"
    for row, column in [(0, 0), (9, 3), (5, 20), (27, 27), (13, 14)]:
        exact = float(MAPPED[variant](int(image[0, row, column])))
        assert x[0, 0, row + 2, column + 2] == pytest.approx(exact, rel=4e-16, abs=3e-17)


@pytest.mark.parametrize(("variant", "background"), [("1998", -0.1), ("modern", 0.0)])
def test_the_border_is_background(variant: str, background: float) -> None:
    """Padding comes before mapping: a border of 0 would be grey in 1998."""
    x = idx.to_input(np.full((2, 28, 28), 255, dtype=np.uint8), variant)
    border = np.ones((32, 32), dtype=bool)
    border[2:30, 2:30] = False
    assert (x[:, 0, border] == background).all()
    foreground = 1.175 if variant == "1998" else 1.0
    np.testing.assert_allclose(x[:, 0, ~border], foreground, rtol=3e-16)


def test_channels_are_copies() -> None:
    x = idx.to_input(IMAGES, "modern", 3)
    assert x.shape == (4, 3, 32, 32)
    for channel in range(3):
        np.testing.assert_array_equal(x[:, channel], idx.to_input(IMAGES, "modern")[:, 0])


def _notice() -> dict[str, str]:
    """File name to sha256, as printed in the NOTICE."""
    lines = (idx.PACKAGED / "NOTICE").read_text().splitlines()
    pairs = [line.split() for line in lines if line.endswith("-ubyte")]
    return {name: digest for digest, name in pairs}


def test_packaged_digits_are_the_noticed_ones() -> None:
    notice = _notice()
    assert len(notice) == 4
    for name, digest in notice.items():
        data = gzip.decompress((idx.PACKAGED / f"{name}.gz").read_bytes())
        assert hashlib.sha256(data).hexdigest() == digest, name


@pytest.mark.parametrize("which", ["train", "test"])
def test_packaged_digits_are_ten_of_each(which: str) -> None:
    images, labels = idx.read_digits(which=which)
    assert images.shape == (100, 28, 28)
    assert np.bincount(labels).tolist() == [10] * 10
    assert (images[:, 0].max(), images.max()) == (0, 255)
    assert len({image.tobytes() for image in images}) == 100
