"""``lenet-verify explain C3.dW``: a tensor's equation, code, tolerance, conventions, last row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lenet_ref.architecture import VARIANTS
from verify.cases.options import architecture_options
from verify.cases.regimes import make_arch
from verify.cli.explanation import explanation, refuse, step_of
from verify.cli.options import Parser
from verify.cli.output import printed
from verify.errors import PASSED
from verify.expected.steps import steps
from verify.report.screen import aligned


def main(words: Sequence[str]) -> int:
    """Explain one tensor in each variant that has it."""
    p = Parser(prog="lenet-verify explain", description=__doc__)
    p.add_argument("tensor", metavar="TENSOR", help="<layer>.<symbol>, for example C3.dW")
    p.add_argument("--variant", choices=[*VARIANTS, "both"], default="both")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="the report whose last row is shown")  # fmt: skip
    asked = p.parse_args(words)
    chosen = VARIANTS if asked.variant == "both" else (asked.variant,)
    options = architecture_options(asked.option)
    archs = [make_arch(variant, dict(options)) for variant in chosen]
    found = [(a, step) for a in archs if (step := step_of(a, asked.tensor)) is not None]
    if not found:
        raise refuse(asked.tensor, [s.tensor for a in archs for s in steps(a)])
    for arch, step in found:
        printed(f"{step.tensor}, {arch.variant}")
        printed(*(f"  {line}" for line in aligned(explanation(arch, step, asked.out, options))), "")
    return PASSED
