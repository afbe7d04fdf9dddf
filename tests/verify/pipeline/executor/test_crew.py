"""Worker processes: the order of the tasks, a death, an error, Ctrl-C."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from pickle import PicklingError
from typing import Any

import pytest

from verify.errors import HarnessError, InputError
from verify.pipeline.executor import TRIES, Crew
from verify.pipeline.executor.interface import WINDOW


def shared(
    tasks: Iterable[int], work: Callable[[int], Any], lost: Callable[[int, str], Any], jobs: int
) -> list[Any]:
    """All results."""
    with Crew(jobs).results(work, tasks, lost) as found:
        return list(found)


def lost(task: int, how: str) -> str:
    return f"{task} {how}"


def late_first(task: int) -> str:
    """The first takes longest."""
    time.sleep(0.2 if task == 0 else 0.0)
    return f"{task} done by {os.getpid()}"


@pytest.mark.parametrize("jobs", [1, 2, 5, 99])
def test_results_come_in_the_order_of_the_tasks(jobs: int) -> None:
    found = shared(range(7), late_first, lost, jobs)
    assert [each.split()[0] for each in found] == [str(i) for i in range(7)]
    here = sum(each.endswith(f" {os.getpid()}") for each in found)
    assert here == (7 if jobs == 1 else 0)


def test_no_task_at_all() -> None:
    assert shared([], late_first, lost, 3) == []


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "was ended by SIGKILL"),
        (lambda: os._exit(7), "ended with exit status 7"),
    ],
)
def test_a_task_at_which_workers_keep_dying_is_lost(end: Callable[[], None], said: str) -> None:
    def work(task: int) -> str:
        if task in (1, 2):
            end()
        return f"{task} done"

    found = shared(range(6), work, lost, 2)
    assert [found[i] for i in (0, 3, 4, 5)] == [f"{i} done" for i in (0, 3, 4, 5)]
    assert all(said in found[i] for i in (1, 2))


@pytest.mark.parametrize("jobs", [2, 3])
def test_a_worker_that_dies_loses_nothing(jobs: int, tmp_path: Path) -> None:
    """It was at one task and had the next one already: both are done by another, in order."""

    def work(task: int) -> str:
        if task % 7 == 3 and not (tmp_path / str(task)).exists():
            (tmp_path / str(task)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return f"{task} done"

    assert shared(range(40), work, lost, jobs) == [f"{i} done" for i in range(40)]
    assert len(list(tmp_path.iterdir())) == 6


def test_without_a_word_for_what_is_lost_it_is_an_error() -> None:
    def work(task: int) -> int:
        return os._exit(7) if task == 3 else task

    with Crew(2).results(work, range(9)) as found:
        taken = [next(found) for _ in range(3)]
        with pytest.raises(HarnessError, match=f"{TRIES} workers ended .* exit status 7"):
            next(found)
    assert taken == [0, 1, 2]


class OwnError(Exception):
    """One that does not arrive as it is."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (HarnessError("no judge"), HarnessError, "no judge"),
        (InputError("no digits", where="x"), InputError, "x: no digits"),
        (KeyError("k"), KeyError, "k"),
        (OwnError(1, 2), HarnessError, "OwnError: 1 and 2"),
    ],
)
def test_an_error_is_raised_when_it_is_its_turn(
    error: Exception, kind: type[Exception], said: str
) -> None:
    def work(task: int) -> int:
        if task == 2:
            raise error
        return task

    taken = []
    with pytest.raises(kind, match=said), Crew(2).results(work, range(5)) as found:
        taken += [next(found), next(found)]
        next(found)
    assert taken == [0, 1]


class Unreadable:
    """It can be sent, and read by nobody."""

    def __reduce__(self) -> tuple[type[OwnError], tuple[int]]:
        return OwnError, (1,)


def test_a_result_that_cannot_be_read_ends_the_run_and_hangs_nothing() -> None:
    with (
        pytest.raises(HarnessError, match="a result cannot be read"),
        Crew(2).results(lambda n: Unreadable() if n == 3 else n, range(9)) as found,
    ):
        assert [next(found) for _ in range(3)] == [0, 1, 2]
        next(found)


def test_tasks_are_taken_as_results_are() -> None:
    """Of any number of them so many are in memory."""
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(10**9):
            taken.append(number)
            yield number

    with Crew(2).results(lambda n: -n, tasks()) as found:
        for number in range(300):
            assert next(found) == -number
            assert len(taken) <= number + WINDOW + 1


def test_they_work_while_nobody_asks(tmp_path: Path) -> None:
    with Crew(2).results(lambda n: (tmp_path / str(n)).touch(), range(50)) as found:
        deadline = time.monotonic() + 20
        while len(list(tmp_path.iterdir())) < 50 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(list(tmp_path.iterdir())) == 50
        assert len(list(found)) == 50


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
    with Crew(2).results(work, range(4), lost) as results:
        next(results)
        while len(list(tmp_path.glob("[12] *"))) < 2 and time.monotonic() < began + 20:
            time.sleep(0.01)
    assert time.monotonic() - began < 30
    assert {p.name for p in tmp_path.glob("* ended")} == {"0 ended", "1 ended", "2 ended"}
    for path in tmp_path.glob("[0-9] [0-9]*"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name.split()[1]), 0)


def test_a_death_is_noticed_though_its_child_lives_on(tmp_path: Path) -> None:
    """What a worker forked itself has all that it had, but not its place."""

    def work(task: int) -> int:
        if task == 3 and not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            (tmp_path / "child").write_text(str(child))
            os._exit(9)
        return task

    began = time.monotonic()
    try:
        assert shared(range(9), work, lost, 2) == [*range(9)]
        assert time.monotonic() - began < 9
    finally:
        os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)


def test_large_tasks_and_large_results_pass_each_other() -> None:
    """Neither fits into a pipe: who sends waits for who reads."""
    large = b"x" * 2**20
    with Crew(2).results(lambda task: (task[0], large), [(i, large) for i in range(20)]) as found:
        assert [number for number, _ in found] == [*range(20)]


def test_a_task_that_cannot_be_sent_is_said_to_who_gives_it() -> None:
    with (
        pytest.raises((TypeError, AttributeError, PicklingError)),
        Crew(2).results(late_first, [0, 1, *[lambda: 0] * (WINDOW + 3)]) as found,
    ):
        list(found)
