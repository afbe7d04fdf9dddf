"""``.pth``: as ``.pt``."""

from __future__ import annotations

from verify.exchange.formats import pt
from verify.exchange.places import ArrayFile, Found


def arrays(file: ArrayFile) -> Found:
    """As :func:`verify.exchange.formats.pt.arrays`."""
    return pt.arrays(file)
