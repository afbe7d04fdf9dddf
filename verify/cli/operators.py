"""A network of one layer and no loss, to start from: one operator, its upstream gradient given."""

from __future__ import annotations

from typing import Any

from lenet_ref.architecture import Architecture
from lenet_ref.description import described

__all__ = ["INPUTS", "OPTIONS", "WINDOW", "operator"]  # fmt: skip
WINDOW = {"window": [2, 3]}
OPTIONS: dict[str, dict[str, Any]] = {
    "convolution": {"maps": 5, "kernel": [3, 2], "stride": [1, 2], "activation": "identity"},
    "affine": {"units": 5, "activation": "identity"},
    "rbf": {"classes": 6, "learned": True},
}
"""Of families that are nothing without them; co-prime sizes show what square ones hide."""
INPUTS = {"affine": [11], "rbf": [13]}


def operator(family: str) -> Architecture:
    """One layer of a family on a small input."""
    options = OPTIONS.get(family, WINDOW)
    layer = {"name": family.replace("_", "-"), "family": family, **options}
    about = "one operator: an upstream gradient is handed in"
    shape = INPUTS.get(family, [3, 8, 9])
    found = {"name": "operator", "about": about, "input": shape, "layers": [layer]}
    return described(found, family)
