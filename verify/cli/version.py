"""``--version``: of this package and of what it computes with, nothing of which is imported."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

PACKAGE = "lenet-verify"
LIBRARIES = ("numpy", "torch", "pandas")


def version() -> str:
    """One line: ``lenet-verify 0.1.0 (Python 3.11.7, numpy 2.4.6, torch 2.13.0, ...)``."""
    others = ", ".join(f"{name} {of(name)}" for name in LIBRARIES)
    return f"{PACKAGE} {of(PACKAGE)} (Python {platform.python_version()}, {others})"


def of(name: str) -> str:
    """The version of an installed package."""
    try:
        return installed(name)
    except PackageNotFoundError:
        return "not installed"
