"""Save and load parameters as .npz, without pickles, never leaving half a file."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.errors import StorageError
from lenet_ref.types import Parameters


def write_atomically(path: Path, data: bytes) -> None:
    """Write to a temporary name in the same folder and rename: all or nothing.

    Raises:
        StorageError: the folder cannot be made or written to.
    """
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise StorageError(f"cannot be written: {error.strerror}", where=str(path)) from None
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def save(path: Path, parameters: Parameters) -> None:
    """Write parameters as an .npz of ``<layer>.W`` and ``<layer>.b``."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{name: np.asarray(v) for name, v in parameters.items()})
    write_atomically(path, buffer.getvalue())


def load(path: Path) -> dict[str, NDArray[Any]]:
    """Read an .npz; the caller checks names, shapes and values against a network.

    Raises:
        StorageError: missing, damaged, not an .npz, or holding pickled objects.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise StorageError("not an .npz archive", where=str(path), got="a single array")
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError:
        raise StorageError("no such file", where=str(path)) from None
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError) as error:
        if isinstance(error, StorageError):
            raise
        hint = "pickles are never loaded" if "pickle" in str(error) else "the file is damaged"
        raise StorageError(
            "not a readable .npz archive", where=str(path), got=hint, expected="numpy.savez output"
        ) from None
