"""Networks that people write, one TOML file each; to add one, add a file.

Two more, ``modern`` and ``1998``, have options and stand in :mod:`lenet_ref.architecture`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lenet_ref.architecture import Architecture, lenet_1998, modern
from lenet_ref.description import described

__all__ = ["PRESETS", "preset"]
_FOLDER = Path(__file__).parent
PRESETS = ("modern", "1998", *sorted(path.stem for path in _FOLDER.glob("*.toml")))
"""Every network that is known by name."""


@cache
def preset(name: str) -> Architecture:
    """One of PRESETS, with its options as they are by default.

    Raises:
        KeyError: there is none of that name.  OptionError, ShapeError: its file is unusable.
    """
    if name not in PRESETS:
        raise KeyError(name)
    if name in ("modern", "1998"):
        return modern() if name == "modern" else lenet_1998()
    return _read(_FOLDER / f"{name}.toml", name)


def _read(path: Path, name: str) -> Architecture:
    import tomllib  # only here: a run of the two derived networks reads no file

    return described(tomllib.loads(path.read_text(encoding="utf-8")), path.name, name)
