"""``.pth``: as ``.pt``."""

from __future__ import annotations

from verify.exchange.formats import pt
from verify.exchange.places import Found, Handed


def arrays(file: Handed) -> Found:
    """As :func:`verify.exchange.formats.pt.arrays`."""
    return pt.arrays(file)
