"""``lenet-verify describe``: both architectures, with counts checked against the paper."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lenet_ref.architecture import (
    VARIANTS,
    Affine,
    Architecture,
    Convolution,
    Layer,
    MaxPool,
    RadialBasis,
    Subsampling,
)
from lenet_ref.parameters import trainable
from verify.cases.options import architecture_options
from verify.cases.regimes import make_arch
from verify.cli.options import Parser
from verify.errors import DIFFERENT, PASSED
from verify.expected.shapes import layer_shapes
from verify.report.screen import aligned, printed

PUBLISHED = {"modern": (61706, None), "1998": (60000, 340908)}


def connections(layer: Layer) -> int:
    """Weights and bias of every output unit (paper, section II-B)."""
    y = layer_shapes(layer, 1)["y"]
    match layer:
        case Convolution():
            return trainable(layer) * math.prod(y[2:])
        case Subsampling() | MaxPool():
            bias = isinstance(layer, Subsampling)
            return math.prod(y) * (math.prod(layer.window) + bias)
        case RadialBasis():
            return layer.classes * layer.units_in
        case Affine():
            return trainable(layer)


def operation(layer: Layer) -> str:
    """What a layer does, in a few words."""
    match layer:
        case Convolution():
            kind = "conv" if layer.table is None else "conv by Table I"
            return f"{kind} {layer.kernel[0]}x{layer.kernel[1]}, {layer.activation}"
        case MaxPool():
            return f"max {layer.window[0]}x{layer.window[1]}"
        case Subsampling():
            return f"{layer.reading} {layer.window[0]}x{layer.window[1]}, {layer.activation}"
        case Affine():
            return f"affine, {layer.activation}"
        case RadialBasis():
            return "squared distance to codes"


def table(arch: Architecture) -> list[str]:
    """One line per layer and a total."""
    rows = [("layer", "operation", "output", "parameters", "connections")]
    for layer in arch.layers:
        y = layer_shapes(layer, 1)["y"][1:]
        size = "x".join(map(str, y))
        rows.append(
            (layer.name, operation(layer), size, str(trainable(layer)), str(connections(layer)))
        )
    total = (sum(map(trainable, arch.layers)), sum(map(connections, arch.layers)))
    return aligned([*rows, ("total", "", "", str(total[0]), str(total[1]))])


def main(words: Sequence[str]) -> int:
    """Print both variants; exit status 1 if a default count is not the published one."""
    p = Parser(prog="lenet-verify describe", description=__doc__)
    p.add_argument("--variant", choices=[*VARIANTS, "both"], default="both")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    asked = p.parse_args(words)
    status = PASSED
    for variant in VARIANTS if asked.variant == "both" else (asked.variant,):
        arch = make_arch(variant, dict(architecture_options(asked.option)))
        printed(f"{variant} ({arch.options}), loss {arch.loss.kind if arch.loss else 'none'}")
        printed(*(f"  {line}" for line in table(arch)))
        if not asked.option:
            status = max(status, check(variant, arch))
        printed("")
    return status


def check(variant: str, arch: Architecture) -> int:
    """Compare the totals with the published ones."""
    found = sum(map(trainable, arch.layers)), sum(map(connections, arch.layers))
    wanted = PUBLISHED[variant]
    wrong = [
        f"{g}, published {w}" for g, w in zip(found, wanted, strict=True) if w not in (None, g)
    ]
    printed(f"  counts: {'; '.join(wrong) or 'as published'}")
    return DIFFERENT if wrong else PASSED
