"""``lenet-verify describe``: both architectures, with counts checked against the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lenet_ref.architecture import VARIANTS, Architecture
from verify.cases.options import Options, architecture_options
from verify.cases.regimes import make_arch
from verify.cli.output import printed
from verify.cli.parsing import Parser, chosen
from verify.errors import DIFFERENT, PASSED
from verify.report.screen import aligned

PUBLISHED = {"modern": (61706, None), "1998": (60000, 340908)}


def table(arch: Architecture) -> list[str]:
    """One line per layer and a total."""
    rows = [("layer", "operation", "output", "parameters", "connections")]
    for layer in arch.layers:
        size = "x".join(map(str, layer.output_shape))
        counts = (str(layer.trainable), str(layer.connections))
        rows.append((layer.name, layer.operation, size, *counts))
    return aligned([*rows, ("total", "", "", *map(str, counted(arch)))])


def counted(arch: Architecture) -> tuple[int, int]:
    """Trainable parameters and connections of all layers."""
    return (
        sum(layer.trainable for layer in arch.layers),
        sum(layer.connections for layer in arch.layers),
    )


@dataclass(frozen=True)
class DescribeRequest:
    """Which networks."""

    variants: tuple[str, ...]
    options: Options


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify describe", description=__doc__)
    p.add_argument("--variant", choices=[*VARIANTS, "both"], default="both")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    return p


def requested(words: Sequence[str]) -> DescribeRequest:
    """The words as values."""
    asked = parser().understood(words)
    return DescribeRequest(chosen(asked.variant), architecture_options(asked.option))


def main(words: Sequence[str]) -> int:
    """Print both variants; exit status 1 if a default count is not the published one."""
    asked = requested(words)
    status = PASSED
    for variant in asked.variants:
        arch = make_arch(variant, dict(asked.options))
        printed(f"{variant} ({arch.options}), loss {arch.loss.kind if arch.loss else 'none'}")
        printed(*(f"  {line}" for line in table(arch)))
        if not asked.options:
            status = max(status, check(variant, arch))
        printed("")
    return status


def check(variant: str, arch: Architecture) -> int:
    """Compare the totals with the published ones."""
    found = counted(arch)
    wanted = PUBLISHED[variant]
    wrong = [
        f"{g}, published {w}" for g, w in zip(found, wanted, strict=True) if w not in (None, g)
    ]
    printed(f"  counts: {'; '.join(wrong) or 'as published'}")
    return DIFFERENT if wrong else PASSED
