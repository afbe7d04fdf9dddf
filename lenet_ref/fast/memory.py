"""Freed memory stays with the process, so that the next step need not ask the system again."""

from __future__ import annotations

from functools import cache

import numpy as np

LARGEST = 31 << 20
"""Bytes: the C library of Linux learns from blocks below 32 MiB."""


@cache
def keep_freed() -> None:
    """Ask for one large block and give it back; it is never touched and takes no memory.

    The C library returns freed memory to the system, and the next step pays for every page of it
    again: half of its time for 8 images in float64.  Its threshold rises to twice the largest
    block it has seen freed.  Where an allocator does not learn, nothing happens.  A microsecond.
    """
    np.empty(LARGEST, dtype=np.uint8)
