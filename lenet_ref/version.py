"""The version of the package: as it was installed, or of the checkout it is read from."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

__all__ = ["PACKAGE", "UNKNOWN", "declared", "version"]
PACKAGE = "lenet-verify"
UNKNOWN = "0+unknown"
"""Of a copy that was neither installed nor stands in its repository."""


@cache
def version() -> str:
    """As ``0.1.0``."""
    try:
        return installed(PACKAGE)
    except PackageNotFoundError:
        return declared(Path(__file__).parents[1] / "pyproject.toml")


def declared(project: Path) -> str:
    """The version that a pyproject.toml of this package states; UNKNOWN without one."""
    try:
        found = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return UNKNOWN
    return str(found["version"]) if found.get("name") == PACKAGE else UNKNOWN
