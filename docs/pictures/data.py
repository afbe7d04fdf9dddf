"""What the pictures show, as plain data: computed, so that a picture cannot drift from the code."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from lenet_ref import codes, matrix
from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    MaxPool,
    RadialBasis,
    Subsampling,
    lenet_1998,
    modern,
)
from lenet_ref.connections import TABLE_I, mask
from verify.expected.shapes import layer_shapes

EXAMPLE = [[3, 6, 5], [2, 4, 8], [7, 0, 1]]
"""The image of the worked example, docs/derivation.md section 6."""
GRADIENT = [[6, -6, 3, -3], [0, 0, 0, 0], [0, 0, 0, 0], [-2, 2, -1, 1]]
"""Its da."""
FLOW: dict[str, Any] = {
    "things": [
        {"name": "network", "is": "layers and a loss"},
        {"name": "case", "is": "images, labels,\nparameters"},
        {"name": "trace", "is": "every tensor\nby its name"},
        {"name": "findings", "is": "verdict, numbers,\ncause"},
        {"name": "conclusion", "is": "guilty layer,\nfirst tensor"},
        {"name": "report", "is": "table, files,\nexit status"},
    ],
    "between": [
        {"room": "cases", "does": "draws it\nfrom a seed"},
        {"room": "subjects", "does": "reference, callable,\nprogram"},
        {"room": "judge", "does": "compares:\nerror <= bound"},
        {"room": "judge", "does": "joins the rows\nof all cases"},
        {"room": "report, cli", "does": "make it text\nfor people"},
    ],
    "feeds": [
        {"room": "exchange", "to": "trace", "does": "arrays in files"},
        {"room": "expected", "to": "judge", "does": "what must be there"},
        {"room": "oracle", "to": "judge", "does": "torch and autograd"},
        {"room": "truth", "to": "judge", "does": "higher precision"},
        {"room": "tolerance", "to": "judge", "does": "rounding bounds"},
        {"room": "mistakes", "to": "findings", "does": "names the cause"},
        {"room": "checks", "to": "conclusion", "does": "state, derivatives,\ncoverage"},
    ],
    "around": [
        {"room": "pipeline", "does": "case and trace in, findings with causes out"},
        {"room": "proof", "does": "plants mistakes, each of which must be noticed"},
        {"room": "errata", "does": "the source's formulas, measured the same way"},
        {"room": "api, plugin", "does": "the same from Python, and from pytest"},
    ],
}
"""What flows through the rooms of verify, and which room makes what: drawn for architecture.md."""


def network(arch: Architecture) -> list[dict[str, Any]]:
    """A row for each layer: name, what it does, maps, height and width, parameters."""
    return [{"name": "input", "does": "", "shape": [1, 32, 32], "parameters": 0}] + [
        {
            "name": layer.name,
            "does": operation(layer),
            "shape": list(layer_shapes(layer, 1)["y"][1:]),
            "parameters": layer.trainable,
        }
        for layer in arch.layers
    ]


def operation(layer: Layer) -> str:
    """What a layer does, in two lines."""
    match layer:
        case Convolution():
            kind = "sparse conv" if layer.table else "conv"
            return f"{kind} 5x5\n{layer.activation}"
        case MaxPool():
            return "max 2x2\n"
        case Subsampling():
            return f"{layer.reading} 2x2, w, b\n{layer.activation}"
        case RadialBasis():
            return "distance\nto codes"
        case Affine():
            return "full\n" + ("" if layer.activation == "identity" else layer.activation)


def gathered() -> dict[str, Any]:
    """im2col of the example: for each entry of a, the pixel it copies; and how often each pixel
    was copied."""
    numbers = np.arange(9.0).reshape(1, 1, 3, 3)
    a = matrix.im2col(np.array(EXAMPLE, float)[None, None], (2, 2))
    copied = matrix.col2im(np.ones((4, 4)), (1, 1, 3, 3), (2, 2))
    added = matrix.col2im(np.array(GRADIENT, float), (1, 1, 3, 3), (2, 2))
    return {
        "pixels": EXAMPLE,
        "a": _whole(a),
        "source": _whole(matrix.im2col(numbers, (2, 2))),
        "copies": _whole(copied[0, 0]),
        "da": GRADIENT,
        "dx": _whole(added[0, 0]),
    }


def _whole(array: Any) -> list[list[int]]:
    return [[int(value) for value in row] for row in array]


def everything() -> dict[str, Any]:
    """All data of all pictures."""
    return {
        "modern": network(modern()),
        "1998": network(lenet_1998()),
        "connections": _whole(mask(TABLE_I, 6).T),
        "codes": [["".join(row) for row in glyph] for glyph in codes.glyphs()],
        "im2col": gathered(),
        "flow": FLOW,
    }


def text() -> str:
    """The data as it is committed beside the pictures."""
    return json.dumps(everything(), indent=1) + "\n"
