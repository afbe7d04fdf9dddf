"""``.npz``: arrays by name, each unpacked no further than its tensor can be."""

from __future__ import annotations

from verify.exchange.archives import unpacked
from verify.exchange.places import ArrayFile, Found, Named


def arrays(file: ArrayFile) -> Found:
    """Its members whose names are known."""
    place = file.place
    for name, value in unpacked(lambda: place.opened(place.most), file.where, file.room):
        yield Named(name, value)
