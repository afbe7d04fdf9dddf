"""Read the IDX files of MNIST, plain or gzipped, under any of their usual names."""

from __future__ import annotations

import functools
import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from verify.errors import InputError

__all__ = ["PACKAGED", "Bytes", "find", "fingerprint", "read_digits", "read_idx", "to_input"]
Bytes = NDArray[np.uint8]
PACKAGED = Path(__file__).parent / "digits"
_SETS = {"train": "train", "test": "t10k"}
_LARGEST = 2**30


def read_idx(path: Path, dimensions: int) -> Bytes:
    """One IDX file of unsigned bytes as an array.

    Args:
        path: the file; gzip is recognised by its first two bytes, not by its name.
        dimensions: 3 for images (magic 2051), 1 for labels (magic 2049).
    Raises:
        InputError: unreadable, damaged, wrong magic number, shorter or longer than it says.
    """
    data = _contents(path)
    magic = 0x0800 + dimensions
    header = 4 + 4 * dimensions
    if len(data) < header:
        raise InputError("truncated IDX header", where=str(path), got=f"{len(data)} bytes",
                         expected=f"at least {header}")  # fmt: skip
    found, *shape = struct.unpack(f">{dimensions + 1}I", data[:header])
    if found != magic:
        raise InputError("wrong IDX magic number", where=str(path), got=found, expected=magic)
    if len(data) - header != math.prod(shape):
        raise InputError("IDX size differs from its header", where=str(path),
                         got=f"{len(data) - header} bytes of data",
                         expected=f"{math.prod(shape)} for shape {tuple(shape)}")  # fmt: skip
    try:
        return np.frombuffer(data, dtype=np.uint8, offset=header).reshape(shape)
    except ValueError:
        raise InputError("impossible IDX shape", where=str(path), got=tuple(shape)) from None


def _contents(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        if raw[:2] != b"\x1f\x8b":
            return raw
        with gzip.open(path) as file:
            data = file.read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from None
    if len(data) > _LARGEST:
        raise InputError("larger than 1 GiB when unpacked", where=str(path))
    return data


def find(folder: Path, stem: str, kind: str) -> Path:
    """The file ``<stem>-<kind>`` in a folder or its MNIST/raw, dash or dot, plain or .gz.

    Raises:
        InputError: there is none.
    """
    for place in (folder, folder / "MNIST" / "raw", folder / "raw"):
        for name in (f"{stem}-{kind}", f"{stem}-{kind.replace('-idx', '.idx')}"):
            for suffix in ("", ".gz"):
                if (place / (name + suffix)).is_file():
                    return place / (name + suffix)
    raise InputError("no such IDX file", where=str(folder), expected=f"{stem}-{kind}[.gz]",
                     fix="point --data at a folder with the four MNIST files")  # fmt: skip


@functools.cache
def fingerprint(folder: Path) -> str:
    """A hash of the digits of the test set, wherever they are."""
    return hashlib.sha256(b"".join(each.tobytes() for each in read_digits(folder))).hexdigest()


def read_digits(folder: Path = PACKAGED, which: str = "test") -> tuple[Bytes, Bytes]:
    """Images (N, 28, 28) and labels (N,), bytes, of the training or the test set.

    Args:
        which: "train" or "test".
    Raises:
        InputError: a file is missing or damaged, or the counts differ.
    """
    if not folder.is_dir():
        raise InputError("not a folder", where=str(folder), expected="a folder of IDX files")
    stem = _SETS[which]
    images_path = find(folder, stem, "images-idx3-ubyte")
    labels_path = find(folder, stem, "labels-idx1-ubyte")
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if len(images) != len(labels):
        raise InputError("images and labels differ in number", where=str(labels_path),
                         got=f"{len(labels)} labels", expected=f"{len(images)}")  # fmt: skip
    if images.shape[1:] != (28, 28) or len(images) == 0:
        raise InputError("not MNIST images", where=str(images_path), got=images.shape,
                         expected="(N, 28, 28), N >= 1")  # fmt: skip
    if labels.max() > 9:
        raise InputError("label out of range", where=str(labels_path), got=int(labels.max()),
                         expected="0 to 9")  # fmt: skip
    return images, labels


def to_input(
    images: Bytes, variant: str, channels: int = 1, size: tuple[int, int] = (32, 32)
) -> NDArray[np.float64]:
    """Bytes as network input (N, channels, H, W): padded with background or cropped, then mapped.

    1998: x = -0.1 + 1.275 byte/255, background -0.1, foreground 1.175 (paper, section II-B).
    Others: x = byte/255.  Padding comes first, so the border is background too.
    """
    padded = _fitted(images, size).astype(np.float64)[:, None] / 255
    x = -0.1 + 1.275 * padded if variant == "1998" else padded
    return np.repeat(x, channels, axis=1)


def _fitted(images: Bytes, size: tuple[int, int]) -> Bytes:
    """The middle of the images, on background where they are smaller: (N, H, W)."""
    for axis, wanted in enumerate(size, 1):
        more = wanted - images.shape[axis]
        before = abs(more) // 2
        if more < 0:
            images = images.take(range(before, before + wanted), axis)
        else:
            room = [(0, 0)] * 3
            room[axis] = (before, more - before)
            images = np.pad(images, room)
    return images
