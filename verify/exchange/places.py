"""What a format is handed: a file or a member of an archive, and how large its arrays may be."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from numpy.typing import NDArray

from lenet_ref import door
from verify.cases.torch_files import own_name
from verify.errors import InputError
from verify.exchange.archives import HEADER, MOST_BYTES, WIDEST, Shape

__all__ = ["ArrayFile", "DtypeOf", "Found", "Laid", "Named", "Place", "Rooms", "on_disk"]
DtypeOf = Callable[[str], str | None]
"""dtype of what has none in its file, by name; None where there is no case that says it."""


class Rooms(Protocol):
    """How large an array of a name may be, and whether any may have it."""

    def __call__(self, theirs: str, /) -> Shape | None:
        """The shape that holds the most numbers; None for a name that is to be ignored, or that
        no tensor has: that is remembered as a mistake."""

    def knows(self, theirs: str, /) -> bool:
        """A tensor has that name, or it is to be ignored; nothing is remembered."""


@runtime_checkable
class Laid(Rooms, Protocol):
    """Rooms of arrays whose layout is declared; where it is still to be found they are none."""

    def declared(self, theirs: str, /) -> Shape:
        """The shape that it has with them, of a name that some tensor has."""


class Named(NamedTuple):
    """An array under its own name.

    blur: of what was printed, half a unit of the last digit of each element; digits: how many they
    have; plain: the numbers have no dtype of their own, as what was printed, or everybody's; note:
    what is to be said of how it was read.
    """

    name: str
    value: NDArray[Any]
    blur: NDArray[Any] | None = None
    digits: int = 0
    plain: bool = False
    note: str = ""


Found = Iterator[Named]


@dataclass(frozen=True)
class Place:
    """Where bytes come from.

    where: for messages; contents: all of them, if they are at most so many (and what so many are
    enough for); opened: the same, to be read in parts; most: bytes that a file of several arrays
    may have.
    """

    where: str
    contents: Callable[[int, str], bytes]
    opened: Callable[[int], io.FileIO | io.BytesIO]
    most: int = MOST_BYTES


def on_disk(path: Path, within: Path) -> Place:
    """A file in a folder that links must not lead out of."""
    return Place(
        str(path),
        lambda most, fits: door.contents(path, most, within, fits),
        lambda most: door.opened(path, most, within),
    )


@dataclass(frozen=True)
class ArrayFile:
    """name: of the file without its suffix; place: its bytes; room: for each name; dtype_of:
    what is written without a dtype."""

    name: str
    place: Place
    room: Rooms
    dtype_of: DtypeOf

    @property
    def where(self) -> str:
        """For messages."""
        return self.place.where

    def whole(self) -> bytes:
        """A file of several arrays."""
        return self.place.contents(self.place.most, "")

    def array(self, shape: Shape, each: int = WIDEST) -> bytes:
        """A file of one array, which takes at most so many bytes for each number."""
        return self.place.contents(math.prod(shape) * each + HEADER, f"{self.name} {shape}")

    def called(self, name: str) -> str:
        """A name as tensors have it: C1.W of a state_dict's C1.weight and of C1_W, where no dot may
        stand in a name; as it is, if a tensor has that or none has another."""
        likely = (name, own_name(name), name.replace("_", ".", 1))
        return next((each for each in likely if self.room.knows(each)), name)

    def must_fit(self, name: str, numbers: int, shape: Shape) -> None:
        """An array has no more numbers than its tensor can have.

        Raises:
            InputError: it has.
        """
        if numbers > math.prod(shape):
            raise InputError("larger than its tensor can be", where=f"{self.where}: {name[:80]}",
                             got=f"{numbers} numbers", expected=shape)  # fmt: skip
