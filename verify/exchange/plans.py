"""A plan between their axes and ours: one reshape, one transposition, one reshape, both ways."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.specs.layer import Shape
from verify.exchange.forms import Form
from verify.exchange.layout import Layout

__all__ = ["Array", "Order", "Plan", "plan", "reshaped"]
Array = NDArray[Any]
Order = tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """theirs: the shape they have; split: to split it into; axes: that bring it into our order;
    ours: our shape."""

    theirs: Shape
    split: Shape
    axes: Order
    ours: Shape

    @classmethod
    def none(cls, shape: Shape) -> Plan:
        """Theirs are ours."""
        return cls(shape, shape, tuple(range(len(shape))), shape)

    @property
    def identity(self) -> bool:
        """Nothing moves, and no axis is split or joined."""
        return self.theirs == self.ours and not self.moves

    @cached_property
    def moves(self) -> bool:
        """The same numbers stand in another order."""
        long = [axis for axis in self.axes if self.split[axis] != 1]
        return long != sorted(long)

    def to_ours(self, value: Array) -> Array:
        """An array of their shape, or flat in their order, in ours; a view where NumPy can."""
        if not self.moves:
            return value.reshape(self.ours)
        return value.reshape(self.split).transpose(self.axes).reshape(self.ours)

    def to_theirs(self, value: Array) -> Array:
        """The exact inverse: an array of our shape in theirs."""
        turned = value.reshape([self.split[axis] for axis in self.axes])
        return turned.transpose(np.argsort(self.axes)).reshape(self.theirs)

    def place(self, index: Order) -> int:
        """Where an element of ours stands in theirs, counted in C order."""
        turned = tuple(self.split[axis] for axis in self.axes)
        flat = np.ravel_multi_index(index, self.ours) if index else 0
        found = dict(zip(self.axes, np.unravel_index(flat, turned), strict=True))
        at = tuple(int(found[axis]) for axis in range(len(self.split)))
        return int(np.ravel_multi_index(at, self.split)) if at else 0


def plan(form: Form, layout: Layout) -> Plan:
    """How a tensor of a form lies under a layout."""
    return _plan(form, *layout.lying)


@lru_cache(2**14)
def _plan(
    form: Form, volumes: str, filters: str, affine: str, full: bool, flatten: str | None
) -> Plan:
    turned = affine == "in-out"
    implied = "HWC" if volumes == "NHWC" else None
    match form.kind:
        case "filters":
            return _filters(form.shape, filters)
        case "covering filters" if full:
            return _weights(form, flatten or implied, turned)
        case "covering filters":
            return _filters(form.shape, filters)
        case "covered volume" if full:
            return _inputs(form, flatten or implied)
        case "covering fields" if full:
            return _inputs(form, flatten)
        case "volume" | "covered volume":
            return _volume(form.shape, volumes)
        case "weights" | "weights of a volume":
            return _weights(form, flatten, turned)
        case "inputs":
            return _inputs(form, flatten)
    return Plan.none(form.shape)


def reshaped(form: Form, layout: Layout) -> Plan | None:
    """How a tensor lies that is handed over before a layer makes a vector of the volume, or after
    it, where ours is of the other side; None for one that no layer does that to."""
    if form.kind == "covered volume" and layout.full:
        return _volume(form.shape, layout["volumes"])
    if not form.volume or form.kind not in ("inputs", "volume"):
        return None
    n, (c, h, w) = form.shape[0], form.volume
    flat = _flattened(form, layout.chosen.get("flatten"))
    if form.kind == "volume":
        letters = layout.chosen.get("flatten") or form.order
        axes = (0, *(letters.index(x) + 1 for x in "CHW"))
        return Plan((n, c * h * w), (n, *flat[0]), axes, form.shape)
    letters = "HWC" if layout["volumes"] == "NHWC" else "CHW"
    sizes = tuple({"C": c, "H": h, "W": w}[x] for x in letters)
    axes = (0, *(letters.index(x) + 1 for x in form.order))
    return Plan((n, *sizes), (n, *sizes), axes, form.shape)


def _volume(shape: Shape, volumes: str) -> Plan:
    n, c, h, w = shape
    if volumes == "NHWC":
        return Plan((n, h, w, c), (n, h, w, c), (0, 3, 1, 2), shape)
    return Plan.none(shape)


def _filters(shape: Shape, filters: str) -> Plan:
    """Letters in their order; a matrix has its rows, its columns or both joined."""
    sizes = dict(zip("OIHW", shape, strict=True))
    fields = math.prod(shape[1:])
    letters = {"matrix": "IHWO", "matrix-transposed": "OIHW"}.get(filters, filters[-4:])
    split = tuple(sizes[letter] for letter in letters)
    theirs = split
    if filters.startswith("matrix"):
        theirs = (shape[0], fields) if letters[0] == "O" else (fields, shape[0])
    return Plan(theirs, split, tuple(letters.index(letter) for letter in "OIHW"), shape)


def _flattened(form: Form, flatten: str | None) -> tuple[Shape, Order]:
    """The axes of the volume in their order of flattening, and what brings them into the
    network's."""
    volume = form.volume or (1, 1, form.shape[-1])
    sizes = dict(zip("CHW", volume, strict=True))
    order = flatten or form.order
    return tuple(sizes[x] for x in order), tuple(order.index(x) for x in form.order)


def _inputs(form: Form, flatten: str | None) -> Plan:
    """(N, D), of a volume that was flattened."""
    n, (sizes, order) = form.shape[0], _flattened(form, flatten)
    axes = (0, *(axis + 1 for axis in order))
    return Plan((n, math.prod(sizes)), (n, *sizes), axes, form.shape)


def _weights(form: Form, flatten: str | None, turned: bool) -> Plan:
    """(K, D), or (D, K): of a fully connected layer."""
    k, (sizes, order) = form.shape[0], _flattened(form, flatten)
    d = math.prod(sizes)
    if turned:
        return Plan((d, k), (*sizes, k), (3, *order), form.shape)
    return Plan((k, d), (k, *sizes), (0, *(axis + 1 for axis in order)), form.shape)
