"""Why a tensor is no pass, as values: the words for them are verify.report.reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from verify.judge.compare import Comparison

__all__ = ["Beyond", "Blunt", "Disputed", "Element", "HadItFirst", "NoArray", "NotReached",
           "OtherDtype", "OtherShape", "Plain", "Raised", "Reason", "Required", "RestsOn", "Shape",
           "ShapesDiffer", "Unfed"]  # fmt: skip
Shape = tuple[int, ...]


class Plain(Enum):
    """Reasons about which there is no more to say than that they hold."""

    MISSING = auto()
    NOT_ASKED_FOR = auto()
    NOTHING_TO_COMPARE = auto()
    REFERENCE_NOT_FINITE = auto()
    REFERENCE_ZERO = auto()
    BOUND_NOT_FINITE = auto()
    BOUND_NEGATIVE = auto()
    BOUND_DOES_NOT_HOLD = auto()
    CONSTANT_UPSTREAM = auto()
    NO_NEGATIVE_INPUT = auto()
    NO_TIE = auto()
    TRANSCENDENTAL = auto()
    CONSTANT_NOT_EXACT = auto()
    MEAN_NOT_EXACT = auto()
    SUMS_TOO_LARGE = auto()
    INPUTS_OFF_GRID = auto()
    VALUES_OFF_GRID = auto()

    @property
    def inapplicable(self) -> bool:
        """The exact tier has nothing to say about such a tensor, whatever its numbers are."""
        return self in (Plain.TRANSCENDENTAL, Plain.CONSTANT_NOT_EXACT, Plain.MEAN_NOT_EXACT)


@dataclass(frozen=True)
class NoArray:
    """Something of another type was handed over.  got: its name."""

    got: str


@dataclass(frozen=True)
class OtherShape:
    """An array of another shape."""

    got: Shape
    expected: Shape


@dataclass(frozen=True)
class OtherDtype:
    """An array of another dtype.  expected: empty where any integer would do."""

    got: str
    expected: str = ""


@dataclass(frozen=True)
class Element:
    """A place in an array of the subject's: the name it has there, and the index."""

    name: str
    index: Shape


@dataclass(frozen=True)
class ShapesDiffer:
    """Subject, reference and bound were not comparable: a mistake of ours."""

    subject: Shape
    reference: Shape
    bound: Shape


@dataclass(frozen=True)
class Beyond:
    """Elements are shown to be wrong."""

    comparison: Comparison


@dataclass(frozen=True)
class Blunt:
    """The bound reaches the size of some elements of all."""

    some: int
    elements: int


@dataclass(frozen=True)
class Unfed:
    """What would have to be supplied to judge the layer alone."""

    tensors: tuple[str, ...]


@dataclass(frozen=True)
class HadItFirst:
    """Tensors that the layer was handed are of the other dtype already."""

    tensors: tuple[str, ...]


@dataclass(frozen=True)
class RestsOn:
    """Right on tensors that were themselves not verified."""

    tensors: tuple[str, ...]


@dataclass(frozen=True)
class Disputed:
    """The oracle is so far from the truth that it may not judge."""

    distance: float


@dataclass(frozen=True)
class Raised:
    """The subject raised an exception of that type.  text: its message."""

    error: str
    text: str


@dataclass(frozen=True)
class NotReached:
    """The layer before it raised."""

    layer: str


@dataclass(frozen=True)
class Required:
    """Not supplied or, for the reason given, not verified, though it was required."""

    require: str
    reason: Reason | None = None


Reason: TypeAlias = (
    Plain | NoArray | OtherShape | OtherDtype | ShapesDiffer | Beyond | Blunt | Unfed | HadItFirst
    | RestsOn | Disputed | Raised | NotReached | Required
)  # fmt: skip
