"""A real cluster of Dask, on loopback, and an environment as the command has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

pytest.importorskip("distributed")
import dask
from distributed import LocalCluster

from verify.pipeline.executor import versions
from verify.pipeline.executor.cluster import _restored
from verify.subjects.leftovers import THREADS


@contextmanager
def local(workers: int, threads: int = 1) -> Iterator[LocalCluster]:
    """So many worker processes, all of them there, one death of which may be of another's making;
    Dask's variables end with it."""
    with (
        _restored(),
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=workers, threads_per_worker=threads, processes=True,
                     host="127.0.0.1", dashboard_address="127.0.0.1:0",
                     silence_logs="CRITICAL") as found,
    ):  # fmt: skip
        if workers:
            found.wait_for_workers(workers)
        yield found


@contextmanager
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As the command sets it, and as Dask's nanny does; what is remembered is of that."""
    known = versions.versions, versions.digest
    for each in known:
        each.cache_clear()
    for name in THREADS:
        monkeypatch.setenv(name, "1")
    yield
    for each in known:
        each.cache_clear()
