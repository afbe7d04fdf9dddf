"""What a subject does that its answer does not show: part of its process, and like ``child`` it
knows nothing of the rest of the package.

An audit hook notes, and lets pass, what matters: modules that run, files that are not the
subject's, programs, connections, signals to the harness (which alone are refused).  Each is put
down to the line of the subject that is behind it; what an installed package does by itself is that
package's affair.  A subject that wants to can reach into this process and forge what is noted.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

MOST = 100
"""Facts that are kept."""
HARNESS = Path(__file__).resolve().parents[2]
PACKAGES = ("lenet_ref", "verify")
LIBRARY = os.path.realpath(Path(os.__file__).parent)
OWN, NEITHER = "own", ""
QUIET = ("linecache.py", "inspect.py", "tokenize.py")
"""Who reads a source to print it."""
PRIVATE = ("mem", "environ", "maps", "fd", "root", "cwd", "pagemap", "task", "map_files")
"""Of another process's folder in /proc."""


class Fact(NamedTuple):
    """kind: one of those that verify.subjects.seen has a sentence for; what; where: the line."""

    kind: str
    what: str
    where: str = ""


Handler = Callable[[Any, FrameType], Fact | None]


class Places:
    """Whose file it is.  own: the package of the subject, where it is an installed one."""

    def __init__(self, own: str, ours: Sequence[str]) -> None:
        self._own, self._ours, self._known = own, {*ours}, dict[str, str]()
        self._here = f"{Path.cwd()}{os.sep}"

    def of(self, file: str) -> str:
        """OWN, the name of a package, or NEITHER: Python's, or the harness's own part here."""
        found = self._known.get(file)
        if found is None:
            found = self._known[file] = self._of(file)
        return found

    def _of(self, file: str) -> str:
        if file.startswith("<") or file in self._ours:
            return NEITHER
        parts = Path(file).parts
        for word in ("site-packages", "dist-packages"):
            if word in parts[:-1]:
                name = parts[len(parts) - parts[::-1].index(word)].removesuffix(".py")
                return OWN if name == self._own else name
        real = os.path.realpath(file)
        for name in PACKAGES:
            if real.startswith(f"{HARNESS / name}{os.sep}"):
                return name
        return NEITHER if real.startswith(LIBRARY + os.sep) else OWN

    def line(self, frame: FrameType | None, behind: bool = False) -> str | None:
        """The subject's innermost line; None where an installed package is what acts, unless it is
        asked who is behind that."""
        while frame is not None:
            whose = self.of(frame.f_code.co_filename)
            if whose == OWN:
                return f"{frame.f_code.co_filename.removeprefix(self._here)}:{frame.f_lineno}"
            if whose != NEITHER and not behind:
                return None
            frame = frame.f_back
        return ""


class Events:
    """What is noted of each audit event.  secret: folders that no subject reads; home: the
    subject's own."""

    def __init__(self, places: Places, secret: Sequence[str], home: str) -> None:
        self.places, self.home, self.parent = places, home, os.getppid()
        self.secret = [f"{os.path.realpath(path)}{os.sep}" for path in secret]
        self.group, self.process = os.getpgid(self.parent), f"/proc/{self.parent}/"
        self.handlers: dict[str, Handler] = {
            "exec": self.runs, "open": self.opens, "subprocess.Popen": self.starts,
            "os.system": self.starts, "os.posix_spawn": self.starts, "os.exec": self.starts,
            "socket.connect": self.connects, "os.kill": self.signals, "os.killpg": self.group_too,
            "resource.setrlimit": self.raises,
        }  # fmt: skip
        self.limits = limits()

    def runs(self, args: Any, frame: FrameType) -> Fact | None:
        """The body of a module, however it was found."""
        code = args[0]
        if not isinstance(code, CodeType) or code.co_name != "<module>":
            return None
        whose = self.places.of(code.co_filename)
        if whose == OWN:
            return Fact("file", code.co_filename)
        where = self.places.line(frame) if whose != NEITHER else None
        return None if where is None else Fact("import", whose, where)

    def opens(self, args: Any, frame: FrameType) -> Fact | None:
        """A file of the harness, a secret one, or the memory of the parent."""
        path, mode, flags = args
        caller = frame.f_code.co_filename
        if not isinstance(path, str | bytes) or caller.startswith("<frozen importlib"):
            return None
        real = os.path.realpath(os.fsdecode(path))
        if real.startswith(self.process) and real.split("/")[3] in PRIVATE:
            return Fact("memory", real, self.places.line(frame, True) or "")
        if any(real.startswith(folder) for folder in self.secret) and not self._at_home(real):
            return Fact("peek", real, self.places.line(frame, True) or "")
        whose = self.places.of(real)
        if whose not in PACKAGES or caller.endswith(QUIET):
            return None
        writes = set(mode or "") & set("wax+") or flags & (os.O_WRONLY | os.O_RDWR)
        where = self.places.line(frame)
        return None if where is None else Fact("tamper" if writes else "source", whose, where)

    def _at_home(self, real: str) -> bool:
        """In the subject's own folder, which lies in a secret one."""
        inside = any(self.home.startswith(folder) for folder in self.secret)
        return inside and real.startswith(self.home)

    def starts(self, args: Any, frame: FrameType) -> Fact | None:
        """Another program."""
        words = args[1] if len(args) > 1 and args[1] else args[0]
        one = isinstance(words, str | bytes | os.PathLike)
        text = os.fsdecode(words) if one else " ".join(map(os.fsdecode, words))
        where = self.places.line(frame)
        return None if where is None else Fact("program", text, where)

    def connects(self, args: Any, frame: FrameType) -> Fact | None:
        """A connection that is no file's."""
        where = self.places.line(frame)
        if where is None or not isinstance(args[1], tuple):
            return None
        return Fact("network", f"{args[1][0]} port {args[1][1]}", where)

    def signals(self, args: Any, frame: FrameType) -> Fact | None:
        """To the harness, or to every process there is."""
        number, what = args
        if what == 0 or number not in (self.parent, -1, -self.group):
            return None
        return Fact("signal", signal.Signals(what).name, self.places.line(frame, True) or "")

    def group_too(self, args: Any, frame: FrameType) -> Fact | None:
        """To the harness's group of processes."""
        return self.signals((-args[0], args[1]), frame)

    def raises(self, args: Any, frame: FrameType) -> Fact | None:
        """A limit above what the harness has set, whether that is granted or not."""
        which, wanted = args
        found = self.limits.get(which)
        if found is None or 0 <= wanted[0] <= found[1]:
            return None
        return Fact("limit", found[0], self.places.line(frame, True) or "")


def limits() -> dict[int, tuple[str, int]]:
    """What is limited and to how much, by its number; those without a limit are left out."""
    try:
        import resource
    except ImportError:
        return {}
    every = (("memory", resource.RLIMIT_AS), ("files", resource.RLIMIT_FSIZE))
    found = {number: (name, resource.getrlimit(number)[0]) for name, number in every}
    return {number: one for number, one in found.items() if one[1] != resource.RLIM_INFINITY}


def watched(places: Places, secret: Sequence[str], home: str) -> Callable[[], list[Fact]]:
    """Begin to watch; what is returned gives the facts that are new since it was asked last."""
    handlers = Events(places, secret, home).handlers
    seen: set[Fact] = set()
    new: list[Fact] = []

    def hook(event: str, args: Any) -> None:
        handler = handlers.get(event)
        if handler is None:
            return
        try:
            fact = handler(args, sys._getframe(1))
        except Exception:  # what cannot be understood is nobody's fault
            return
        if fact is None:
            return
        if fact not in seen and len(seen) < MOST:
            seen.add(fact)
            new.append(fact)
        if fact.kind == "signal":
            raise PermissionError(1, "the harness is not to be signalled")

    def since() -> list[Fact]:
        given = new[:]
        del new[:]
        return given

    sys.addaudithook(hook)
    return since
