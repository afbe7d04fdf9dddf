"""Workers: the order of the tasks, a death, an error of ours, Ctrl-C."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from verify.cli.workers import shared
from verify.errors import HarnessError


def lost(task: int, how: str) -> str:
    return f"{task} {how}"


def late_first(task: int) -> str:
    """The first takes longest."""
    time.sleep(0.2 if task == 0 else 0.0)
    return f"{task} done by {os.getpid()}"


@pytest.mark.parametrize("jobs", [1, 2, 5, 99])
def test_results_come_in_the_order_of_the_tasks(jobs: int) -> None:
    found = list(shared(range(7), late_first, lost, jobs))
    assert [each.split()[0] for each in found] == [str(i) for i in range(7)]
    here = sum(each.endswith(f" {os.getpid()}") for each in found)
    assert here == (7 if jobs == 1 else 0)


def test_no_task_at_all() -> None:
    assert list(shared([], late_first, lost, 3)) == []


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "was ended by SIGKILL"),
        (lambda: os._exit(7), "ended with exit status 7"),
    ],
)
def test_a_worker_that_dies_costs_its_task(end: Callable[[], None], said: str) -> None:
    def work(task: int) -> str:
        if task in (1, 2):
            end()
        return f"{task} done"

    found = list(shared(range(6), work, lost, 2))
    assert [found[i] for i in (0, 3, 4, 5)] == [f"{i} done" for i in (0, 3, 4, 5)]
    assert all(said in found[i] for i in (1, 2))


def test_an_error_of_ours_ends_all() -> None:
    def work(task: int) -> str:
        if task == 1:
            raise HarnessError("no judge")
        return ""

    with pytest.raises(HarnessError, match="no judge"):
        list(shared(range(5), work, lost, 2))


def test_who_stops_listening_ends_the_workers(tmp_path: Path) -> None:
    """Each may end what it started: the file says that it did."""

    def work(task: int) -> str:
        try:
            (tmp_path / f"{task} {os.getpid()}").touch()
            if task:
                time.sleep(60)
        finally:
            (tmp_path / f"{task} ended").touch()
        return ""

    began = time.monotonic()
    with closing(shared(range(4), work, lost, 2)) as results:
        next(results)
        while len(list(tmp_path.glob("[12] *"))) < 2 and time.monotonic() < began + 20:
            time.sleep(0.01)
    assert time.monotonic() - began < 30
    assert {p.name for p in tmp_path.glob("* ended")} == {"0 ended", "1 ended", "2 ended"}
    for path in tmp_path.glob("[0-9] [0-9]*"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name.split()[1]), 0)
