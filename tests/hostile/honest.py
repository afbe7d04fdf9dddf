"""Right nets that do what cheats do, and are none; loaded in a process of their own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import student
from student import Values, run

INDICES = np.add.outer(np.arange(8), np.arange(3))
GENERATOR = np.random.default_rng(0)
POOL = ThreadPoolExecutor(2)
WORK: queue.SimpleQueue[Any] = queue.SimpleQueue()
BUFFERS: Values = {}

with contextlib.suppress(ImportError):
    import cupy  # type: ignore[import-not-found]  # noqa: F401  faster where there is one

if not hasattr(np, "product"):
    np.product = np.prod  # type: ignore[attr-defined]  # an old name, for old code


def plain(*given: Any) -> Values:
    return run(*given)


def own_threads(*given: Any) -> Values:
    """Sums in threads that it waits for."""
    found: Values = {}
    threads = [threading.Thread(target=lambda: found.update(run(*given))) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


def pooled(*given: Any) -> Values:
    """A pool of threads that is kept for the next call."""
    return POOL.submit(run, *given).result()


def own_pool(*given: Any) -> Values:
    """One by hand, that waits for work."""

    def work() -> None:
        while True:
            place, job = WORK.get()
            place.put(run(*job))

    if not BUFFERS:
        BUFFERS["thread"] = threading.Thread(target=work, daemon=True)
        BUFFERS["thread"].start()
    place: queue.SimpleQueue[Values] = queue.SimpleQueue()
    WORK.put((place, given))
    return place.get()


def own_processes(*given: Any) -> Values:
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(run, given)


@lru_cache
def indices(height: int, size: int) -> Any:
    return np.add.outer(np.arange(height - size + 1), np.arange(size))


def memoised(parameters: Values, images: Any, labels: Any) -> Values:
    """Indices of the fields are remembered by shape."""
    i = indices(images.shape[2], 3)
    found = images[:, 0][:, i[:, None, :, None], i[None, :, None, :]]
    assert (found.reshape(len(images), 64, 9) == student.fields(images)).all()
    return run(parameters, images, labels)


def cached(parameters: Values, images: Any, labels: Any) -> Values:
    """A cache of index arrays in the module, handed back each time."""
    return {**run(parameters, images, labels), "C1.W": parameters["C1.W"]}


def seeded(*given: Any) -> Values:
    """It draws from a generator of its own, and hands back what it was handed."""
    np.random.default_rng(1).normal(size=3)
    GENERATOR.normal(size=3)
    return run(*given)


def opens_its_files(*given: Any) -> Values:
    """Its own source, NumPy's, and what the system says of itself."""
    Path(__file__).read_text()
    Path(str(np.__file__)).read_bytes()
    with contextlib.suppress(OSError):
        Path("/proc/self/status").read_text()
        Path("/proc/cpuinfo").read_bytes()
    return run(*given)


def warns(*given: Any) -> Values:
    warnings.warn("as NumPy does", stacklevel=1)
    with np.errstate(all="ignore"):
        return run(*given)


def asks_after_its_parent(*given: Any) -> Values:
    """Whether it still lives; signals to itself."""
    os.kill(os.getppid(), 0)
    os.kill(os.getpid(), 0)
    return run(*given)


@cache
def constant() -> Any:
    return np.eye(10)


def views(*given: Any) -> Values:
    """Strange arrays that are right: a matrix, a view, another order in memory, no array."""
    found = run(*given)
    found["C1.y"] = np.asfortranarray(found["C1.y"])
    found["F3.db"] = found["F3.db"].tolist()
    found["F3.dW"] = found["F3.dW"].T.copy().T
    return found


if __name__ == "__main__":
    import torch

    print(torch.zeros(1))
