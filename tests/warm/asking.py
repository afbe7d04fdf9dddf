"""Ask a server to run something.  As a script: a command for shells, ``asking.py SOCKET word ...``,
that is ``python word ...`` with its own streams, folder and environment, and ends as that does."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Mapping, Sequence

FORKED = ("-c", "-m", "-u", "-P")
"""Options of an interpreter that a child can obey."""
LENGTH = struct.Struct(">Q")
"""Of the request that follows, in bytes; three descriptors come with it."""


class Asked:
    """A request, and what is told of it: the number of the process, and how it ended.

    Args:
        path: where the server listens; words: behind ``python``; fds: its standard input, output
            and error; the others: as in ``interpreter.Request``.
    """

    def __init__(
        self, path: str, words: Sequence[str], fds: Sequence[int], *, cwd: str,
        env: Mapping[str, str], session: bool = False,
        limits: Mapping[int, tuple[int, int]] | None = None, executable: str = "",
    ) -> None:  # fmt: skip
        request = {"words": [*words], "cwd": cwd, "env": {**env}, "session": session,
                   "limits": {**(limits or {})}, "executable": executable}  # fmt: skip
        body = json.dumps(request).encode()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)
        socket.send_fds(self._socket, [LENGTH.pack(len(body))], [*fds])
        self._socket.sendall(body)
        self._heard = b""
        self.pid = self.number(None) or 0

    def number(self, seconds: float | None) -> int | None:
        """The next that is told; None if it is not within so many seconds.

        Raises:
            EOFError: the server has gone.
        """
        while b"\n" not in self._heard:
            if not select.select([self._socket], [], [], seconds)[0]:
                return None
            chunk = self._socket.recv(64)
            if not chunk:
                raise EOFError("the server of forked interpreters has gone")
            self._heard += chunk
        line, _, self._heard = self._heard.partition(b"\n")
        return int(line)

    def close(self) -> None:
        """Nothing more is expected."""
        self._socket.close()


def main(path: str, *words: str) -> int:
    """Run it, hand on to it the signals that come here, and end as it ended."""
    if words[0].startswith("-") and words[0] not in FORKED:
        os.execv(sys.executable, [sys.executable, *words])
    here = os.getcwd()  # noqa: PTH109 - pathlib takes longer to import than all else here
    asked = Asked(path, words, (0, 1, 2), cwd=here, env=os.environ)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda number, _: os.kill(asked.pid, number))
    status = asked.number(None) or 0
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
