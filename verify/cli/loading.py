"""Imports without collections, and a Ctrl-C that ends them at once."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

INTERRUPTED = 130
FELL = threading.Event()
"""Somebody has typed Ctrl-C since the command began."""
HEARD: dict[int, Any] = {signal.SIGINT: signal.default_int_handler} | {
    getattr(signal, name): signal.SIG_DFL for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
}
"""What ends a command with all cleared up, and what each does usually."""
NOTHING_DONE = "lenet-verify: interrupted; no report was written"


@contextmanager
def loading() -> Iterator[None]:
    """What an import makes lives for good: collections meanwhile free nothing and cost a sixth of
    the time that torch, numpy and pandas take, and later ones need not visit it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def stoppable() -> None:
    """From now on a Ctrl-C ends the process in one line.  An exception would not do: raised inside
    an import it is a traceback, or is taken for a module that is broken."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)


def interruptible() -> None:
    """From now on there is something to clear up: a Ctrl-C is an exception again, and is
    remembered.  Who ends us kindly, as ``timeout`` or a closed terminal does, is heard so, too."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number, usual in HEARD.items():
        if signal.getsignal(number) in (_stop, usual):
            signal.signal(number, _fall)


def uninterrupted() -> None:
    """Forget what was remembered; a Ctrl-C is what it is in any Python."""
    FELL.clear()
    for number, usual in HEARD.items():
        if signal.getsignal(number) is _fall:
            signal.signal(number, usual)


def interrupted(error: BaseException) -> bool:
    """It is a Ctrl-C, or what became of one: a library of C that is interrupted while it is loaded
    raises an error of its own, and so does who meets what is left of it."""
    return isinstance(error, KeyboardInterrupt) or FELL.is_set()


def _fall(number: int, frame: FrameType | None) -> None:
    FELL.set()
    raise KeyboardInterrupt


def _stop(number: int, frame: FrameType | None) -> None:
    """One line, and the end; nothing was begun yet."""
    clear = "\r\033[K" if sys.stderr is not None and os.isatty(2) else ""
    with suppress(OSError):
        os.write(2, f"{clear}{NOTHING_DONE}\n".encode())
    os._exit(INTERRUPTED)
