"""Things in place of files: pipes, devices, loops of links; names that do something to a screen."""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tests.hostile.arrays import Arrays, Hostile, Make

Put = Callable[[Path], object]


def bound(path: Path) -> None:
    """A socket; its path is too long for some systems, so it is bound from inside."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(path.name)
    finally:
        os.chdir(here)


def chain(path: Path) -> None:
    """Links that lead to each other forty times before they lead nowhere."""
    for i in range(45):
        path.with_name(f"link{i}").symlink_to(f"link{i + 1}")
    path.symlink_to("link0")


def looped(path: Path) -> None:
    """Two links that lead to each other."""
    path.symlink_to("other")
    path.with_name("other").symlink_to(path.name)


def sparse(path: Path) -> None:
    """A terabyte that takes no room."""
    with path.open("wb") as file:
        file.truncate(2**40)


def link(target: str) -> Put:
    """A link."""
    return lambda path: path.symlink_to(target)


THINGS: dict[str, Put] = {
    "pipe": os.mkfifo,
    "socket": bound,
    "folder": Path.mkdir,
    "loop": link("."),
    "self": lambda path: path.symlink_to(path.name),
    "looped": looped,
    "chain": chain,
    "dangling": link("nowhere"),
    "sparse": sparse,
    "zero": link("/dev/zero"),
    "random": link("/dev/urandom"),
    "full": link("/dev/full"),
    "stdin": link("/dev/stdin"),
    "passwd": link("/etc/passwd"),
    "mem": link("/proc/self/mem"),
    "above": link("../../.."),
}
PLACES = ("answers.npz", "C1.db.npy", "C1.db.bin", "manifest.json")


def things() -> Iterator[Hostile]:
    """Each of them in place of each kind of file."""
    for what, put in THINGS.items():
        for name in PLACES:
            yield Hostile(f"{what}-as-{name}", placed(put, name), False, name == "manifest.json")


def placed(put: Put, name: str) -> Make:
    """A right submission with one thing in place of a file."""

    def make(place: Path, right: Arrays) -> None:
        if name != "answers.npz":
            np.savez(place / "answers.npz", **{k: v for k, v in right.items() if k != "C1.db"})
        put(place / name)

    return make


NAMES = (
    *("=cmd()", "+1", "-rf", "@sum", "'", '"', ",", ";", " ", "  x", "a\nb", "a\rb", "\x1b[2J", "\x07"),
    *("\u202e", "\ufeff", "\u0301", "\U0001f4a5", os.fsdecode(b"\xff\xfe"), "x" * 200, "~", "$(id)", "`id`"),
    *("%s", "{0}", "..", "...", "CON", "a:b", "\\", "|", "\x7f", "\x85", "\u2028", "=HYPERLINK(A1)"),
)  # fmt: skip


def names() -> Iterator[Hostile]:
    """A right submission in a folder of that name passes; a file of that name is no tensor."""
    for name in NAMES:
        if name != "..":
            yield Hostile(f"{name}", lambda place, right: np.savez(place / "a.npz", **right), True)
    for number, name in enumerate(NAMES):
        yield Hostile(f"named-{number}", named(f"{name}.npy"))


def named(name: str) -> Make:
    """A right submission beside a file of another name."""

    def make(place: Path, right: Arrays) -> None:
        np.savez(place / "answers.npz", **right)
        np.save(place / "x.npy", np.zeros(6))
        (place / "x.npy").rename(place / name)

    return make


def folders() -> Iterator[Hostile]:
    """Too much, too deep, nothing."""
    yield Hostile("empty", lambda place, right: None)
    yield Hostile("no-folder", lambda place, right: place.rmdir())
    yield Hostile("a-file", lambda place, right: (place.rmdir(), place.write_text("x"))[0])
    yield Hostile("deep", deep, None)
    yield Hostile("many", lambda place, right: many(place, right, "npy"))
    yield Hostile("many-others", lambda place, right: many(place, right, "log"))
    yield Hostile("shut", shut, None)
    yield Hostile("itself", lambda place, right: (place.rmdir(), place.symlink_to(place.name))[0])


def deep(place: Path, right: Arrays) -> None:
    """Folders in folders, deeper than a path can say."""
    np.savez(place / "answers.npz", **right)
    here = Path.cwd()
    os.chdir(place)
    try:
        for _ in range(600):
            Path("inner.npy").mkdir()
            os.chdir("inner.npy")
    finally:
        os.chdir(here)


def many(place: Path, right: Arrays, suffix: str) -> None:
    """More files than a network has tensors."""
    np.savez(place / "answers.npz", **right)
    for i in range(1500):
        (place / f"{i}.{suffix}").touch()


def shut(place: Path, right: Arrays) -> None:
    """No permission, where that means something."""
    np.savez(place / "answers.npz", **right)
    (place / "answers.npz").chmod(0)
    place.chmod(0)


def cleared(folder: Path) -> None:
    """All of it."""
    from verify.subjects.leftovers import removed

    shutil.rmtree(folder, ignore_errors=True) if not folder.is_dir() else removed(folder, 60)
