"""How much each tensor is worth: a TOML file of a grader, of which docs/grading.md has an example.

``required``: names or patterns of what is asked for, else every parameter gradient.  ``[weight]``:
points of a tensor, 1 without; a whole name before a pattern, of patterns the first that fits.
``[layer]``: times that, for every tensor of a layer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from lenet_ref.architecture import Architecture
from verify.cases.tables import read_toml
from verify.errors import InputError
from verify.expected.steps import steps
from verify.words import guessed, nearest

__all__ = ["MOST", "POINTS", "read_points"]
POINTS = ("required", "weight", "layer")
MOST = 10**6
"""Points of one tensor."""
_GRADIENTS = ("*.dW", "*.db")


def read_points(path: Path, arch: Architecture) -> dict[str, float]:
    """Points by tensor, in the order of the network.

    Raises:
        InputError: a name that no tensor or layer has, a number that is none, nothing required.
    """
    found, where = read_toml(path, "points"), str(path)
    for key in found:
        if key not in POINTS:
            raise InputError(f"no such key: {guessed(key, POINTS)}", where=where,
                             expected=", ".join(POINTS))  # fmt: skip
    known = [step.tensor for step in steps(arch)]
    required = _required(found.get("required"), known, where)
    weights = _numbers(found.get("weight", {}), f"{where}: [weight]")
    for pattern in weights:
        if not _fitting(pattern, known):
            raise _unknown(pattern, known, f"{where}: [weight]")
        if not _fitting(pattern, required):
            raise InputError("is not required", where=f"{where}: [weight]", got=pattern,
                             fix="add it to required, or leave its weight out")  # fmt: skip
    layers = _numbers(found.get("layer", {}), f"{where}: [layer]")
    names = list(dict.fromkeys(name.partition(".")[0] for name in required))
    for name in layers:
        if name not in names:
            raise InputError(f"no layer of which a tensor is required: {guessed(name, names)}",
                             where=f"{where}: [layer]", expected=nearest(name, names)
                             )  # fmt: skip
    points = {t: _weight(t, weights) * layers.get(t.partition(".")[0], 1.0) for t in required}
    if not any(points.values()):
        raise InputError("no tensor is worth anything", where=where, fix="give one a weight")
    return points


def _required(patterns: Any, known: Sequence[str], where: str) -> list[str]:
    if patterns is None:
        patterns = [pattern for pattern in _GRADIENTS if _fitting(pattern, known)]
    if not isinstance(patterns, list) or not all(isinstance(each, str) for each in patterns):
        raise InputError("no list of names", where=f"{where}: required",
                         expected='as ["*.dW", "C3.y"]')  # fmt: skip
    for pattern in patterns:
        if not _fitting(pattern, known):
            raise _unknown(pattern, known, f"{where}: required")
    return [name for name in known if any(fnmatchcase(name, each) for each in patterns)]


def _fitting(pattern: str, names: Sequence[str]) -> list[str]:
    return [name for name in names if fnmatchcase(name, pattern)]


def _unknown(pattern: str, known: Sequence[str], where: str) -> InputError:
    return InputError("no tensor is called so", where=where, got=repr(pattern)[:80],
                      expected=nearest(pattern[:80], known))  # fmt: skip


def _numbers(table: Any, where: str) -> dict[str, float]:
    if not isinstance(table, dict):
        raise InputError("no table", where=where, expected='lines such as "C3.dW" = 2')
    for name, value in table.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not 0 <= value <= MOST:
            hint = "; a name with a dot stands in quotes" if isinstance(value, dict) else ""
            raise InputError("no number of points", where=f"{where}: {name[:80]}",
                             got=repr(value)[:80], expected=f"0 to {MOST}{hint}")  # fmt: skip
    return {name: float(value) for name, value in table.items()}


def _weight(tensor: str, weights: Mapping[str, float]) -> float:
    """A whole name before a pattern; of patterns the first."""
    if tensor in weights:
        return weights[tensor]
    return next((v for pattern, v in weights.items() if fnmatchcase(tensor, pattern)), 1.0)
