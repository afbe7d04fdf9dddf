"""What fits into this machine: refused before it is tried, for the system kills what does not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.parameters import parameter_shapes
from verify.errors import InputError
from verify.expected.shapes import shapes

__all__ = ["ASKED", "CGROUP", "COPIES", "MEBIBYTE", "available", "limits", "must_fit", "needed"]
ASKED = "--batch, --option"
"""What makes a case large."""
COPIES = 7
"""What a judged trace takes in all, in traces: measured, 6 to 7 MB an image in float64."""
MEBIBYTE = 2**20
CGROUP = Path("/sys/fs/cgroup")


def must_fit(arch: Architecture, batch: int, where: str, processes: int = 1) -> None:
    """A case of so many images, judged in so many processes at once.

    Args:
        where: what the message begins with, an option or a file.
    Raises:
        InputError: it needs more memory than there is.
    """
    wanted, free = needed(arch, batch) * processes, available()
    if wanted > free:
        raise InputError("does not fit into memory", where=where,
                         got=f"{wanted // MEBIBYTE:,} MiB for {processes} x {batch:,} images",
                         expected=f"at most {free // MEBIBYTE:,} MiB")  # fmt: skip


def needed(arch: Architecture, batch: int) -> int:
    """Bytes that judging a batch takes in float64; known without making anything."""
    every = [*shapes(arch, batch).values(), *parameter_shapes(arch).values()]
    return COPIES * 8 * sum(math.prod(shape) for shape in every)


def available() -> int:
    """Bytes that this process may still take: the least of what the system, the container and
    the shell allow; without limit where none of them says."""
    return min(limits(), default=2**62)


def limits() -> Iterator[int]:
    """Every limit that is known."""
    for line in _text(Path("/proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024
    most, used = _text(CGROUP / "memory.max").strip(), _text(CGROUP / "memory.current").strip()
    if most.isdigit() and used.isdigit():
        yield max(0, int(most) - int(used))
    yield from _address_space()


def _address_space() -> Iterator[int]:
    try:
        import resource
    except ImportError:
        return
    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most != resource.RLIM_INFINITY:
        yield most


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
