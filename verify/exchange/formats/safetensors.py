"""``.safetensors``: arrays by name, parsed by the library of that name."""

from __future__ import annotations

from verify.cases import safetensors_files
from verify.exchange.places import ArrayFile, Found, Named


def arrays(file: ArrayFile) -> Found:
    """Its arrays whose names are known; a state_dict's C1.weight is C1.W.

    Raises:
        InputError: the library is not installed, or an array larger than its tensor can be.
        StorageError: damaged.
    """

    def wanted(name: str, numbers: int) -> bool:
        shape = file.room(file.called(name))
        if shape is not None:
            file.must_fit(name, numbers, shape)
        return shape is not None

    for name, value, note in safetensors_files.arrays(file.whole(), file.where, wanted):
        yield Named(file.called(name), value, note=note)
