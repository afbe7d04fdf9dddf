"""A policy: how somebody decides whether a subject is right, and what that says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from verify.proof.evidence.exhibit import Array, Exhibit
from verify.proof.evidence.scopes import SCOPES

Agrees = Callable[[Array, Array], bool]
"""Subject's tensor and PyTorch's, of one shape: near enough?"""


@dataclass(frozen=True)
class Said:
    """first: the first tensor that is rejected, as they are computed, none if all is accepted;
    layers: those that are blamed; causes: ids of what is offered."""

    first: str = ""
    layers: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()

    @property
    def rejected(self) -> bool:
        """Something is said to be wrong."""
        return bool(self.first)


ACCEPTED = Said()


def row_of(found: object, columns: Sequence[str]) -> dict[str, Any]:
    """A row of a table, of fields of those names; what is so or not is a word or none."""
    row = {name: getattr(found, name) for name in columns}
    return row | {k: "yes" if v else "" for k, v in row.items() if isinstance(v, bool)}


class Policy(ABC):
    """group: the family of policies that it stands with; name: what it is in a table, unique with
    ``tensors``; tensors: the scope; source: where people use it."""

    group: str
    name: str
    tensors: str
    source: str

    @property
    def key(self) -> str:
        """Unique among all."""
        return f"{self.name}, {self.tensors}" if self.tensors else self.name

    @abstractmethod
    def reads(self, exhibit: Exhibit) -> Sequence[str]:
        """Tensors of the subject that it looks at, as they are computed; none where it does not
        apply."""

    @abstractmethod
    def says(self, exhibit: Exhibit) -> Said:
        """What it says of a subject."""


@dataclass(frozen=True)
class Compared(Policy):
    """Tensors held against PyTorch's from the same start, one by one: the way of nearly everybody.
    The layer of the first that differs is the one that is looked into.

    agrees: how two tensors are compared; ones: both sides are sent a gradient of ones in the place
    of the loss's.
    """

    group: str
    name: str
    tensors: str
    source: str
    agrees: Agrees
    ones: bool = False

    def reads(self, exhibit: Exhibit) -> Sequence[str]:
        """Those of its scope that autograd has, too."""
        wanted = SCOPES[self.tensors]
        return [n for n in exhibit.order if n in exhibit.expected and wanted(exhibit, n)]

    def says(self, exhibit: Exhibit) -> Said:
        """The first that is missing, of another shape or not near enough."""
        exhibit = exhibit.with_ones if self.ones else exhibit
        for name in self.reads(exhibit):
            if not self._known(exhibit, name):
                return Said(name, (name.partition(".")[0],))
        return ACCEPTED

    def _known(self, exhibit: Exhibit, name: str) -> bool:
        """The same bits are near the same number, so that is asked once."""
        if exhibit.right is not None and name in exhibit.unchanged:
            exhibit = exhibit.right
        told: dict[tuple[str, str], bool] = vars(exhibit).setdefault("near", {})
        if (self.key, name) not in told:
            told[self.key, name] = self._near(exhibit, name)
        return told[self.key, name]

    def _near(self, exhibit: Exhibit, name: str) -> bool:
        value, other = exhibit.trace.get(name), exhibit.expected[name]
        if value is None or np.size(value) != other.size:
            return False
        with np.errstate(all="ignore"):
            return bool(self.agrees(np.asarray(value).reshape(other.shape), other))
