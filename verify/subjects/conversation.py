"""The harness's side: a process that answers requests until it ends, crashes or hangs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from lenet_ref.door import reason
from lenet_ref.storage import save
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.handed import inputs_of, theirs
from verify.exchange.layout import PLAIN, Layout
from verify.subjects import seen
from verify.subjects.answer import LONGEST, Answer, read, room
from verify.subjects.channel import Channel, parsed, quoted
from verify.subjects.leftovers import MARK, PARTING, Folder, marked
from verify.subjects.limits import (
    ENDED,
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
from verify.subjects.seen import Seen
from verify.subjects.stack import innermost

__all__ = ["CHILD", "Conversation"]
CHILD = Path(__file__).with_name("child.py")


class Conversation:
    """Questions to a callable in a process of its own; after a crash the next question starts
    a new process, after a hang or a failed import there is no next question.

    Args:
        spec: ``module:callable`` or ``file.py:callable``.
        limits: of one call, and of the import.
        layout: names and axes in which it is given its arguments.
        secret: folders that it has no business in.
    """

    def __init__(
        self, spec: str, limits: Limits, layout: Layout = PLAIN, secret: Sequence[Path] = ()
    ) -> None:
        self.spec, self.limits, self.layout = spec, limits, layout
        self.secret = json.dumps([str(path) for path in secret])
        self.noise, self.seen = SILENT, dict[Seen, None]()
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
        self._channel.no_more()
        seconds = min(patience, self.limits.seconds)
        if seconds:
            self._parting(self._process, seconds)
        self._clear()

    def _parting(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        """What it has to say in the end, and whether it then goes, and all that it started."""
        end = time.monotonic() + seconds
        last = self._channel.line(seconds, self._alive) or b""
        try:
            process.wait(timeout=max(end - time.monotonic(), 0.0))
            self.noise += strays(self._mark, PARTING)
        except subprocess.TimeoutExpired:
            self._say("stays", f"within {seconds:g} s {LATE}")
        for line in (last + self._channel.unasked()).splitlines():
            reply = parsed(line)
            if reply.get("token") == self._channel.token:
                self._notice(reply)
            else:
                self._say("forged", quoted(line))

    def _alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _say(self, kind: str, what: str) -> None:
        self.seen[Seen(kind, what)] = None

    def _notice(self, reply: Mapping[str, Any]) -> None:
        self.seen.update(dict.fromkeys(seen.read(reply.get("seen"))))

    def _start(self) -> str:
        """Start a process and wait until it has the callable; why it has not.

        Raises:
            InputError: there is no such callable, or no such process on this system.
        """
        if not SESSIONS:
            raise InputError("a callable cannot be asked on this system", where=self.spec,
                             got=sys.platform, expected="Linux, macOS or WSL",
                             fix="hand in files or a --program here")  # fmt: skip
        self._channel = Channel()
        requests, replies = self._channel.over_there
        words = [sys.executable, "-P", str(CHILD), self.spec, str(requests), str(replies)]
        environment = marked()
        self._mark = environment[MARK]
        self._process = subprocess.Popen(
            [*words, str(self.folder / "stack"), self.secret],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(requests, replies),
            start_new_session=True,
            preexec_fn=limiter(self.limits.memory),
        )
        self._channel.handed_over()
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
            if unasked := self._channel.unasked():
                self._say("forged", quoted(unasked))
            try:
                self._channel.send(request)
            except BrokenPipeError:
                return self._ended()
        line = self._channel.line(self.limits.seconds, self._alive)
        if line is None:
            return self._hung()
        reply = parsed(line)
        word = reply.get("token", "") if request is None else reply.get("token")
        if line.endswith(b"\n") and word != self._channel.token:
            return self._forged(line)  # an end in the middle of a line is a crash
        if not reply:
            return self._ended()
        self._notice(reply)
        return reply

    def _forged(self, line: bytes | bytearray) -> dict[str, Any]:
        """Somebody else answers: what comes next would be the answer to this."""
        self._say("forged", quoted(line))
        self._clear()
        return {"failed": "what came in place of an answer is not the harness's own"}

    def _ended(self) -> dict[str, Any]:
        """The process is no more, or no longer talks: how it ended, and where."""
        process = self._process
        if process is None:
            return {"failed": f"{ENDED}has ended"}
        try:
            how = ending(process.wait(timeout=1.0))
        except subprocess.TimeoutExpired:
            how = "closed its connection to the harness"
        self._err.join(timeout=1.0)  # what it said last may still be in the pipe
        where, words = innermost(self.folder), last_line(self._err.tail)
        self._clear()
        said = f"; last words: {words}" if words and not where else ""
        return {"failed": f"{ENDED}{how}{where}{said}"}

    def _hung(self) -> dict[str, Any]:
        """Time is up: ask where it is, then end it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGUSR1)
            time.sleep(0.2)
        where = innermost(self.folder)
        self._clear()
        self.over = f"no answer within {self.limits.seconds:g} s {LATE}{where}"
        return {"failed": self.over}

    def _clear(self) -> None:
        """End the process with all its descendants, keep what it printed."""
        if self._process is None:
            return
        end(self._process)
        left = strays(self._mark)
        self._channel.close()
        self._out.finish()
        self._err.finish()
        self._process = None
        self.noise += printed(self._out, self._err) + left
