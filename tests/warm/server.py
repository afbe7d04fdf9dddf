"""Run as a script: an interpreter with the libraries loaded that forks itself for each command.

What is loaded is of others and heavy: NumPy, pandas and torch.  Nothing of ours is, so that a child
imports the packages of its own path as a new interpreter does.  It ends as one, too, but for what
C++ libraries do last of all.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import warnings
from contextlib import suppress

import interpreter  # beside this file
from interpreter import Request

LOADED = ("numpy", "pandas", "torch")
LENGTH = struct.Struct(">Q")
"""Of the request that follows, in bytes; three descriptors come with it."""


def serve(listening: socket.socket) -> Request | None:
    """In a child: what it is to do.  In the server: None, when whoever started it has gone."""
    waking, wake = socket.socketpair()
    for end in (waking, wake):
        end.setblocking(False)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    asking: dict[int, socket.socket] = {}
    while True:
        ready = select.select([sys.stdin, listening, waking], [], [])[0]
        if sys.stdin in ready:  # nobody writes there: it has been closed
            return None
        if waking in ready:
            waking.recv(2**12)
            reap(asking)
        if listening in ready:
            asked = listening.accept()[0]
            request = received(asked)
            if request is not None and not forked(asked, asking, request):
                alone(asked, *asking.values(), waking, wake)
                return request


def alone(*sockets: socket.socket) -> None:
    """A child has nothing of the server's."""
    signal.set_wakeup_fd(-1)
    for each in sockets:
        each.close()


def received(asked: socket.socket) -> Request | None:
    """Read a request; None where whoever asked has gone."""
    head, fds, _, _ = socket.recv_fds(asked, LENGTH.size, 3)
    if len(head) < LENGTH.size:
        asked.close()
        return None
    (length,) = LENGTH.unpack(head)
    body = bytearray()
    while len(body) < length and (chunk := asked.recv(length - len(body))):
        body += chunk
    return Request(**json.loads(body), fds=tuple(fds))


def forked(asked: socket.socket, asking: dict[int, socket.socket], request: Request) -> int:
    """0 in a new child, which is told of by its number in the parent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a thread of an allocator, which knows about forks
        child = os.fork()
    if child:
        asking[child] = asked
        for fd in request.fds:
            os.close(fd)
        tell(asked, child)
    return child


def tell(asked: socket.socket, number: int) -> None:
    """A line with a number."""
    with suppress(OSError):  # whoever asked has gone
        asked.sendall(b"%d\n" % number)


def reap(asking: dict[int, socket.socket]) -> None:
    """Say of each child that has ended how."""
    for child in [*asking]:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            with asking.pop(child) as asked:
                tell(asked, os.waitstatus_to_exitcode(status))


def without_destructors() -> None:
    """When Python has taken itself down, torch's libraries would undo their registrations one by
    one, which takes longer than most commands; whatever a child loads beside them still does.
    Handlers run from the last to the first: buffers of C are written before the end."""
    system = ctypes.CDLL(None)
    if hasattr(system, "on_exit"):  # of the GNU C library
        for last in (system._exit, system.fcloseall):
            system.on_exit(ctypes.cast(last, ctypes.c_void_p), None)


def main(path: str) -> Request | None:
    """Load and listen at a path; as :func:`serve`."""
    for name in LOADED:
        importlib.import_module(name)
    without_destructors()
    gc.collect()
    gc.freeze()  # what is loaded is shared with every child
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(path)
        listening.listen()
        print("ready", flush=True)
        return serve(listening)


if __name__ == "__main__":
    request = main(sys.argv[1])
    if request is not None:
        interpreter.run(request)
