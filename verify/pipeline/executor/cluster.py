"""A Dask cluster: workers of other machines, or of this one.

Scheduling, the death of a worker and what it was at are Dask's affair.  Ours is that results are
the same: each comes with a digest of what its worker would compute with.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, chdir, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path
from typing import Any

from verify.cases import pace
from verify.errors import InputError
from verify.pipeline.executor.interface import (
    TRIES,
    Executor,
    Lost,
    Result,
    Task,
    unanswered,
)
from verify.pipeline.executor.serving import undisturbed
from verify.pipeline.executor.versions import difference, digest, processor, versions

try:
    import dask
    from distributed import Client, Future, KilledWorker, LocalCluster
    from distributed.comm.core import CommClosedError
except ImportError as missing:
    raise InputError("dask.distributed is not installed", where="--dask",
                     fix="pip install lenet-verify[scale]") from missing  # fmt: skip

__all__ = ["AHEAD", "PATIENCE", "Cluster", "performed"]
AHEAD = 4
"""Tasks that are begun for each worker before the first result is taken."""
PATIENCE = 20.0
"""Seconds until a scheduler answers, and until it has a worker."""
_ONE = threading.Lock()
"""A worker has several threads unless it is told otherwise; planted mistakes, the folder that we
are in and the threads of PyTorch are the whole process's."""


def performed(work: Callable[[Any], Any], task: Any, folder: str) -> tuple[str, Any]:
    """One task, by a worker; and by what it was computed."""
    import torch

    with _ONE, chdir(folder) if Path(folder).is_dir() else nullcontext():
        torch.set_num_threads(1)
        return digest(), work(task)


def _told() -> tuple[dict[str, str], str]:
    """By a worker: what it would compute with."""
    return versions(), processor()


def _exists(name: str) -> bool:
    return Path(name).exists()


@dataclass(frozen=True)
class Cluster(Executor):
    """address: of a scheduler; None: of a cluster of this machine's, with so many workers;
    folder: that they write to; remark: hears what is to be known of them."""

    address: str | None
    jobs: int = 1
    folder: Path | None = None
    remark: Callable[[str], None] = lambda text: None

    @contextmanager
    def results(
        self,
        work: Callable[[Task], Result],
        tasks: Iterable[Task],
        lost: Lost | None = None,
    ) -> Iterator[Iterator[Result]]:
        """As Dask gives the tasks to its workers.

        Raises:
            InputError: no scheduler or no worker there, workers of other versions, or the cluster
                ended before the work.
        """
        with self._client() as client:
            self._compared(client)
            self._seen(client)
            window = AHEAD * max(1, sum(client.nthreads().values()))
            yield self._taken(client, work, iter(tasks), lost or unanswered, window)

    @contextmanager
    def _client(self) -> Iterator[Client]:
        settings = {"distributed.scheduler.allowed-failures": TRIES - 1,
                    "distributed.comm.timeouts.connect": f"{PATIENCE:g}s"}  # fmt: skip
        with ExitStack() as stack:
            stack.enter_context(dask.config.set(settings))
            where: Any = self.address
            for _ in pace.paced([where], "waiting for the cluster"):
                try:
                    if where is None:
                        stack.enter_context(_restored())
                        where = stack.enter_context(_local(self.jobs))
                    client = Client(where, timeout=PATIENCE, set_as_default=False)
                    stack.enter_context(client)
                    client.wait_for_workers(1, timeout=PATIENCE)
                except (OSError, TimeoutError, ValueError) as error:
                    raise self._absent(error) from None
            yield client

    def _absent(self, error: Exception) -> InputError:
        return InputError("no cluster with a worker answers", where=f"--dask {self.address}",
                          got=f"{type(error).__name__}: {error}"[:200],
                          fix="start a scheduler and workers: dask scheduler; dask worker"
                          " tcp://HOST:PORT")  # fmt: skip

    def _compared(self, client: Client) -> None:
        """Whoever computes with something else is refused; of another processor it is told."""
        for where, (theirs, kind) in sorted(client.run(_told).items()):
            if other := difference(theirs):
                raise InputError("a worker computes with something else", where=where, got=other,
                                 fix="install the same versions there; the scheduler's nanny sets"
                                 " the threads")  # fmt: skip
            if kind != processor():
                self.remark(f"{where} is {kind}, this is {processor()}: last digits may differ")

    def _seen(self, client: Client) -> None:
        """The workers see the folder that they are to write to."""
        if self.folder is None:
            return
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".seen.") as file:
            seen = client.run(_exists, str(Path(file.name).absolute()))
        if blind := [where for where, found in sorted(seen.items()) if not found]:
            raise InputError("a worker does not see the folder of the reports", where=blind[0],
                             got=self.folder, fix="let --out be on a file system that all share"
                             )  # fmt: skip

    def _taken(
        self, client: Client, work: Callable[[Any], Any], tasks: Iterator[Any], lost: Lost,
        window: int,
    ) -> Iterator[Any]:  # fmt: skip
        here = str(Path.cwd())

        def begun(task: Any) -> tuple[Any, Future[Any]]:
            return task, client.submit(performed, work, task, here, pure=False)

        going = deque(begun(task) for task in islice(tasks, window))
        try:
            while going:
                task, future = going.popleft()
                try:
                    yield self._result(future)
                except KilledWorker:
                    yield self._alone(task, begun, [each for _, each in going], lost)
                going.extend(begun(each) for each in islice(tasks, 1))
        finally:
            with suppress(Exception):
                client.cancel([future for _, future in going])

    def _alone(
        self, task: Any, begun: Callable[[Any], tuple[Any, Future[Any]]],
        going: Iterable[Future[Any]], lost: Lost,
    ) -> Any:  # fmt: skip
        """Its result, or what it comes to.  A death counts against whatever its worker had, so it
        is tried again when nothing is beside it."""
        for each in going:
            with suppress(Exception):  # when it is its turn
                self._waited(each)
        try:
            return self._result(begun(task)[1])
        except KilledWorker as error:
            return lost(task, f"ended: {error.last_worker.address}")

    def _waited(self, future: Future[Any]) -> Any:
        """The result, as long as there is a worker that may have it.

        Raises:
            CancelledError: there has been none for a while.
        """
        since = time.monotonic()
        while True:
            try:
                return future.result(timeout=PATIENCE)
            except TimeoutError:
                if future.client.nthreads():
                    since = time.monotonic()
                elif time.monotonic() - since > PATIENCE:
                    raise CancelledError from None

    def _result(self, future: Future[Any]) -> Any:
        try:
            computed_by, result = self._waited(future)
        except (CancelledError, CommClosedError):
            raise InputError("the cluster is gone", where=f"--dask {self.address or 'local'}",
                             fix="rows so far are kept; a sweep goes on with --resume"
                             ) from None  # fmt: skip
        if computed_by != digest():
            raise InputError("a worker that came later computes with something else",
                             where=f"--dask {self.address or 'local'}",
                             fix="install the same versions there")  # fmt: skip
        return result


def _local(jobs: int) -> LocalCluster:
    """Worker processes of one thread, on loopback.  A Ctrl-C at a terminal is for the process that
    asked, which ends them: what is started while it waits never hears of it."""
    ensure_running()  # else it starts with the first worker, and lets the signal through again
    with undisturbed({signal.SIGINT}):
        return LocalCluster(n_workers=jobs, threads_per_worker=1, processes=True,
                            host="127.0.0.1", dashboard_address="127.0.0.1:0",
                            silence_logs="CRITICAL")  # fmt: skip


@contextmanager
def _restored() -> Iterator[None]:
    """Dask sets variables of the environment for its workers, and leaves them."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
