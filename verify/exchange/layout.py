"""A mapping: somebody else's names, layouts and conventions, declared once in a TOML file.

    [names]                      # theirs = ours; "" ignores an array
    conv1_weight = "C1.W"

    [layout]
    volumes = "NHWC"             # NCHW
    convolution = "HWIO"         # OIHW, IOHW, WHIO, matrix, matrix-transposed, matrix-HWIO
    affine = "in-out"            # out-in
    C5 = "full"                  # convolution

    [conventions]
    loss = "sum"                 # mean: loss and every gradient N times as large; half, half-sum:
                                 # 1/2 of the mean, of the sum
    gradients = "sum"            # mean: every gradient N times as large, the loss a mean;
                                 # "parameters": N times as large on the way, 1/N at dW and db
    sign = "negative"            # positive: every gradient times -1, to be added to the weights
    update = 0.01                # none: dW and db read from (W - W') / 0.01
    regulariser = "no-half"      # half: reg ||W||^2 instead of reg/2 ||W||^2
    subsampling = "average"      # sum
    rbf = "half"                 # whole: distances 1/2 sum (x - w)^2
    ties = "all"                 # first: in a pooling window each of equal maxima gets the whole
                                 # gradient; divided: its share; last, column-major: that one
    relu = "one-at-zero"         # zero-at-zero: the derivative of ReLU at 0
    masked = "earlier"           # later: a layer's dx, the dy of the layer below, holds what is dz
                                 # there; before-pooling: above a maximum of ReLUs, too

    [expect]
    absent = ["C1.a", "*.z"]     # never asked for, whatever is required

The values in comments are the defaults.  Only what is declared is undone: the same factor
unannounced is a mistake.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from numpy.typing import NDArray

from lenet_ref.specs.max_pool import TIES
from verify.judge.trace import alike

__all__ = ["CHOICES", "PLAIN", "RATE", "Array", "Axes", "Layout", "Plan", "declared", "to_ours"]
Array = NDArray[Any]
RATE = "a learning rate"
"""A choice that is a number above 0."""

CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "layout": {
        "volumes": ("NCHW", "NHWC"),
        "convolution": (
            *("OIHW", "HWIO", "IOHW", "WHIO"),
            *("matrix", "matrix-transposed", "matrix-HWIO"),
        ),
        "affine": ("out-in", "in-out"),
        "C5": ("convolution", "full"),
    },
    "conventions": {
        "loss": ("mean", "sum", "half", "half-sum"),
        "gradients": ("mean", "sum", "parameters"),
        "sign": ("positive", "negative"),
        "update": ("none", RATE),
        "regulariser": ("half", "no-half"),
        "subsampling": ("sum", "average"),
        "rbf": ("whole", "half"),
        "ties": TIES,
        "relu": ("zero-at-zero", "one-at-zero"),
        "masked": ("later", "earlier", "before-pooling"),
    },
}
"""Table, key, values; the first is the default."""
_DEFAULTS = {key: values[0] for keys in CHOICES.values() for key, values in keys.items()}


@dataclass(frozen=True)
class Layout:
    """names: theirs to ours; chosen: key to value of both other tables; absent: patterns."""

    names: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> str:
        found = self.chosen.get(key)
        return _DEFAULTS[key] if found is None else found

    def choosing(self, key: str, value: str) -> Layout:
        """The same with one more choice."""
        return replace(self, chosen=self.chosen | {key: value})

    def without(self, key: str) -> Layout:
        """The same with one choice taken back."""
        return replace(self, chosen={k: v for k, v in self.chosen.items() if k != key})

    def ours(self, theirs: str) -> str:
        """Our name of an array of theirs; empty if it is to be ignored."""
        return self.names.get(theirs, theirs)

    def excused(self, tensor: str) -> bool:
        """Declared absent."""
        return any(fnmatchcase(tensor, pattern) for pattern in self.absent)


PLAIN = Layout()


def to_ours(layout: Layout, tensor: str, value: Array, shape: tuple[int, ...]) -> Array:
    """An array in our axes if it has the declared shape but for axes of length 1, or is flat in
    the declared order (raw files are); else as it is, for the judge to refuse, or to take with a
    note.

    Args:
        tensor: our name of it; shape: the one that it has with us.
    """
    theirs, split, axes = declared(layout, tensor, shape)
    flat = value.ndim <= 1 and value.size == math.prod(shape)
    ours = theirs == shape and axes == tuple(range(len(shape)))
    if value.shape != theirs and not flat and (ours or not alike(value.shape, theirs)):
        return value
    return value.reshape(theirs).reshape(split).transpose(axes)


Axes = tuple[int, ...]
Plan = tuple[Axes, Axes, Axes]


def declared(layout: Layout, tensor: str, shape: tuple[int, ...]) -> Plan:
    """Shape they have, shape to split it into, and the axes that bring it into our order."""
    layer, _, symbol = tensor.rpartition(".")
    kind = symbol.removeprefix("d")
    full = layout["C5"] == "full" and layer == "C5"
    if kind == "W" and len(shape) == 4:
        return _full_filters(layout, shape) if full else _filters(layout, shape)
    if kind == "W" and len(shape) == 2 and layout["affine"] == "in-out":
        return shape[::-1], shape[::-1], (1, 0)
    if len(shape) == 4:
        return _volume(layout, shape, full)
    return shape, shape, tuple(range(len(shape)))


def _volume(layout: Layout, shape: Axes, full: bool) -> Plan:
    n, c, h, w = shape
    last = layout["volumes"] == "NHWC"
    split = (n, h, w, c) if last else shape
    return (n, c * h * w) if full else split, split, (0, 3, 1, 2) if last else (0, 1, 2, 3)


def _filters(layout: Layout, shape: Axes) -> Plan:
    k, c, kh, kw = shape
    fields = c * kh * kw
    plans: dict[str, Plan] = {
        "OIHW": (shape, shape, (0, 1, 2, 3)),
        "HWIO": ((kh, kw, c, k), (kh, kw, c, k), (3, 2, 0, 1)),
        "IOHW": ((c, k, kh, kw), (c, k, kh, kw), (1, 0, 2, 3)),
        "WHIO": ((kw, kh, c, k), (kw, kh, c, k), (3, 2, 1, 0)),
        "matrix": ((fields, k), (c, kh, kw, k), (3, 0, 1, 2)),
        "matrix-transposed": ((k, fields), shape, (0, 1, 2, 3)),
        "matrix-HWIO": ((fields, k), (kh, kw, c, k), (3, 2, 0, 1)),
    }
    return plans[layout["convolution"]]


def _full_filters(layout: Layout, shape: Axes) -> Plan:
    """C5 as a fully connected layer: its inputs are flattened as volumes lie in memory."""
    k, c, kh, kw = shape
    fields = c * kh * kw
    last = layout["volumes"] == "NHWC"
    inner = (kh, kw, c) if last else (c, kh, kw)
    order = (2, 0, 1) if last else (0, 1, 2)
    if layout["affine"] == "in-out":
        return (fields, k), (*inner, k), (3, *order)
    return (k, fields), (k, *inner), (0, *(axis + 1 for axis in order))
