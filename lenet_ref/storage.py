"""Save and load parameters as .npz, without pickles, never leaving half a file."""

from __future__ import annotations

import io
import lzma
import math
import os
import tempfile
import warnings
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.door import opened, reason
from lenet_ref.errors import StorageError
from lenet_ref.types import Parameters

__all__ = ["DATE", "LARGEST", "MOST_BYTES", "UNREADABLE", "array", "load", "replaceable", "save",
           "write_atomically"]  # fmt: skip
DATE = (1980, 1, 1, 0, 0, 0)
"""Of every member, so that the same parameters give the same bytes: the first a ZIP can hold."""


def write_atomically(path: Path, data: bytes) -> None:
    """Write to a temporary name in the same folder and rename: all or nothing.

    Raises:
        StorageError: the folder cannot be made or written to, the disk is full, or something
            other than a file has that name.
    """
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replaceable(path)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise StorageError(f"cannot be written: {reason(error)}", where=str(path)) from None
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def replaceable(path: Path) -> None:
    """Renaming would put a file in place of a device or a pipe, and fails for a folder.

    Raises:
        StorageError: something other than a file has that name.
    """
    if path.exists() and not path.is_file():
        raise StorageError("cannot be written: not a regular file", where=str(path))


def save(path: Path, parameters: Parameters) -> None:
    """Write parameters as an .npz of ``<layer>.W`` and ``<layer>.b``.

    Raises:
        StorageError: an entry is not an array of numbers, or the file cannot be written.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, value in parameters.items():
            try:
                member = io.BytesIO()
                np.lib.format.write_array(member, np.asanyarray(value), allow_pickle=False)
            except ValueError as error:
                raise StorageError(f"cannot be stored: {error}", where=f"{path}: {name}") from None
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", DATE), member.getvalue())
    write_atomically(path, buffer.getvalue())


def load(path: Path) -> dict[str, NDArray[Any]]:
    """Read an .npz; the caller checks names, shapes and values against a network.

    Every member is read whole, so that its checksum is verified, before its header is believed.

    Raises:
        StorageError: missing, damaged, too large, not an .npz, or holding pickled objects.
    """
    try:
        with opened(path, MOST_BYTES) as file, zipfile.ZipFile(file) as archive:
            _plausible(archive.infolist(), path)
            return dict(_member(archive, info, path) for info in archive.infolist())
    except zipfile.BadZipFile as error:
        raise StorageError(
            f"not a readable .npz archive: {error}",
            where=str(path),
            expected="numpy.savez output; pickles are never loaded",
        ) from None
    except StorageError:
        raise
    except (*UNREADABLE, ValueError, MemoryError) as error:
        raise StorageError(f"cannot be read: {error}", where=str(path)) from None


def _plausible(entries: list[zipfile.ZipInfo], path: Path) -> None:
    names = Counter(info.filename for info in entries)
    if doubled := [name for name, count in names.items() if count > 1]:
        raise StorageError("two entries of one name", where=f"{path}: {min(doubled)}")
    if sum(info.file_size for info in entries) > LARGEST:
        raise StorageError("larger than 1 GiB when unpacked", where=str(path))


UNREADABLE = (
    *(OSError, EOFError, zlib.error, lzma.LZMAError),
    *(NotImplementedError, RuntimeError, UnicodeDecodeError),
)
"""What zipfile raises for damaged or unusual archives."""
MOST_BYTES = 2**32
"""Bytes of an archive of parameters."""
LARGEST = 2**30
"""Bytes of all members when unpacked, and zipfile unpacks no more than an entry says; a LeNet-5
needs under a million."""


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path
) -> tuple[str, NDArray[Any]]:
    where = f"{path}: {info.filename}"
    if not info.filename.endswith(".npy"):
        raise StorageError("not an array", where=where, expected="names that end in .npy")
    return info.filename.removesuffix(".npy"), array(archive.read(info), where)


def array(data: bytes, where: str) -> NDArray[Any]:
    """One .npy from memory, its header held against the number of bytes.

    Raises:
        StorageError: damaged, or a pickle.
    """
    file = io.BytesIO(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about headers that other programs wrote
            return _parsed(file, len(data), where)
    except StorageError:
        raise
    except Exception as error:  # NumPy parses the header as Python and raises many kinds
        raise StorageError(f"damaged array: {error}"[:300], where=where) from None


def _parsed(file: io.BytesIO, held: int, where: str) -> NDArray[Any]:
    major, _ = np.lib.format.read_magic(file)
    formats = np.lib.format
    read = formats.read_array_header_1_0 if major == 1 else formats.read_array_header_2_0
    shape, _, dtype = read(file)
    if dtype.hasobject:
        raise StorageError("holds pickled objects, which are never loaded", where=where)
    promised, found = math.prod(shape) * dtype.itemsize, held - file.tell()
    if promised != found:
        raise StorageError("damaged", where=where, got=f"{found} bytes", expected=promised)
    file.seek(0)
    return formats.read_array(file, allow_pickle=False)
