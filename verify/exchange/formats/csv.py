"""``.csv``: as ``.txt``."""

from __future__ import annotations

from verify.exchange.formats import txt
from verify.exchange.places import Found, Handed


def arrays(file: Handed) -> Found:
    """As :func:`verify.exchange.formats.txt.arrays`."""
    return txt.arrays(file)
