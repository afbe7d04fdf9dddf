"""Callables that do harm in a process of their own; loaded by path, as ``callables.py:raises_3``.

Each family is a function that is given a variation; CALLABLES has all of them by name.
"""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

Values = dict[str, Any]
CALLABLES: dict[str, Callable[..., Any]] = {}


def family(variations: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function once for each variation (a mapping, or a list)."""

    def registered(function: Callable[..., Any]) -> Callable[..., Any]:
        named = variations if isinstance(variations, dict) else dict(enumerate(variations))
        for name, variation in named.items():
            CALLABLES[f"{function.__name__}_{name}"] = partial(function, variation)
        return function

    return registered


def right(parameters: Values, images: Any, labels: Any) -> Values:
    """What stands first and last in every batch: nothing but rightness."""
    from lenet_ref import modern, run

    found = run(modern(), parameters, images, labels)
    return {k: v for k, v in found.items() if k.rpartition(".")[2] in ("dW", "db")}


TEXTS = ("\udcff", "\x1b[2J\x1b]0;x\x07", "a\nb\r\nc", "=cmd()", "-1+1", "\x00", "\u202e", "x" * 10**6, "", "%s{0}",
         "\u2028PASS", '","a"\n')  # fmt: skip


@family(TEXTS)
def raises(text: str, *_: Any) -> Values:
    raise ValueError(text)


@family(TEXTS)
def named(text: str, parameters: Values, *_: Any) -> Values:
    """A tensor, and a value that is none, of that name."""
    return {text: parameters["C1.b"], text + "x": None}


@family(TEXTS)
def prints(text: str, parameters: Values, *_: Any) -> Values:
    os.write(1, text.encode("utf-8", "surrogatepass") * 3)
    os.write(2, text.encode("utf-8", "surrogatepass") * 3)
    raise RuntimeError


class UnsayableError(Exception):
    """Its text cannot be had."""

    def __str__(self) -> str:
        raise SystemExit(0)

    __repr__ = __str__


class NoTextError(Exception):
    """Its text is none."""

    def __str__(self) -> str:
        return 3  # type: ignore[return-value]


class EndlessError(Exception):
    """Its text takes for ever."""

    def __str__(self) -> str:
        while True:
            time.sleep(1)


class Code:
    """An exit status that cannot be shown."""

    def __repr__(self) -> str:
        raise KeyboardInterrupt


def circular() -> Exception:
    """The cause of its cause."""
    error = ValueError("round")
    other = TypeError("and round")
    error.__cause__, other.__cause__ = other, error
    return error


def grouped() -> Exception:
    """A group in a group in a group."""
    found: Exception = ValueError("inner")
    for _ in range(300):
        found = ExceptionGroup("\x1b[2J", [found])
    return found


def strange() -> Exception:
    """Its type's name is a formula on two lines."""
    made = type("=cmd()\n\udcff", (Exception,), {"__module__": "\x1b"})
    return made("x")  # type: ignore[no-any-return]


ERRORS: dict[str, Callable[[], BaseException]] = {
    "unsayable": UnsayableError, "no_text": NoTextError, "endless": EndlessError, "circular": circular, "grouped": grouped,
    "strange": strange, "interrupt": KeyboardInterrupt, "generator": GeneratorExit, "stop": StopIteration,
    "base": BaseException, "code": lambda: SystemExit(Code()), "exit": lambda: SystemExit("\x1b" * 9999),
    "unicode": lambda: UnicodeDecodeError("\udcff", b"", 0, 1, "\n"), "memory": MemoryError, "recursion": RecursionError,
    "os": lambda: OSError(28, "\n", "\udcff"), "syntax": lambda: SyntaxError("x", ("\x1b\n", 1, 1, "\n")),
    "warning": lambda: UserWarning("\n"),
}  # fmt: skip


@family(ERRORS)
def errs(make: Callable[[], BaseException], *_: Any) -> Values:
    raise make()


class Evil(np.ndarray):
    """An array that will not be one."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise OSError("\udcff")

    def __array_finalize__(self, other: Any) -> None:
        if other is not None and time.time() < 0:
            raise OSError

    def tobytes(self, *_: Any) -> bytes:
        return os.urandom(8)


class Told(Mapping[str, Any]):
    """A mapping whose items are what it is told."""

    def __init__(self, items: Callable[[], Iterator[Any]]) -> None:
        self.told = items

    def __getitem__(self, name: str) -> Any:
        return np.zeros(6)

    def __len__(self) -> int:
        return -1

    def __iter__(self) -> Iterator[str]:
        return self.told()

    def items(self) -> Any:
        return self.told()


def broken() -> Iterator[Any]:
    """Raises half way."""
    yield "C1.db", np.zeros(6)
    raise OSError("\x1b[2J")


def endless() -> Iterator[Any]:
    """Never ends."""
    while True:
        yield "C1.db", np.zeros(6)


RESULTS: dict[str, Callable[[], Any]] = {
    "list": lambda: [1], "text": lambda: "C1.db", "generator": broken, "type": lambda: dict, "broken": lambda: Told(broken),
    "endless": lambda: Told(endless), "triples": lambda: Told(lambda: iter([(1, 2, 3)])), "none": lambda: {None: None},
    "bytes": lambda: {b"C1.db": np.zeros(6)}, "many": lambda: {f"x{i}": np.zeros(1) for i in range(5000)},
    "many_wrong": lambda: {f"x{i}": None for i in range(5000)}, "long": lambda: {"x" * 2**22: np.zeros(6)},
    "longer": lambda: {"x" * 2**25: np.zeros(6)}, "evil": lambda: {"C1.db": np.zeros(6).view(Evil)},
    "masked": lambda: {"C1.db": np.ma.masked_all(6)}, "matrix": lambda: {"C1.W": np.asmatrix(np.zeros((2, 3)))},
    "objects": lambda: {"C1.db": np.array([UnsayableError] * 6)}, "records": lambda: {"C1.db": np.zeros(6, "f8,U3")},
    "broadcast": lambda: {"C1.db": np.broadcast_to(0.0, (2**24, 2**24))}, "half": lambda: {"C1.db": np.zeros(6, "f2")},
    "wide": lambda: {"C1.db": np.zeros(6, "g")}, "complex": lambda: {"C1.db": np.zeros(6, complex)},
    "large": lambda: {f"x{i}": np.zeros(2**24) for i in range(3)}, "dates": lambda: {"C1.db": np.zeros(6, "M8[s]")},
    "deep": lambda: {"C1.db": np.zeros((1,) * 32)}, "nan": lambda: {"C1.db": np.full(6, np.nan)},
    "negative": lambda: {"S2.argmax": np.full((3, 6, 14, 14), -(2**63))},
}  # fmt: skip


@family(RESULTS)
def returns(make: Callable[[], Any], *_: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make()


def pipes() -> list[int]:
    """Open file descriptors but the standard ones."""
    return [n for n in range(3, 64) if os.path.exists(f"/proc/self/fd/{n}")]  # noqa: PTH110


REPLIES = {
    "garbage": b"\x00\xff\n", "open": b"{", "deep": b"[" * 200_000 + b"\n", "deep_map": b'{"a":' * 200_000 + b"\n",
    "long": b"x" * 2**21, "list": b"[1]\n", "two": b"{}\n{}\n{}\n", "digits": b'{"names": ' + b"1" * 9999 + b"}\n",
    "failed": b'{"failed": "\\u001b[2J\\n\\udcff"}\n', "failed_deep": b'{"failed": ' + b"[" * 900 + b"]" * 900 + b"}\n",
    "absent": b'{"absent": "=cmd()\\n"}\n', "names": b'{"names": {"a": 1}, "wrong": [], "changed": 3}\n',
    "many": b'{"names": [' + b'"a",' * 90_000 + b'"a"], "wrong": {}, "changed": []}\n', "null": b"null\n",
    "wrong": b'{"names": [], "wrong": {"\\udcff": "\\udcff\\n"}, "changed": ["\\u0000"]}\n',
}  # fmt: skip


@family(REPLIES)
def replies(data: bytes, *_: Any) -> Values:
    """Speaks in place of the process it lives in."""
    for number in pipes():
        with contextlib.suppress(OSError):
            os.set_blocking(number, False)
            os.write(number, data)
    return {}


@family({"all": range(64), "pipes": range(3, 64), "out": range(1, 3)})
def closes(numbers: range, *_: Any) -> Values:
    for number in numbers:
        with contextlib.suppress(OSError):
            os.close(number)
    return {"C1.db": np.zeros(6)}


def bomb(path: str, how: int) -> None:
    """A member that is much more than it is."""
    with zipfile.ZipFile(path, "w", how) as file, file.open("0.npy", "w") as member:
        np.lib.format.write_array(member, np.zeros(2**24))


def members(path: str, names: list[str]) -> None:
    """An archive of these names."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as file:
        warnings.simplefilter("ignore")
        for name in names:
            with file.open(name, "w") as member:
                np.lib.format.write_array(member, np.zeros(6))


def sparse(path: str) -> None:
    """As large as a file may be, and empty."""
    with Path(path).open("wb") as file:
        file.truncate(2**30 - 1)


def bound(path: str) -> None:
    """A socket."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)


def pickled(path: str) -> None:
    """Objects."""
    np.savez_compressed(path, **{"0": np.array([UnsayableError] * 3, dtype=object)})  # type: ignore[arg-type]


OUTPUTS: dict[str, Callable[[str], Any]] = {
    "pipe": os.mkfifo, "socket": bound, "folder": os.mkdir, "sparse": sparse, "pickled": pickled, "missing": lambda p: None,
    "zero": lambda p: Path(p).symlink_to("/dev/zero"), "passwd": lambda p: Path(p).symlink_to("/etc/passwd"),
    "self": lambda p: Path(p).symlink_to(p), "nowhere": lambda p: Path(p).symlink_to("nowhere"),
    "deflated": lambda p: bomb(p, zipfile.ZIP_DEFLATED), "bzip2": lambda p: bomb(p, zipfile.ZIP_BZIP2),
    "lzma": lambda p: bomb(p, zipfile.ZIP_LZMA), "empty": lambda p: Path(p).touch(),
    "garbage": lambda p: Path(p).write_bytes(os.urandom(9999)), "twice": lambda p: members(p, ["0.npy", "0.npy"]),
    "others": lambda p: members(p, ["1.npy"]), "many": lambda p: members(p, [f"{i}.npy" for i in range(3000)]),
    "texts": lambda p: np.savez(p, **{"0": np.array(["\udcff"] * 6)}), "shut": lambda p: Path(p).touch(0),
}  # fmt: skip


@family(OUTPUTS)
def outputs(write: Callable[[str], Any], parameters: Values, *_: Any) -> Values:
    """What is handed back is not what was stored."""
    np.savez = lambda path, **arrays: write(path)
    return {"C1.db": np.zeros(6)}


def given() -> Path:
    """The file that the arguments came from."""
    frame: Any = sys._getframe()
    while frame is not None and "inputs" not in frame.f_locals:
        frame = frame.f_back
    return Path(frame.f_locals["inputs"])


def gone(folder: Path) -> None:
    """Remove a folder that stands in nobody's way."""
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def nested(folder: Path) -> None:
    """Folders in folders."""
    os.chdir(folder)
    for _ in range(1100):
        Path("inner").mkdir()
        os.chdir("inner")


def several(folder: Path) -> None:
    """Many small files."""
    for i in range(4000):
        (folder / f"{i}\x1b").touch()


def fixed(folder: Path) -> None:
    """A file that not even root removes; it stays until somebody lifts the flag."""
    (folder / "immutable").touch()
    subprocess.run(["chattr", "+i", folder / "immutable"], check=False, capture_output=True)


def replaced(folder: Path) -> None:
    """A link in place of the folder."""
    gone(folder)
    folder.symlink_to("/etc")


def turned(folder: Path) -> None:
    """A folder in place of a file."""
    (folder / "inputs.npz").unlink()
    (folder / "inputs.npz").mkdir()


def piped(folder: Path) -> None:
    """Pipes under every name."""
    (folder / "inputs.npz").unlink()
    os.mkfifo(folder / "inputs.npz")
    os.mkfifo(folder / "outputs.npz.tmp")


FOLDERS: dict[str, Callable[[Path], Any]] = {
    "gone": gone, "nested": nested, "several": several, "fixed": fixed, "replaced": replaced, "turned": turned,
    "piped": piped, "shut": lambda f: f.chmod(0), "named": lambda f: (f / os.fsdecode(b"\xff\n=cmd()")).mkdir(),
    "loop": lambda f: (f / "loop").symlink_to("."), "file": lambda f: (gone(f), f.touch()),
}  # fmt: skip


@family(FOLDERS)
def spoils(change: Callable[[Path], Any], parameters: Values, *_: Any) -> Values:
    """The folder of its arguments."""
    change(given().parent)
    return {"C1.db": np.zeros(6)}


STACKS: dict[str, Callable[[Path], Any]] = {
    "pipe": lambda p: os.mkfifo(p), "zero": lambda p: p.symlink_to("/dev/zero"), "folder": lambda p: p.mkdir(),
    "sparse": lambda p: sparse(str(p)), "forged": lambda p: p.write_text('File "\x1b[2J=cmd()", line 1 in \u202e\n'),
    "long": lambda p: p.write_text('File "' + "x" * 99_999 + '", line 1 in y\n'), "loop": lambda p: p.symlink_to(p.name),
}  # fmt: skip


@family(STACKS)
def stacks(put: Callable[[Path], Any], *_: Any) -> Values:
    """The file in which the place of a crash is looked up."""
    path = Path(sys.argv[4])
    path.unlink(missing_ok=True)
    put(path)
    os._exit(7)


SIGNALS = (
    "SEGV",
    "ABRT",
    "KILL",
    "TERM",
    "STOP",
    "BUS",
    "FPE",
    "XFSZ",
    "USR1",
    "ALRM",
    "PIPE",
    "HUP",
)


@family({name: getattr(signal, f"SIG{name}") for name in SIGNALS})
def dies(number: int, *_: Any) -> Values:
    os.kill(os.getpid(), number)
    time.sleep(60)
    return {}


def daemon(work: Callable[[], Any]) -> None:
    """Go on in another session, twice forked."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            with contextlib.suppress(BaseException):
                work()
        os._exit(0)


def busy() -> None:
    """Write for as long as somebody reads."""
    while True:
        os.write(1, b"x" * 9999)
        time.sleep(0.01)


def both() -> Values:
    """One call, two answers."""
    os.fork()
    return {"C1.db": np.zeros(6)}


def threads() -> Values:
    """They never end."""
    for _ in range(50):
        threading.Thread(target=time.sleep, args=(600,)).start()
    return {"C1.db": np.zeros(6)}


def closed_daemon() -> None:
    """Holds no pipe."""
    for number in (0, 1, 2, *pipes()):
        with contextlib.suppress(OSError):
            os.close(number)
    time.sleep(600)


PROCESSES: dict[str, Callable[[], Any]] = {
    "daemon": lambda: daemon(lambda: time.sleep(600)), "daemon_busy": lambda: daemon(busy),
    "daemon_closed": lambda: daemon(closed_daemon), "two": both, "threads": threads, "leaves": lambda: os._exit(0),
    "status": lambda: os._exit(255), "child": lambda: os.fork() or time.sleep(600),
    "other": lambda: os.execv("/bin/true", ["true"]), "waits": lambda: os.execv("/bin/sleep", ["sleep", "600"]),
    "shell": lambda: subprocess.Popen(["sh", "-c", "trap '' TERM INT HUP; sleep 600"], start_new_session=True) and {},
    "null": lambda: ctypes.string_at(0), "wild": lambda: ctypes.memset(12345, 0, 99),
}  # fmt: skip


@family(PROCESSES)
def lives(work: Callable[[], Any], *_: Any) -> Any:
    return work()


def filled() -> Values:
    """More than one file may hold."""
    with Path(given().parent / "big").open("wb") as file:
        file.truncate(2**31)
    return {}


def descriptors() -> Values:
    """All that may be open."""
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(10**6)]
    return {"x": held}


RESOURCES: dict[str, Callable[[], Any]] = {
    "memory": lambda: [np.ones(2**22) for _ in range(10_000)], "file": filled, "descriptors": descriptors,
    "recursion": lambda: json.dumps(repeated(100_000)), "limit": lambda: sys.setrecursionlimit(10**9) or returns_deep(),
    "sleep": lambda: time.sleep(600), "lock": lambda: threading.Lock().acquire() and threading.Lock().acquire() and hang(),
    "input": lambda: os.read(os.pipe()[0], 1), "deaf": lambda: (signal.signal(signal.SIGUSR1, signal.SIG_IGN), hang()),
    "at_exit": lambda: __import__("atexit").register(time.sleep, 600) and {},
}  # fmt: skip


def hang() -> None:
    """For ever."""
    while True:
        time.sleep(0.1)


def returns_deep() -> Any:
    """Until the stack ends."""
    return returns_deep()


def repeated(depth: int) -> list[Any]:
    """Lists in lists."""
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


@family(RESOURCES)
def takes(work: Callable[[], Any], *_: Any) -> Any:
    return work()


class Turncoat:
    """Is callable, and is not."""

    def __call__(self, *_: Any) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        raise OSError("\udcff")


CALLABLES["turncoat"] = Turncoat()
globals().update(CALLABLES)
