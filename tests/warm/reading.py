"""What a process writes into two pipes, while it runs."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Sequence


def read(fds: Sequence[int], seconds: float) -> list[str] | None:
    """Texts from pipes until nobody can write there any more, and close them; None if that is not
    in time."""
    try:
        return _read(fds, seconds)
    finally:
        for fd in fds:
            os.close(fd)


def _read(fds: Sequence[int], seconds: float) -> list[str] | None:
    found = {fd: bytearray() for fd in fds}
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for fd in fds:
            selector.register(fd, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(0, deadline - time.monotonic()))
            if not ready:
                return None
            for key, _ in ready:
                chunk = os.read(key.fd, 2**16)
                found[key.fd] += chunk
                if not chunk:
                    selector.unregister(key.fd)
    return [text(each) for each in found.values()]


def text(written: bytes | bytearray) -> str:
    """As :mod:`subprocess` reads it with ``text=True``."""
    return written.decode().replace("\r\n", "\n").replace("\r", "\n")
