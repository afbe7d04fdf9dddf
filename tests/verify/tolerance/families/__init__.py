"""What the proofs of a family that stands in neither network, or has options that neither has, are
tested on: a file for each.

A file may define NETWORKS (by name), EXACT (operation to exact formula), STATED (operation to how
near rounding comes to the bound, and how loose the bound is) and MOVES (operations that promise
exact results), DIAGONAL (networks whose weights are 1 on the diagonal, to anything) and SATURATING
(the amplitude of a network's saturated data).
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def merged(attribute: str) -> dict[str, Any]:
    """The entries of all files under one name."""
    found: dict[str, Any] = {}
    for info in pkgutil.iter_modules(__path__):
        found |= getattr(importlib.import_module(f"{__name__}.{info.name}"), attribute, {})
    return found
