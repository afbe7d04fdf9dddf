"""Table I of the paper: which S2 maps each C3 map reads."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["TABLE_I", "Table", "mask"]
Table = tuple[tuple[int, ...], ...]

TABLE_I: Table = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)  # fmt: skip


@cache
def mask(table: Table, maps_in: int) -> NDArray[np.bool_]:
    """(maps out, maps in), True at a connection; read-only.  Eq. H-C3-mask."""
    links = np.zeros((len(table), maps_in), dtype=bool)
    for k, sources in enumerate(table):
        links[k, list(sources)] = True
    links.flags.writeable = False
    return links
