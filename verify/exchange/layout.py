"""A mapping: somebody else's names, layouts and conventions, declared once in a TOML file.

    [names]                      # theirs = ours; "" ignores an array
    conv1_weight = "C1.W"

    [layout]
    volumes = "NHWC"             # NCHW
    convolution = "HWIO"         # OIHW, matrix, matrix-transposed, matrix-HWIO
    affine = "in-out"            # out-in
    C5 = "full"                  # convolution

    [conventions]
    loss = "sum"                 # mean: loss and every gradient N times as large
    gradients = "sum"            # mean: every gradient N times as large, the loss a mean
    regulariser = "no-half"      # half: reg ||W||^2 instead of reg/2 ||W||^2
    subsampling = "average"      # sum
    rbf = "half"                 # whole: distances 1/2 sum (x - w)^2

    [expect]
    absent = ["C1.a", "*.z"]     # never asked for, whatever is required

The values in comments are the defaults.  Only what is declared is undone: the same factor
unannounced is a mistake.
"""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from lenet_ref.door import contents
from lenet_ref.errors import LeNetError
from verify.errors import InputError
from verify.judge.trace import alike

__all__ = ["CHOICES", "LARGEST", "PARTS", "PLAIN", "Array", "Axes", "Layout", "Plan", "declared",
           "read_layout", "to_ours"]  # fmt: skip
Array = NDArray[Any]
LARGEST = 2**17
PARTS = 32
"""A key a.b.c of n parts costs the parser of TOML n ** 3 steps: hours for a few thousand."""

CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "layout": {
        "volumes": ("NCHW", "NHWC"),
        "convolution": ("OIHW", "HWIO", "matrix", "matrix-transposed", "matrix-HWIO"),
        "affine": ("out-in", "in-out"),
        "C5": ("convolution", "full"),
    },
    "conventions": {
        "loss": ("mean", "sum"),
        "gradients": ("mean", "sum"),
        "regulariser": ("half", "no-half"),
        "subsampling": ("sum", "average"),
        "rbf": ("whole", "half"),
    },
}
"""Table, key, values; the first is the default."""


@dataclass(frozen=True)
class Layout:
    """names: theirs to ours; chosen: key to value of both other tables; absent: patterns."""

    names: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> str:
        found = self.chosen.get(key)
        if found is not None:
            return found
        return next(keys[key][0] for keys in CHOICES.values() if key in keys)

    def ours(self, theirs: str) -> str:
        """Our name of an array of theirs; empty if it is to be ignored."""
        return self.names.get(theirs, theirs)

    def excused(self, tensor: str) -> bool:
        """Declared absent."""
        return any(fnmatchcase(tensor, pattern) for pattern in self.absent)


PLAIN = Layout()


def read_layout(path: Path) -> Layout:
    """A mapping file.

    Raises:
        InputError: not TOML, an unknown table, key or value.
    """
    try:
        text = contents(path, LARGEST).decode("utf-8")
        if any(words.count(".") > PARTS for words in re.split(r"[]=,{}\n[]", _unquoted(text))):
            raise ValueError(f"a key of more than {PARTS} parts")
        found = tomllib.loads(text)
    except LeNetError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a mapping in TOML: {error}", where=str(path)) from None
    _known(path, "", found, ("names", "expect", *CHOICES))
    tables = {name: _table(path, found, name) for name in ("names", "expect", *CHOICES)}
    names = {str(k): _text(path, f"names.{k}", v) for k, v in tables["names"].items()}
    chosen: dict[str, str] = {}
    for table, keys in CHOICES.items():
        _known(path, f"{table}.", tables[table], tuple(keys))
        for key, value in tables[table].items():
            chosen[key] = _choice(path, f"{table}.{key}", value, keys[key])
    _known(path, "expect.", tables["expect"], ("absent",))
    absent = tables["expect"].get("absent", [])
    if not isinstance(absent, list):
        raise InputError("not a list", where=f"{path}: expect.absent", got=type(absent).__name__)
    patterns = tuple(_text(path, "expect.absent", pattern) for pattern in absent)
    return Layout(names, chosen, patterns)


def _unquoted(text: str) -> str:
    """Without what stands in quotes, and a single dot where several follow each other."""
    return re.sub(r"\.+", ".", re.sub(r"""'[^'\n]*'|"[^"\n]*\"""", "q", text))


def _table(path: Path, found: dict[str, Any], name: str) -> dict[str, Any]:
    table = found.get(name, {})
    if not isinstance(table, dict):
        raise InputError("not a table", where=f"{path}: {name}", got=type(table).__name__)
    return table


def _known(path: Path, where: str, found: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in found:
        if key not in known:
            raise InputError("no such key", where=f"{path}: {where}{key}"[:200],
                             expected=", ".join(known))  # fmt: skip


def _text(path: Path, where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InputError("not a string", where=f"{path}: {where}"[:200], got=type(value).__name__)
    return value


def _choice(path: Path, where: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise InputError("no such choice", where=f"{path}: {where}", got=str(value)[:80],
                         expected=" or ".join(allowed))  # fmt: skip
    return str(value)


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
