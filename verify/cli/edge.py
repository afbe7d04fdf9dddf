"""Errors become messages here and nowhere else."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from _thread import interrupt_main
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Timer

from lenet_ref.door import reason
from lenet_ref.errors import LeNetError
from verify.cli.loading import INTERRUPTED, NOTHING_DONE, interrupted, uninterrupted
from verify.cli.output import said
from verify.errors import INTERNAL, UNUSABLE, HarnessError

WANT = frozenset({
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EIO),
})  # fmt: skip
"""What a machine is short of, or forbids: nothing of ours to repair."""
AGAIN = 0.05
"""Seconds until an interrupt that was dropped is raised again."""


def guarded(command: Callable[[Sequence[str]], int], words: Sequence[str]) -> int:
    """Run a command; whatever goes wrong becomes one line and the documented status."""
    present()
    try:
        with heard():
            return command(words)
    except KeyboardInterrupt as stop:
        said(f"lenet-verify: interrupted; {stop}" if stop.args else NOTHING_DONE)
        return INTERRUPTED
    except Exception as error:
        if interrupted(error):
            said(NOTHING_DONE)
            return INTERRUPTED
        told = plainly(error)
        if told is None:
            return _bug()
        where = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        return _say(f"{where}{told[1]}", told[0])
    finally:
        uninterrupted()


def plainly(error: BaseException) -> tuple[int, str] | None:
    """The exit status of an error that is no bug of ours, and what is said of it."""
    if isinstance(error, HarnessError):
        return INTERNAL, f"internal error: {error}"
    if isinstance(error, LeNetError):
        return UNUSABLE, str(error)
    if isinstance(error, MemoryError):
        return UNUSABLE, "not enough memory"
    if isinstance(error, OSError) and error.errno in WANT:
        return UNUSABLE, reason(error)
    return None


@contextmanager
def heard() -> Iterator[None]:
    """Python prints and drops whatever is raised in a callback: of a fork, a finaliser, a
    collection.  A Ctrl-C that falls there is raised again, until it falls elsewhere."""
    usual = sys.unraisablehook
    timers: list[Timer] = []

    def again(dropped: sys.UnraisableHookArgs) -> None:
        if dropped.exc_type is not KeyboardInterrupt:
            usual(dropped)
        elif not any(timer.is_alive() for timer in timers):
            timers.append(Timer(AGAIN, interrupt_main))
            timers[-1].start()

    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = usual
        for timer in timers:
            timer.cancel()


def present() -> None:
    """A standard stream that was closed (``>&-``) leads nowhere: else the next file that is opened
    takes its number, and receives what was meant for a person."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def _bug() -> int:
    """A bug of ours: say so, with what a report needs."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            traceback.print_exc()
    return _say("internal error; this is a bug, please report it", INTERNAL)


def _say(text: str, status: int) -> int:
    said(f"lenet-verify: {text}")
    return status
