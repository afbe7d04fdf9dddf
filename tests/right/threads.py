"""Threads that add their part of each sum to a shared total, whoever comes first, with a lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np

from tests.right.fields import as_rows, as_volume, gathered, scattered
from tests.right.wiring import Array, Arrays, Operations, run

WORKERS = 3


class Threads(Operations):
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

    def forward(self, x: Array, W: Array, b: Array) -> Array:
        rows = self.product(gathered(x, W.shape[2:]), W.reshape(len(W), -1).T) + b
        return as_volume(rows, x, W.shape[2:])

    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        return scattered(self.product(as_rows(dz), W.reshape(len(W), -1)), x, W.shape[2:])

    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        return self.product(as_rows(dz).T, gathered(x, W.shape[2:])).reshape(W.shape)

    def to_biases(self, dz: Array) -> Array:
        rows = as_rows(dz)
        db = np.zeros(dz.shape[1], dz.dtype)
        return self.added(db, lambda part: rows[part].sum(axis=0))


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return run(Threads(pool), parameters, images, labels, reg)
