"""What a subject leaves behind: files that cannot be removed, processes that go on.

It is cleared away as far as that goes, and the rest is said; it never ends a run.
"""

from __future__ import annotations

import os
import secrets
import signal
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

__all__ = ["GRACE", "MARK", "PARTING", "PATIENCE", "STARTING", "THREADS", "Folder", "carriers",
           "emptied", "ended", "environment", "marked", "removed"]  # fmt: skip
MARK = "LENET_VERIFY_SUBJECT"
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""What the libraries of matrices read when they are loaded."""
PATIENCE = 10.0
"""Seconds for removing a folder."""
GRACE = 0.2
"""Seconds in which what was ended with its session may go."""
STARTING = 0.2
"""Seconds that a process may take to be started."""
PARTING = 1.0
"""Seconds in which helpers may notice that the subject has gone, and go as well."""


class Folder:
    """A folder of our own for what a subject reads and writes.

    As a context manager it ends whatever a subject did to it: folders nested too deeply for
    recursion, no permission, files that cannot be removed.  ``left`` says what is still there.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="lenet-verify-"))
        self.left = ""

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """All of it, or say what stays."""
        self.left = removed(self.path)


def removed(folder: Path, seconds: float = PATIENCE) -> str:
    """Remove a folder with everything in it; what could not be removed, or an empty string."""
    kept = emptied(folder, time.monotonic() + seconds)
    try:
        _unlinked(folder)
    except FileNotFoundError:
        return ""
    except OSError:
        return f"left behind: {folder}" + (f" ({', '.join(kept[:3])})" if kept else "")
    return ""


def emptied(folder: Path, deadline: float) -> list[str]:
    """Empty a folder without recursion: each folder inside comes up to the top before it is
    emptied, so no path ever grows too long.  Names of what stays."""
    kept: list[str] = []
    while time.monotonic() < deadline:
        inner = [name for name in _entries(folder) if name not in kept]
        if not inner:
            break
        for name in inner:
            _raised(folder / name, folder, deadline)
            try:
                _unlinked(folder / name)
            except OSError:
                kept.append(name)
    return sorted(kept)


def _raised(place: Path, top: Path, deadline: float) -> None:
    """Remove the files of a folder, and put its folders beside it."""
    for name in _entries(place):
        if time.monotonic() > deadline:
            return
        below = place / name
        with suppress(OSError):
            if stat.S_ISDIR(below.lstat().st_mode):
                below.rename(top / f".{secrets.token_hex(8)}")
            else:
                below.unlink()


def _entries(folder: Path) -> list[str]:
    """Names in a folder, made readable if need be; nothing for what is none."""
    with suppress(OSError):
        if stat.S_ISDIR(folder.lstat().st_mode):
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                folder.chmod(stat.S_IRWXU)
            return [path.name for path in folder.iterdir()]
    return []


def _unlinked(path: Path) -> None:
    if stat.S_ISDIR(path.lstat().st_mode):
        path.rmdir()
    else:
        path.unlink()


def marked() -> dict[str, str]:
    """The environment of a subject: ours, and a word by which its descendants are known, which
    begins with that of the process that judges, if it has one.  One thread unless it says
    otherwise: these matrices are small, and ten times slower with several."""
    word = os.environ.get(MARK, "") + secrets.token_hex(16)
    return {**dict.fromkeys(THREADS, "1"), **os.environ, MARK: word}


def ended(mark: str, grace: float = GRACE, seconds: float = 2.0) -> int:
    """End every process that still carries a subject's word, or one that begins so, in whatever
    session it hides, and does not go by itself in a little while; how many there were.  Only where
    /proc says."""
    found: set[int] = set()
    start = time.monotonic()
    while (alive := carriers(mark)) and (passed := time.monotonic() - start) < seconds:
        if passed > grace:
            found.update(alive)
            for number in alive:
                with suppress(OSError):
                    os.kill(number, signal.SIGKILL)
        time.sleep(0.01)
    return len(found)


def carriers(mark: str) -> list[int]:
    """Processes of a subject."""
    word = f"{MARK}={mark}".encode()
    found = []
    with suppress(OSError):
        for place in Path("/proc").iterdir():
            if place.name.isdigit() and int(place.name) != os.getpid():
                with suppress(OSError):
                    if word in environment(place):
                        found.append(int(place.name))
    return found


def environment(place: Path) -> bytes:
    """Of a process, by its folder in /proc.  One that is just being started has none for a moment,
    nor arguments, but a program already, which what has ended and the kernel's threads have not.

    Raises:
        OSError: it has ended, or is not ours to look at.
    """
    deadline = time.monotonic() + STARTING
    while not (found := (place / "environ").read_bytes()):
        if (place / "cmdline").read_bytes() or time.monotonic() > deadline:
            break
        (place / "exe").readlink()
        time.sleep(0.001)
    return found
