"""A Dask cluster of two worker processes on loopback."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("distributed")
from distributed import Client, LocalCluster

from tests.verify.pipeline.executor.clusters import local, one_thread
from verify.errors import HarnessError, InputError
from verify.pipeline.executor import cluster as module
from verify.pipeline.executor import executor, unanswered, versions
from verify.pipeline.executor.cluster import Cluster

TASKS = 40


@pytest.fixture(scope="module")
def there() -> Iterator[LocalCluster]:
    with local(2, threads=2) as found:
        yield found


@pytest.fixture
def at(there: LocalCluster) -> Cluster:
    return Cluster(str(there.scheduler_address))


@pytest.fixture(autouse=True)
def as_the_command(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with one_thread(monkeypatch):
        yield


def late_first(task: int) -> tuple[int, int]:
    """The first takes longest."""
    time.sleep(0.2 if task == 0 else 0.0)
    return task, os.getpid()


def fragile(task: int, folder: str) -> int:
    """Kills its worker the first time that it is at some tasks."""
    mark = Path(folder) / str(task)
    if task in (5, 17) and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return -task


def deadly(task: int) -> int:
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return -task


def refused(task: int) -> int:
    raise InputError("no digits", where=str(task))


def alone(task: int, folder: str) -> int:
    """How many were at it at once, in one process; a planted mistake is the whole process's."""
    mark = Path(folder) / f"{os.getpid()}"
    with mark.open("x"):
        time.sleep(0.01)
    mark.unlink()
    return task


def test_results_come_in_the_order_of_the_tasks_from_other_processes(at: Cluster) -> None:
    with at.results(late_first, range(TASKS)) as found:
        told = list(found)
    assert [task for task, _ in told] == list(range(TASKS))
    assert os.getpid() not in {number for _, number in told}
    assert len({number for _, number in told}) > 1


def test_no_task_at_all(at: Cluster) -> None:
    with at.results(late_first, ()) as found:
        assert list(found) == []


def test_a_worker_that_dies_loses_nothing(at: Cluster, tmp_path: Path) -> None:
    with at.results(partial(fragile, folder=str(tmp_path)), range(TASKS)) as found:
        assert list(found) == [-n for n in range(TASKS)]
    assert {path.name for path in tmp_path.iterdir()} == {"5", "17"}


def test_a_task_at_which_workers_keep_dying_is_lost(at: Cluster) -> None:
    """Dask counts a death against whatever its worker had; nobody else is lost."""
    with at.results(deadly, range(TASKS), lambda task, how: (task, how)) as found:
        results = list(found)
    told = results[3]
    assert results[:3] + results[4:] == [-n for n in range(TASKS) if n != 3]
    assert told[0] == 3 and told[1].startswith("ended: tcp://127.0.0.1:")
    with pytest.raises(HarnessError, match="2 workers ended at the same task; the last ended: tcp"):
        unanswered(*told)


def test_an_error_of_a_task_is_ours(at: Cluster) -> None:
    with pytest.raises(InputError, match="7: no digits"), at.results(refused, [7]) as found:
        list(found)


def test_a_worker_does_one_task_at_a_time_whatever_its_threads(at: Cluster, tmp_path: Path) -> None:
    with at.results(partial(alone, folder=str(tmp_path)), range(TASKS)) as found:
        assert list(found) == list(range(TASKS))


def test_who_computes_with_something_else_is_refused(
    at: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = versions.versions()
    monkeypatch.setattr(
        module,
        "difference",
        lambda theirs: "" if theirs["torch"] != here["torch"] else "torch 1 (here 9.9)",
    )
    with pytest.raises(InputError, match=r"127.0.0.1.*torch .*\(here 9.9\)"), at.results(abs, [1]):
        pass


def test_who_comes_later_is_refused_too(at: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that took the place of one that died."""
    monkeypatch.setattr(module, "digest", lambda: "other")
    with (
        pytest.raises(InputError, match="a worker that came later computes with something else"),
        at.results(abs, [-1, -2]) as found,
    ):
        list(found)


def test_another_processor_is_said(there: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "processor", lambda: "abacus")
    said: list[str] = []
    with Cluster(str(there.scheduler_address), remark=said.append).results(abs, [-1]) as found:
        assert list(found) == [1]
    assert said and all("this is abacus: last digits may differ" in s for s in said)


def test_a_folder_that_workers_do_not_see_is_refused(
    there: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sees = Cluster(str(there.scheduler_address), folder=tmp_path)
    with sees.results(abs, [-1]) as found:
        assert list(found) == [1]
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(module, "_exists", _blind)
    with pytest.raises(InputError, match="does not see the folder"), sees.results(abs, [-1]):
        pass


@pytest.mark.parametrize("name", ["distributed", "dask"])
def test_without_dask_it_is_said(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, module.__name__)
    with pytest.raises(InputError, match=r"--dask: .* not installed; pip install .*\[scale\]"):
        executor(2, "local")


def _blind(name: str) -> bool:
    return False


def test_an_address_where_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    nobody = executor(1, "tcp://127.0.0.1:1")
    with (
        pytest.raises(InputError, match="no cluster with a worker answers"),
        nobody.results(abs, [1]),
    ):
        pass


def test_a_scheduler_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 1.0)
    with (
        local(0) as empty,
        pytest.raises(InputError, match="no cluster with a worker answers"),
        Cluster(str(empty.scheduler_address)).results(abs, [1]),
    ):
        pass


def test_a_cluster_that_goes_away_is_said() -> None:
    with (
        local(1) as short,
        pytest.raises(InputError, match=r"the cluster is gone.*--resume"),
        Cluster(str(short.scheduler_address)).results(late_first, range(1000)) as found,
    ):
        next(found)
        short.close()
        list(found)


def test_who_stops_listening_leaves_nothing_to_do(at: Cluster, there: LocalCluster) -> None:
    with at.results(late_first, range(10**9)) as found:
        assert next(found)[0] == 0
    with Client(there.scheduler_address, set_as_default=False) as client:
        deadline = time.monotonic() + 20
        while any(client.processing().values()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(client.processing().values())
