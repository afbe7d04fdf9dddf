"""Two pipes to a process: requests go out, replies come back, each a line of JSON.

The process is not ours alone: a subject can find the pipes and speak in our place.  So each request
carries a word that its reply repeats, and what nobody asked for is noticed.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import time
from collections.abc import Callable, Mapping
from typing import Any

from verify.subjects.limits import printable

LONGEST_REPLY = 2**24


class Channel:
    """token: the word of the last request; over_there: the two ends that are handed over."""

    def __init__(self) -> None:
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        self.over_there, self.token, self._open = (requests, replies), "", True

    def handed_over(self) -> None:
        """The other side has its ends: without this we would hold them open."""
        for end in self.over_there:
            os.close(end)

    def send(self, request: Mapping[str, str]) -> None:
        """A request, with a word of its own.

        Raises:
            BrokenPipeError: nobody reads.
        """
        self.token = secrets.token_hex(8)
        os.write(self._requests, (json.dumps({**request, "token": self.token}) + "\n").encode())

    def line(self, seconds: float, alive: Callable[[], bool]) -> bytearray | None:
        """A line from the replies; what came before the end of them; None if time is up."""
        deadline, found = time.monotonic() + seconds, bytearray()
        while not found.endswith(b"\n") and len(found) < LONGEST_REPLY:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            if select.select([self._replies], [], [], min(left, 0.1))[0]:
                chunk = os.read(self._replies, 2**16)
                if not chunk:
                    return found
                found += chunk
            elif not alive():
                return found
        return found

    def unasked(self) -> bytes:
        """What has come though nothing was asked."""
        found = b""
        while len(found) < LONGEST_REPLY and select.select([self._replies], [], [], 0)[0]:
            chunk = os.read(self._replies, 2**16)
            if not chunk:
                break
            found += chunk
        return found

    def no_more(self) -> None:
        """No request will follow."""
        if self._open:
            os.close(self._requests)
        self._open = False

    def close(self) -> None:
        """Both ends of ours."""
        self.no_more()
        os.close(self._replies)


def parsed(line: bytes | bytearray) -> dict[str, Any]:
    """A reply; an empty one where it is none."""
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError, MemoryError):
        return {}
    return reply if isinstance(reply, dict) else {}


def quoted(line: bytes | bytearray) -> str:
    """How something begins that should not be there."""
    return repr(printable(bytes(line))[:60])
