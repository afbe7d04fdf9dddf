"""One line on a terminal that says how far a command is: what, how many, the time left.

It is written from the first second on, over itself, and is gone before anything else is
printed.  A pipe sees nothing of it.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from contextlib import suppress

from verify.cli.colour import is_terminal

EVERY = 0.2
"""Seconds from one writing to the next."""
CLEAR = "\r\033[K"
KNOWN = 2.0
"""Seconds of work before what is left is guessed."""


class Line:
    """What is shown.  Whoever begins it ends it; a forked child neither writes nor clears."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._owner = 0
        self._shown = self._quiet = False
        self._steps: dict[str, Step] = {}
        self._first, self._began = "", 0.0

    def begin(self, what: str) -> None:
        """Write from now on, if there is a terminal to write to."""
        if not is_terminal(sys.stderr):
            return
        self._owner, self._first, self._began = os.getpid(), what, time.monotonic()
        threading.Thread(target=self._written, daemon=True).start()

    def at(self, what: str) -> None:
        """What goes on while nothing is told."""
        if self._ours:
            self._first = what

    def end(self) -> None:
        """No more of it."""
        self._over.set()
        self.clear()

    def told(self, what: str, done: int, total: int) -> None:
        """So many of so many are done; the outermost of what goes on is what is shown."""
        if not self._ours:
            return
        step = self._steps.setdefault(what, Step(time.monotonic()))
        step.done, step.total = done, total
        if done >= total:
            del self._steps[what]
        self._quiet = False

    def clear(self) -> None:
        """Off the screen, until there is news."""
        if self._ours:
            with self._lock:
                if self._shown:
                    self._put(CLEAR)
                self._shown, self._quiet = False, True

    @property
    def _ours(self) -> bool:
        return self._owner == os.getpid()

    def _written(self) -> None:
        while not self._over.wait(EVERY):
            with self._lock:
                if not self._quiet and not self._over.is_set():
                    self._put(f"{CLEAR}{self._text()}")
                    self._shown = True

    def _text(self) -> str:
        columns = shutil.get_terminal_size().columns
        steps = list(self._steps.items())  # the other thread changes it
        what, step = steps[0] if steps else (self._first, Step(self._began))
        return step.told(what, time.monotonic())[: columns - 1]

    @staticmethod
    def _put(text: str) -> None:
        """Past Python's buffer, whose lock a fork might copy while it is held."""
        with suppress(OSError):
            os.write(2, text.encode("ascii", "replace"))


class Step:
    """Something that is going on."""

    def __init__(self, since: float) -> None:
        self.since, self.done, self.total = since, 0, 1

    def told(self, what: str, now: float) -> str:
        """``case 3 of 12, 8 s left``; without a number, how long it has been going on."""
        passed = now - self.since
        if self.total == 1:
            return f"{what}, {lasting(passed)}"
        count = f"{what} {self.done + 1} of {self.total}"
        if not self.done or passed < KNOWN:
            return f"{count}, {lasting(passed)}"
        return f"{count}, {lasting(passed / self.done * (self.total - self.done))} left"


def lasting(seconds: float) -> str:
    """8 s, 3 min, 2 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{round(minutes / 60)} h"


LINE = Line()
"""Of this process."""
