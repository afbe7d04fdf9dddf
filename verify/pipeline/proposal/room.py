"""Room for arrays whose names are not known yet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.door import exists, is_folder
from lenet_ref.specs.layer import Shape

__all__ = ["Open"]


@dataclass(frozen=True)
class Open:
    """Any name: no array is larger than the largest tensor.

    shapes: of all tensors; path, width: the dump and the bytes of a number, where raw files may
    stand in it.
    """

    shapes: Mapping[str, Shape]
    path: Path | None = None
    width: int = 8

    def __call__(self, name: str) -> Shape | None:
        """The shape that an array of that name may have at most; that of a raw file is what it
        holds."""
        if name in self.shapes:
            return self.shapes[name]
        most = max(math.prod(shape) for shape in self.shapes.values())
        if self.path is not None:
            raw = (self.path if is_folder(self.path) else self.path.parent) / f"{name}.bin"
            if exists(raw):
                most = min(most, raw.stat().st_size // self.width)
        return (most,)

    def knows(self, name: str) -> bool:
        """A tensor has that name; whose the others are remains to be found."""
        return name in self.shapes
