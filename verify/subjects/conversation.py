"""The harness's side: a process that answers requests until it ends, crashes or hangs."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from lenet_ref.door import contents, reason
from lenet_ref.errors import StorageError
from lenet_ref.storage import save
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.handed import inputs_of, theirs
from verify.exchange.layout import PLAIN, Layout
from verify.subjects.answer import LONGEST, Answer, read, room
from verify.subjects.leftovers import MARK, Folder, marked
from verify.subjects.limits import (
    LATE,
    SESSIONS,
    SILENT,
    Drain,
    Limits,
    Noise,
    end,
    ending,
    last_line,
    limiter,
    printed,
    strays,
)

__all__ = ["CHILD", "LARGEST_STACK", "LONGEST_REPLY", "OURS", "Conversation"]
CHILD = Path(__file__).with_name("child.py")
OURS = (str(CHILD), str(CHILD.with_name("values.py")))
"""Files of ours in the subject's process."""
LONGEST_REPLY = 2**24
LARGEST_STACK = 2**20
_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<name>\S+)')


class Conversation:
    """Questions to a callable in a process of its own; after a crash the next question starts
    a new process, after a hang or a failed import there is no next question.

    Args:
        spec: ``module:callable`` or ``file.py:callable``.
        limits: of one call, and of the import.
        layout: names and axes in which it is given its arguments.
    """

    def __init__(self, spec: str, limits: Limits, layout: Layout = PLAIN) -> None:
        self.spec, self.limits, self.layout = spec, limits, layout
        self.noise = SILENT
        self.over = ""
        self._folder = Folder()
        self.folder = self._folder.path
        self._mark = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Conversation:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop(0.0 if kind else 5.0)
        self._remove(self._folder)

    def ask(self, case: Case) -> Answer:
        """One call with the arguments of a case; what goes wrong in it is in the answer.

        Raises:
            InputError: there is no such callable, or no name for one of its arguments.
        """
        if not self.over and self._process is None:
            self.over = self._start()
        if self.over:
            return Answer(failed=self.over)
        try:
            place = Folder()  # a new one: the subject may have put anything in place of the last
        except OSError as error:
            return Answer(failed=f"no folder can be made for it: {reason(error)}")
        try:
            return self._asked(case, place.path)
        except OSError as error:
            return Answer(failed=f"its arguments cannot be written: {reason(error)}")
        finally:
            self._remove(place)

    def _asked(self, case: Case, place: Path) -> Answer:
        """One call, by way of two files in a folder."""
        inputs, outputs = place / "inputs.npz", place / "outputs.npz"
        names, arrays = inputs_of(case, self.layout), theirs(case, self.layout)
        save(inputs, {names[name]: value for name, value in arrays.items()})
        reply = self._exchange({"inputs": str(inputs), "outputs": str(outputs)})
        return read(reply, outputs, self.limits.memory, room(case.batch))

    def _remove(self, place: Folder) -> None:
        place.remove()
        self.noise += Noise(0, 0, "", place.left)

    def stop(self, patience: float = 5.0) -> None:
        """Close the requests; give the process so many seconds to end by itself, then end it."""
        if self._process is None:
            return
        os.close(self._requests)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=min(patience, self.limits.seconds))
        self._clear()

    def _start(self) -> str:
        """Start a process and wait until it has the callable; why it has not.

        Raises:
            InputError: there is no such callable, or no such process on this system.
        """
        if not SESSIONS:
            raise InputError("a callable cannot be asked on this system", where=self.spec,
                             got=sys.platform, expected="Linux, macOS or WSL",
                             fix="hand in files or a --program here")  # fmt: skip
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        words = [sys.executable, "-P", str(CHILD), self.spec, str(requests), str(replies)]
        environment = marked()
        self._mark = environment[MARK]
        self._process = subprocess.Popen(
            [*words, str(self.folder / "stack")],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(requests, replies),
            start_new_session=True,
            preexec_fn=limiter(self.limits.memory),
        )
        os.close(requests)
        os.close(replies)
        streams = self._process.stdout, self._process.stderr
        self._out, self._err = (Drain(stream) for stream in streams if stream is not None)
        reply = self._exchange(None)
        if "absent" in reply:
            raise InputError(str(reply["absent"])[:LONGEST], where=self.spec,
                             fix="name it as module:callable or file.py:callable")  # fmt: skip
        if "failed" in reply:
            self.stop()
        return str(reply.get("failed", ""))

    def _exchange(self, request: Mapping[str, str] | None) -> dict[str, Any]:
        """Send a request, wait for the reply."""
        if request is not None:
            try:
                os.write(self._requests, (json.dumps(request) + "\n").encode())
            except BrokenPipeError:
                return self._ended()
        line = self._line()
        if line is None:
            return self._hung()
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError, MemoryError):
            return self._ended()
        return reply if isinstance(reply, dict) else self._ended()

    def _line(self) -> bytearray | None:
        """A line from the replies; what came before the end of them; None if time is up."""
        deadline, found = time.monotonic() + self.limits.seconds, bytearray()
        while not found.endswith(b"\n") and len(found) < LONGEST_REPLY:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            if select.select([self._replies], [], [], min(left, 0.1))[0]:
                chunk = os.read(self._replies, 2**16)
                if not chunk:
                    return found
                found += chunk
            elif self._process is None or self._process.poll() is not None:
                return found
        return found

    def _ended(self) -> dict[str, Any]:
        """The process is no more, or no longer talks: how it ended, and where."""
        process = self._process
        if process is None:
            return {"failed": "the process has ended"}
        try:
            how = ending(process.wait(timeout=1.0))
        except subprocess.TimeoutExpired:
            how = "closed its connection to the harness"
        self._err.join(timeout=1.0)  # what it said last may still be in the pipe
        where, words = self._place(), last_line(self._err.tail)
        os.close(self._requests)
        self._clear()
        said = f"; last words: {words}" if words and not where else ""
        return {"failed": f"the process {how}{where}{said}"}

    def _hung(self) -> dict[str, Any]:
        """Time is up: ask where it is, then end it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGUSR1)
            time.sleep(0.2)
        where = self._place()
        os.close(self._requests)
        self._clear()
        self.over = f"no answer within {self.limits.seconds:g} s {LATE}{where}"
        return {"failed": self.over}

    def _place(self) -> str:
        """The subject's innermost line in the stack that the process left behind."""
        text = self._stack()
        library = str(Path(os.__file__).parent)
        for frame in _FRAME.finditer(text):
            path = frame["file"]
            if path.startswith(("<", library, *OURS)) or "site-packages" in path:
                continue
            cwd = f"{Path.cwd()}{os.sep}"
            return f" at {path.removeprefix(cwd)}:{frame['line']} in {frame['name']}"[:LONGEST]
        return ""

    def _stack(self) -> str:
        try:
            return contents(self.folder / "stack", LARGEST_STACK).decode(errors="replace")
        except StorageError:
            return ""

    def _clear(self) -> None:
        """End the process with all its descendants, keep what it printed."""
        if self._process is None:
            return
        end(self._process)
        left = strays(self._mark)
        os.close(self._replies)
        self._out.finish()
        self._err.finish()
        self._process = None
        self.noise += printed(self._out, self._err) + Noise(0, 0, "", left)
