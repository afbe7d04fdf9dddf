"""``.npy``: one array, its name the file's.  Parsed by NumPy, never unpickled."""

from __future__ import annotations

from lenet_ref import storage
from verify.exchange.places import ArrayFile, Found, Named


def arrays(file: ArrayFile) -> Found:
    """The array, if its name is known."""
    shape = file.room(file.name)
    if shape is not None:
        yield Named(file.name, storage.array(file.array(shape), file.where))
