"""Room for arrays whose names are not known yet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.door import exists, is_folder
from lenet_ref.specs.layer import Shape
from verify.exchange.files import Raw
from verify.pipeline.proposal.usual import likeness

__all__ = ["NAMED", "Open", "without_tables"]
NAMED = 6
"""Points of a name that is more than any word."""


@dataclass(frozen=True)
class Open:
    """Any name: no array is larger than the largest tensor.

    archs, shapes: networks that it may be, and the shapes of all their tensors; path, width: the
    dump and the bytes of a number, where raw files may stand in it.
    """

    archs: tuple[Architecture, ...]
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
        """A tensor is called like that; whose name it is remains to be found."""
        if name in self.shapes:
            return True
        return any(likeness(name, ours, a) > NAMED for a in self.archs for ours in self.shapes)


def without_tables(arrays: Raw, shapes: Iterable[Shape]) -> Raw:
    """What was printed as a table, flat where no matrix of the network has that shape: its lines
    are no axis of a tensor of more axes, but of filters as a matrix.

    Args:
        arrays: changed in place; shapes: of all tensors.
    """
    known = {(shape[0], math.prod(shape[1:])) for shape in shapes if len(shape) > 1}
    for name in arrays.plain:
        value = arrays[name]
        if value.ndim == 2 and not {value.shape, value.shape[::-1]} & known:
            arrays[name] = value.reshape(-1)
            if name in arrays.blur:
                arrays.blur[name] = arrays.blur[name].reshape(-1)
    return arrays
