"""Results of another size: what somebody took a pooling layer's stride to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lenet_ref.specs.layer import Shape
from lenet_ref.specs.pool import Pool
from verify.expected.step import Step

__all__ = ["READINGS", "told"]
_POOLED = ("argmax", "z", "y", "dy", "dz", "s", "ds")
"""Symbols of a pooling layer that have a number for each window."""
READINGS = (
    ("that of windows side by side: the stride is taken to be the window", "window"),
    ("that of windows one step apart: the stride is missing", "one"),
    ("that of sizes rounded up: a window that does not fit is left out", "up"),
)


def told(step: Step, got: Shape) -> str:
    """Whose shape it is, if that explains the number of windows; empty if nothing does, and where
    several do all of it."""
    if not isinstance(step.spec, Pool) or step.symbol not in _POOLED:
        return ""
    found = [text for text, size in _sizes(step.spec) if got[1:] == (step.spec.maps, *size)]
    return "; or ".join(found)


def _sizes(layer: Pool) -> Iterator[tuple[str, Shape]]:
    """Other numbers of windows, and what makes them."""
    for text, kind in READINGS:
        if kind == "up":
            sides = zip(layer.size, layer.window, layer.step, strict=True)
            size: Shape = tuple(-(-(side - window) // step) + 1 for side, window, step in sides)
        else:
            stride = None if kind == "window" else (1, 1)
            size = replace(layer, stride=stride).output_shape[1:]
        if size != layer.output_shape[1:]:
            yield text, size
