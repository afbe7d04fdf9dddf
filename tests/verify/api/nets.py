"""A network small enough to be judged in a moment, right and with one mistake.

Handed in as a file of its own, too: it needs no more than NumPy and the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref import Architecture, initial, run
from lenet_ref.description import described

Arrays = Mapping[str, NDArray[Any]]
FILE = Path(__file__)
TOML = """
about = "one map each, pooled once"
input = [2, 8, 7]
layers = [
  { name = "edges", family = "convolution", maps = 3, kernel = [2, 3] },
  { name = "halve", family = "max_pool", window = [7, 1] },
  { name = "scores", family = "affine", units = 4, activation = "identity" },
]
loss = { family = "cross_entropy" }
"""
TABLES: dict[str, Any] = {
    "input": [2, 8, 7],
    "layers": [
        {"name": "edges", "family": "convolution", "maps": 3, "kernel": [2, 3]},
        {"name": "halve", "family": "max_pool", "window": [7, 1]},
        {"name": "scores", "family": "affine", "units": 4, "activation": "identity"},
    ],
    "loss": {"family": "cross_entropy"},
}
ARCH: Architecture = described(TABLES, "tiny.toml", "tiny")
QUICK: dict[str, Any] = {"network": ARCH, "regimes": "signed", "batches": 3, "seed": 0}
"""One case, and the one with other weights that every check asks for."""


def right(parameters: Arrays, images: NDArray[Any], labels: NDArray[Any]) -> dict[str, Any]:
    """As it should be."""
    return dict(run(ARCH, parameters, images, labels))


def wrong(parameters: Arrays, images: NDArray[Any], labels: NDArray[Any]) -> dict[str, Any]:
    """The gradient of the second layer's weights has the wrong sign."""
    tensors = right(parameters, images, labels)
    return {**tensors, "scores.dW": -tensors["scores.dW"]}


def handed_in(function: Any, batch: int = 3) -> dict[str, Any]:
    """Arrays as somebody saves them: what it was given, and what came of it."""
    rng = np.random.default_rng(0)
    images, labels = rng.standard_normal((batch, 2, 8, 7)), np.arange(batch) % 4
    parameters = initial(ARCH, seed=0)
    return {"images": images, "labels": labels, **function(parameters, images, labels)}
