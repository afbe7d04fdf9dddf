"""A run that is ended after its last row: at any step of making tables, of finishing files and of
moving them, by an error, an interrupt or without warning; none loses what it had told of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.verify.cli.test_resume import FILES, PARQUET, STAMP, differing, names, run, stopped
from verify.report.folder import STAGED
from verify.report.unfinished import PARTIAL, SWEEP

EVERY = (*FILES, STAMP, "diff.parquet")
MOVED = ("rename", "replace", "unlink")
"""Of pathlib: what moves files, and takes them away."""


class Killed(BaseException):
    """What nobody catches: the process is gone, and what it would do at its end is not done."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody stopped."""
    out = tmp_path_factory.mktemp("whole")
    assert run(out, *PARQUET, seeds=4) == 0
    return out


@pytest.fixture(autouse=True)
def telling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Word of each job, as of a run that takes long."""
    monkeypatch.setattr("verify.cli.tracks.EVERY", 0.0)


def at(monkeypatch: pytest.MonkeyPatch, count: int, act: Callable[[], Any]) -> list[str]:
    """At the so-many-th file that is moved or taken away something happens; those files."""
    seen: list[str] = []
    for name in MOVED:
        right = getattr(Path, name)

        def moved(path: Path, *words: Any, right: Any = right, **more: Any) -> Any:
            seen.append(path.name)
            if len(seen) == count:
                act()
            return right(path, *words, **more)

        monkeypatch.setattr(Path, name, moved)
    return seen


def raising(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def killed(out: Path, count: int, *words: str) -> bool:
    """A child that dies at the so-many-th move, if it comes to so many."""
    child = os.fork()
    if child == 0:
        with pytest.MonkeyPatch.context() as patch:
            at(patch, count, lambda: os._exit(9))
            os._exit(run(out, *PARQUET, *words, seeds=4))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def moves(out: Path, *words: str) -> int:
    """How many there are in a run that nobody stops."""
    with pytest.MonkeyPatch.context() as patch:
        seen = at(patch, 0, lambda: None)
        assert run(out, *PARQUET, *words, seeds=4) == 0
    return len(seen)


def test_killed_at_any_move_it_goes_on(whole: Path, tmp_path: Path) -> None:
    """Over an earlier report of the same names."""
    shutil.copytree(whole, tmp_path / "a")
    most = moves(tmp_path / "a")
    assert most > len(EVERY)
    for count in range(6, most + 1):
        shutil.rmtree(tmp_path / "a")
        shutil.copytree(whole, tmp_path / "a")
        assert killed(tmp_path / "a", count), count
        assert run(tmp_path / "a", *PARQUET, "--resume", seeds=4) == 0, count
        assert differing(whole, tmp_path / "a", EVERY) == [], count
        assert names(tmp_path / "a") == names(whole), count


def test_killed_twice_it_goes_on(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted, and then killed while it takes up what was kept, or puts it back."""
    with monkeypatch.context() as patch:
        stopped(patch, 2, KeyboardInterrupt())
        assert run(tmp_path / "kept", *PARQUET, seeds=4) == 130
    for count in range(1, 12):
        shutil.rmtree(tmp_path / "a", ignore_errors=True)
        shutil.copytree(tmp_path / "kept", tmp_path / "a")
        assert killed(tmp_path / "a", count, "--resume"), count
        assert run(tmp_path / "a", *PARQUET, "--resume", seeds=4) == 0, count
        assert differing(whole, tmp_path / "a", EVERY) == [], count


@pytest.mark.parametrize("count", range(1, 16))
def test_a_second_interrupt_loses_nothing(
    count: int, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """While what the first one keeps is moved."""
    with pytest.MonkeyPatch.context() as patch:
        stopped(patch, 2, KeyboardInterrupt())
        seen = at(patch, 0, lambda: None)
        assert run(tmp_path / "a", *PARQUET, seeds=4) == 130
        last = len(seen)
    with pytest.MonkeyPatch.context() as patch:
        stopped(patch, 2, KeyboardInterrupt())
        at(patch, last - count + 1, raising(KeyboardInterrupt()))
        assert run(tmp_path / "b", *PARQUET, seeds=4) == 130
    capsys.readouterr()
    assert run(tmp_path / "b", *PARQUET, "--resume", seeds=4) == 0
    assert capsys.readouterr().err == ""
    assert differing(whole, tmp_path / "b", EVERY) == []


@pytest.mark.parametrize("name", ["verify.cli.reporting.Report.write", "verify.report.kept.write",
                                  "verify.cli.reporting.stamp"])  # fmt: skip
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_ended_at_its_tables_it_goes_on(
    name: str, error: BaseException, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    stops = isinstance(error, KeyboardInterrupt)
    with monkeypatch.context() as patch:
        patch.setattr(name, lambda *words, **more: raising(error)())
        assert run(tmp_path, *PARQUET, seeds=4) == (130 if stops else 2)
    told = capsys.readouterr().err
    assert "--resume goes on with them" in told or not stops
    assert {"diff.csv.partial", f"{SWEEP}{PARTIAL}"} < names(tmp_path)
    assert not any(name.startswith(STAGED) for name in names(tmp_path))
    assert run(tmp_path, *PARQUET, "--resume", seeds=4) == 0
    assert differing(whole, tmp_path, EVERY) == []
    assert names(tmp_path) == names(whole)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_short_run_ended_at_its_tables_leaves_the_earlier_report(
    error: BaseException, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Of less than two seconds no word is told: there is nothing to go on with."""
    shutil.copytree(whole, tmp_path / "a")
    monkeypatch.setattr("verify.cli.tracks.EVERY", 60.0)
    monkeypatch.setattr("verify.cli.reporting.Report.write", lambda *words: raising(error)())
    assert run(tmp_path / "a", *PARQUET, "--seed", "3", seeds=2) in (130, 2)
    assert "rows are in" not in capsys.readouterr().err
    assert names(tmp_path / "a") == names(whole)
    assert differing(whole, tmp_path / "a", EVERY) == []


def test_who_is_refused_takes_nothing_out_of_a_report_that_is_whole(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed after its last file was moved, and before its word was taken away."""
    shutil.copytree(whole, tmp_path / "a")
    last = moves(tmp_path / "a")
    found = False
    for count in range(last - 8, last + 1):
        shutil.rmtree(tmp_path / "a")
        shutil.copytree(whole, tmp_path / "a")
        assert killed(tmp_path / "a", count)
        stamped = (tmp_path / "a" / STAMP).exists()
        held = (tmp_path / "a" / "diff.csv").exists()
        other = ["--rows", "failing", "--resume"]
        status = run(tmp_path / "a", *PARQUET, *other, seeds=4)
        if stamped and held:
            found = found or "nothing to go on with" in capsys.readouterr().err
            assert status in (0, 2) and (tmp_path / "a" / "diff.csv").exists(), count
    assert found


def test_rows_of_an_earlier_run_stay_its_own(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside what was kept of one another was killed; the later one is gone on with."""
    with monkeypatch.context() as patch:
        stopped(patch, 3, KeyboardInterrupt())
        assert run(tmp_path, *PARQUET, "--batch", "2", seeds=4) == 130
    child = os.fork()
    if child == 0:
        with pytest.MonkeyPatch.context() as patch:
            stopped(patch, 1, Killed())
            patch.setattr("verify.report.folder._keep_partial", lambda *words: os._exit(9))
            os._exit(run(tmp_path, *PARQUET, seeds=4))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert run(tmp_path, *PARQUET, "--resume", seeds=4) == 0
    assert differing(whole, tmp_path, EVERY) == []
