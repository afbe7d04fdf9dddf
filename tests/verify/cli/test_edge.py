"""The edge of the command line: an interrupt is heard wherever it falls."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence

import pytest

from verify.cli import edge
from verify.cli.loading import interruptible


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """A shell starts its background jobs with interrupts ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Finalised:
    """Raises in its finaliser, where Python prints what is raised and drops it."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def __del__(self) -> None:
        raise self.error


def dropping(error: type[BaseException], seconds: float) -> int:
    Finalised(error)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.01)
    return 0


def test_an_interrupt_dropped_by_a_callback_is_heard(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C during a pool's fork was printed as "Exception ignored", and the run went on."""
    usual = sys.unraisablehook
    assert edge.guarded(lambda words: dropping(KeyboardInterrupt, 30), []) == edge.INTERRUPTED
    assert capsys.readouterr().err == "lenet-verify: interrupted; no report was written\n"
    assert sys.unraisablehook is usual


def test_an_interrupt_dropped_again_and_again_is_heard(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def command(words: Sequence[str]) -> int:
        for _ in range(3):
            Finalised(KeyboardInterrupt)
        return dropping(KeyboardInterrupt, 30)

    assert edge.guarded(command, []) == edge.INTERRUPTED
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_another_dropped_exception_ends_no_command() -> None:
    assert edge.guarded(lambda words: dropping(ValueError, 4 * edge.AGAIN), []) == 0


def turned(words: Sequence[str]) -> int:
    """As a library of C does that is interrupted while it is loaded."""
    interruptible()
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
    except KeyboardInterrupt:
        raise SystemError("returned a result with an exception set") from None
    return 0


def test_what_a_library_makes_of_an_interrupt_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    """One in twelve that fell while pandas was loaded was "internal error; this is a bug"."""
    assert edge.guarded(turned, []) == edge.INTERRUPTED
    assert capsys.readouterr().err == "lenet-verify: interrupted; no report was written\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_earlier_interrupt_explains_no_later_error(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(words: Sequence[str]) -> int:
        raise SystemError

    edge.guarded(turned, [])
    assert edge.guarded(broken, []) == edge.INTERNAL
    assert "this is a bug" in capsys.readouterr().err
