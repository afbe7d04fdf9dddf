"""A network as it is drawn: its layers from left to right, each with what is known of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verify.expected.step import is_gradient

__all__ = ["MARKS", "SHEETS", "STEP", "TALLEST", "WORDS", "Drawing", "Line", "Node", "Sheet",
           "drawing", "state"]  # fmt: skip
Line = Mapping[str, Any]
STEP, SHEETS, TALLEST = 118, 6, 64.0
"""Pixels from layer to layer; sheets of a volume, at most; height of the largest map."""
MARKS = {"wrong": "✗", "affected": "!", "unverified": "?", "right": "✓", "absent": "–"}
"""Symbols, the worst first: colour is never the only sign."""
WORDS = {
    "wrong": "wrong here",
    "affected": "not right",
    "unverified": "not verified",
    "right": "right",
    "absent": "not given",
}


@dataclass(frozen=True)
class Sheet:
    """One rectangle of a picture of a volume."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Node:
    """A layer: its place, the shape of what it hands on, and the state of each direction."""

    name: str
    x: int
    shape: str
    forward: str
    backward: str
    sheets: tuple[Sheet, ...]
    guilty: bool

    @property
    def said(self) -> str:
        """For those who do not see it."""
        ways = f"forward {WORDS[self.forward]}, backward {WORDS[self.backward]}"
        return f"{self.name}, {self.shape or 'a number'}: {ways}"


@dataclass(frozen=True)
class Drawing:
    """All layers of a network."""

    variant: str
    nodes: tuple[Node, ...]

    @property
    def width(self) -> int:
        """Of the whole picture."""
        return STEP * len(self.nodes) + 12

    @property
    def said(self) -> str:
        """The finding of the picture in words."""
        wrong = [node.name for node in self.nodes if node.guilty]
        told = f"own error in {', '.join(wrong)}. " if wrong else "no layer has an own error. "
        return f"Network {self.variant}: {told}" + ". ".join(node.said for node in self.nodes)


def drawing(variant: str, layers: Mapping[str, Mapping[str, Line]]) -> Drawing:
    """The layers in the order of the rows.  layers: the tensors of each."""
    scale = max((side for each in layers.values() for side in _sides(each)), default=1.0)
    found = [_node(name, i, each, scale) for i, (name, each) in enumerate(layers.items())]
    return Drawing(variant, tuple(found))


def _node(name: str, place: int, tensors: Mapping[str, Line], scale: float) -> Node:
    ways: dict[bool, set[str]] = {False: set(), True: set()}
    for tensor, line in tensors.items():
        ways[is_gradient(tensor.rpartition(".")[2])] |= line["states"]
    forward, backward = state(ways[False]), state(ways[True])
    sizes = _output(tensors)
    guilty = "wrong" in (forward, backward)
    shape = "×".join(map(str, sizes))
    return Node(name, place * STEP + 8, shape, forward, backward, _sheets(sizes, scale), guilty)


def state(states: set[str]) -> str:
    """The worst of several; what is right in one place and not given in another is right."""
    return next((word for word in MARKS if word in states), "absent")


def _output(tensors: Mapping[str, Line]) -> list[int]:
    """The shape of one example's output."""
    by_symbol = {tensor.rpartition(".")[2]: line["shape"] for tensor, line in tensors.items()}
    text = next((by_symbol[s] for s in ("y", "z", "dy", "dz", "probs") if s in by_symbol), "")
    return [int(size) for size in re.findall(r"\d{1,9}", text)][1:4]


def _sides(tensors: Mapping[str, Line]) -> list[float]:
    sizes = _output(tensors)
    return [float(max(sizes[1:]))] if len(sizes) == 3 else []


def _sheets(sizes: list[int], scale: float) -> tuple[Sheet, ...]:
    """Maps as sheets one behind the other, to scale; vectors as columns."""
    maps, height, width = (*sizes, 1, 1, 1)[:3]
    if not sizes or height == width == 1:
        tall = min(TALLEST, 8 + 6 * math.log2(maps + 1))
        return (Sheet(48.0, round(90 - tall, 1), 7.0, round(tall, 1)),)
    count, unit = min(maps, SHEETS), TALLEST / max(scale, 1.0)
    wide, tall = (round(max(6.0, side * unit * 0.8), 1) for side in (width, height))
    first = round(52 - (wide + 3 * (count - 1)) / 2, 1)
    return tuple(
        Sheet(round(first + 3 * i, 1), round(90 - tall - 3 * (count - 1 - i), 1), wide, tall)
        for i in range(count)
    )[::1]
