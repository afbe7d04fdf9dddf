"""``lenet-verify golden``: inputs and every expected tensor of a case, in files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lenet_ref.architecture import VARIANTS
from verify.cases.options import architecture_options
from verify.cases.plan import Job
from verify.cli.options import Parser
from verify.cli.output import printed
from verify.errors import PASSED, InputError
from verify.exchange.arrays import FORMATS
from verify.exchange.manifest import DRAWN, TIERS
from verify.exchange.schema import LARGEST_BATCH
from verify.judge.kinks import KINK_FREE, contested, kink_free, stated
from verify.pipeline.golden import write_golden

EPILOG = """
Beside the tensors stands manifest.json: the case (it can be drawn again from these few words),
shape, dtype and sha256 of each tensor, and the bound that somebody's own tensor may differ by who
starts from the same inputs.  lenet-verify check reads it.
"""


def main(words: Sequence[str]) -> int:
    """Write one case."""
    p = Parser(prog="lenet-verify golden", description=__doc__, epilog=EPILOG)
    p.add_argument("--variant", choices=VARIANTS, required=True)
    p.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    p.add_argument("--format", choices=FORMATS, default="npz",
                   help="npz: one file; npy: one a tensor; bin: raw, little-endian")  # fmt: skip
    p.add_argument("--c-header", action="store_true", help="also lenet.h with all sizes")
    p.add_argument("--inputs-only", action="store_true", help="no expected tensors, for exams")
    p.add_argument("--regime", choices=DRAWN, default=KINK_FREE,
                   help="kink-free judges gradients alone to rounding; zero-bias and ties also"
                   " judge the conventions at a kink (default: kink-free)")  # fmt: skip
    p.add_argument("--tier", choices=TIERS, default="float64")
    p.add_argument("--batch", type=int, default=3, metavar="N")
    p.add_argument("--seed", type=int, default=0, metavar="S")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    asked = p.parse_args(words)
    if not 1 <= asked.batch <= LARGEST_BATCH or asked.seed < 0:
        raise InputError("unusable value", where="--batch, --seed",
                         got=f"{asked.batch}, {asked.seed}",
                         expected=f"1 to {LARGEST_BATCH}, 0 or more")  # fmt: skip
    job = kink_free(Job(asked.variant, asked.regime, asked.tier, asked.batch, asked.seed,
              architecture_options(asked.option)))  # fmt: skip
    case = replace(job.case(), upstream=None)
    count = write_golden(job, case, asked.out, asked.format, asked.c_header, not asked.inputs_only)
    printed(f"{count} arrays and manifest.json in {asked.out}: {case.name}, "
            f"{stated(contested(case))}")  # fmt: skip
    return PASSED
