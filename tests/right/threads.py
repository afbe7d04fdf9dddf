"""Threads that add their part of each sum to a shared total, whoever comes first, with a lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np

from tests.right.fields import as_rows
from tests.right.products import Products
from tests.right.wiring import Array, Arrays, run

WORKERS = 3


class Threads(Products):
    """Parts of the inner axis, interleaved, one for each worker."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool, self.lock = pool, Lock()

    def added(self, total: Array, part: Callable[[slice], Array]) -> Array:
        """The total, with the part of every worker added to it."""

        def work(worker: int) -> None:
            mine = part(slice(worker, None, WORKERS))
            with self.lock:
                np.add(total, mine, out=total)

        list(self.pool.map(work, range(WORKERS)))
        return total

    def product(self, a: Array, b: Array) -> Array:
        """a @ b."""
        total = np.zeros((len(a), b.shape[1]), a.dtype)
        return self.added(total, lambda part: a[:, part] @ b[part])

    def to_biases(self, dz: Array) -> Array:
        rows = as_rows(dz)
        db = np.zeros(dz.shape[1], dz.dtype)
        return self.added(db, lambda part: rows[part].sum(axis=0))


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return run(Threads(pool), parameters, images, labels, reg)
