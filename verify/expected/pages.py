"""Where the pages that are cited can be read: in a checkout, or inside an installed package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ROOT", "folder", "shown", "told"]
_PACKAGE = Path(__file__).parents[1]
ROOT = _PACKAGE.parent
"""What paths of code are below."""


def folder() -> Path:
    """The folder that is called docs/."""
    beside = ROOT / "docs"
    return beside if (beside / "derivation.md").is_file() else _PACKAGE / "docs"


def shown(page: str) -> str:
    """A page as whoever runs a command can open it."""
    place = folder() / page
    return str(place.relative_to(ROOT) if Path.cwd() == ROOT else place)


def told() -> str:
    """What paths are relative to; empty where that is the working folder."""
    if Path.cwd() == ROOT:
        return ""
    return f"below {ROOT}" + ("" if folder().parent == ROOT else f"; docs/ is {folder()}")
