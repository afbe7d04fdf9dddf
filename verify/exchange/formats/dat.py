"""``.dat``: as ``.txt``."""

from __future__ import annotations

from verify.exchange.formats import txt
from verify.exchange.places import ArrayFile, Found


def arrays(file: ArrayFile) -> Found:
    """As :func:`verify.exchange.formats.txt.arrays`."""
    return txt.arrays(file)
