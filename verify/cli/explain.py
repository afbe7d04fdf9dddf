"""``lenet-verify explain C3.dW``: a tensor's equation, code, tolerance, conventions, last row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verify.cases.options import Options, architecture_options
from verify.cli.choosing import Chosen, chosen, takes_network
from verify.cli.explanation import DIFF, explanation, refuse, step_of
from verify.cli.output import printed
from verify.cli.parsing import Parser, made
from verify.errors import PASSED, InputError
from verify.expected.steps import steps
from verify.report.screen import aligned


@dataclass(frozen=True)
class ExplainRequest:
    """Which tensor of which networks.  out: the report; named: somebody said which report."""

    tensor: str
    networks: Chosen
    options: Options
    out: Path
    named: bool


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify explain", description=__doc__)
    p.add_argument("tensor", metavar="TENSOR", help="<layer>.<symbol>, for example C3.dW")
    takes_network(p)
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE",
                   help="another reading of the network, as reg=0.1")  # fmt: skip
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="the report whose last row is shown")  # fmt: skip
    return p


def requested(words: Sequence[str]) -> ExplainRequest:
    """The words as values."""
    asked = parser().understood(words)
    options = architecture_options(asked.option)
    return made(ExplainRequest, asked, networks=chosen(asked) or Chosen(), options=options,
                named="out" in asked.said)  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Explain one tensor in each variant that has it."""
    asked = requested(words)
    if asked.named and not (asked.out / DIFF).is_file():
        raise InputError(f"holds no {DIFF}", where=f"--out {asked.out}",
                         fix="name the folder of a report, or leave --out")  # fmt: skip
    archs = asked.networks.architectures(asked.options)
    found = [(a, step) for a in archs if (step := step_of(a, asked.tensor)) is not None]
    if not found:
        raise refuse(asked.tensor, [s.tensor for a in archs for s in steps(a)])
    for arch, step in found:
        told = explanation(arch, step, asked.out, asked.options)
        printed(f"{step.tensor}, {arch.variant}", *(f"  {line}" for line in aligned(told)), "")
    return PASSED
