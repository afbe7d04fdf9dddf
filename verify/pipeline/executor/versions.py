"""What a result depends on beside its task: of every process that works at one sweep it must be the
same."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lenet_ref import errors
from verify.subjects.leftovers import THREADS

__all__ = ["PACKAGES", "difference", "digest", "processor", "versions"]
PACKAGES = ("numpy", "torch", "pandas")


@cache
def versions() -> dict[str, str]:
    """Of this process: Python, the packages that compute, our own sources, BLAS threads."""
    found = {"python": platform.python_version()}
    found |= {name: _version(name) for name in PACKAGES}
    found["lenet-verify"] = f"{_version('lenet-verify')}, sources {_sources()}"
    found["BLAS threads"] = "1" if all(os.environ.get(n) == "1" for n in THREADS) else "not 1"
    return found


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _sources() -> str:
    """A hash of every module of ours: two checkouts of one version differ."""
    total = hashlib.sha256()
    for top in (Path(errors.__file__).parent, Path(__file__).parents[2]):
        for path in sorted(top.rglob("*.py")):
            total.update(f"{path.relative_to(top).as_posix()}\n".encode() + path.read_bytes())
    return total.hexdigest()[:12]


@cache
def digest() -> str:
    """Of all that: it goes with every result."""
    return hashlib.sha256(repr(sorted(versions().items())).encode()).hexdigest()


@cache
def processor() -> str:
    """Its kind, as libraries that compute choose their code by it: with another the last digits of
    a result may be others, which no version tells."""
    import torch

    return f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}"


def difference(theirs: Mapping[str, str]) -> str:
    """What is not as here, in words; empty if all is."""
    mine = versions()
    names = [name for name in mine if theirs.get(name) != mine[name]]
    return ", ".join(f"{name} {theirs.get(name, 'unknown')} (here {mine[name]})" for name in names)
