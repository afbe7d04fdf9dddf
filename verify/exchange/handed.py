"""How somebody else has a tensor: under which name, in which shape, with which element where.

Also what is given to those who answer: inputs under their names and in their axes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lenet_ref.specs.layer import Shape
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.arrays import ORDER, Arrays, given
from verify.exchange.axes import Axes
from verify.exchange.layout import CHOICES, Layout
from verify.exchange.plans import Plan
from verify.exchange.schema import LABELS, holds_integers
from verify.judge.reasons import Element

__all__ = ["LONGEST", "NAMED", "Handed", "inputs_of", "order", "theirs"]


@dataclass(frozen=True)
class Handed:
    """name, shape: of the array as it was handed over; plan: between it and ours."""

    name: str
    shape: Shape
    plan: Plan

    def told(self, ours: str) -> bool:
        """It is worth telling: another name, or the numbers in another order."""
        return self.name != ours or self.plan.moves or self.plan.theirs != self.plan.ours

    def element(self, index: Shape) -> Element:
        """Where an element of ours stands in it."""
        place = self.plan.place(index)
        at = np.unravel_index(place, self.shape) if self.shape else ()
        return Element(self.name, tuple(map(int, at)))


def theirs(case: Case, layout: Layout) -> Arrays:
    """The inputs of a case in their axes, under our names."""
    arrays = given(case)
    if layout["inputs"] == "ours":
        return arrays
    axes = Axes(case.arch, case.batch, layout)
    turned = {name: axes.theirs(name, v) for name, v in arrays.items() if name != LABELS}
    return arrays | {name: np.ascontiguousarray(v).reshape(v.shape) for name, v in turned.items()}


def inputs_of(case: Case, layout: Layout, files: bool = False) -> dict[str, str]:
    """What each input is called on the other side, by our names.

    Args:
        files: every one is a file; else images and labels are arguments and have no name.
    Raises:
        InputError: two names for one of them, one for two, or one that cannot be written.
    """
    ours = [*given(case)]
    if layout["inputs"] == "ours":
        return {name: name for name in ours}
    found = {name: layout.theirs(name) if files or name in case.parameters else name
             for name in ours}  # fmt: skip
    for name, called in found.items():
        twice = [other for other in ours if found[other] == called]
        if len(twice) > 1:
            raise InputError("one name for two inputs", where=f"[names] {called!r}"[:200],
                             got=" and ".join(twice), fix=NAMED)  # fmt: skip
        other = holds_integers(called) and not holds_integers(name)
        if other or not _writable(called, files):
            raise InputError("no name under which it could be given", where=f"[names] {name}",
                             got=f"{called[:80]!r}", fix=NAMED)  # fmt: skip
    return found


NAMED = 'name it otherwise, or say inputs = "ours" in [layout]'


def _writable(name: str, file: bool) -> bool:
    """As a member of an archive, or as a file."""
    text = name.encode(errors="replace").decode() == name and "\0" not in name
    return text and 0 < len(name) <= LONGEST and not (file and ("/" in name or name[0] == "."))


LONGEST = 200


def order(layout: Layout) -> str:
    """How inputs lie, in words."""
    if layout["inputs"] == "ours" or layout.plain:
        return ORDER
    keys = [key for key in CHOICES["layout"] if key not in ("C5", "inputs")]
    return "C order; " + ", ".join(f"{key} {layout[key]}" for key in keys)
