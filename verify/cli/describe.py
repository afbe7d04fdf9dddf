"""``lenet-verify describe``: networks with shapes and counts, checked against the paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from lenet_ref.architecture import VARIANTS, Architecture
from lenet_ref.specs.loss import Loss
from verify.cases.options import Options, architecture_options
from verify.cli.choosing import Chosen, chosen, takes_network
from verify.cli.output import printed
from verify.cli.parsing import Parser
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

    networks: Chosen
    options: Options


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify describe", description=__doc__)
    takes_network(p)
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE",
                   help="another reading of the network, as reg=0.1")  # fmt: skip
    return p


def requested(words: Sequence[str]) -> DescribeRequest:
    """The words as values."""
    asked = parser().understood(words)
    return DescribeRequest(chosen(asked) or Chosen(), architecture_options(asked.option))


def main(words: Sequence[str]) -> int:
    """Print each network; exit status 1 if a default count is not the published one."""
    asked = requested(words)
    status = PASSED
    for arch in asked.networks.architectures(asked.options):
        printed(*heading(arch), *(f"  {line}" for line in table(arch)))
        if not asked.options and arch.variant in VARIANTS:
            status = max(status, check(arch.variant, arch))
        printed("")
    return status


def heading(arch: Architecture) -> Iterator[str]:
    """Name, input and loss; what it is, where that is known."""
    if arch.variant in VARIANTS:
        yield f"{arch.variant} ({arch.options}), loss {loss(arch.loss)}"
        return
    yield arch.variant + (f": {arch.about}" if arch.about else "")
    size = "x".join(map(str, arch.input_shape))
    options = "" if arch.options == "default" else f", {arch.options}"
    yield f"  input {size}, loss {loss(arch.loss)}{options}"


def loss(spec: Loss | None) -> str:
    """Its family, and options that are not as by default."""
    if spec is None:
        return "none"
    plain = ("kind", "reduction", "gradient", "j", "reg")
    others = ((f.name, getattr(spec, f.name), f.default) for f in fields(spec))
    told = [f"{k}={v}" for k, v, default in others if k not in plain and v != default]
    return ", ".join([spec.kind, *told])


def check(variant: str, arch: Architecture) -> int:
    """Compare the totals with the published ones."""
    found = counted(arch)
    wanted = PUBLISHED[variant]
    wrong = [
        f"{g}, published {w}" for g, w in zip(found, wanted, strict=True) if w not in (None, g)
    ]
    printed(f"  counts: {'; '.join(wrong) or 'as published'}")
    return DIFFERENT if wrong else PASSED
