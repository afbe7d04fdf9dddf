"""``lenet-verify golden``: inputs and every expected tensor of a case, in files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.architecture import Architecture
from verify.cases.case import from_the_loss
from verify.cases.options import Options, architecture_options
from verify.cases.plan import Job
from verify.cli.choosing import chosen, takes_network
from verify.cli.output import printed
from verify.cli.parsing import Parser, at_least, made
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


@dataclass(frozen=True)
class GoldenRequest:
    """Which case, and how it is written."""

    network: tuple[str, Architecture | None]
    regime: str
    tier: str
    batch: int
    seed: int
    options: Options
    out: Path
    format: str
    c_header: bool
    inputs_only: bool


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify golden", description=__doc__, epilog=EPILOG)
    takes_network(p, both=False)
    p.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where they go")
    p.add_argument("--format", choices=FORMATS, default="npz",
                   help="npz: one file; npy: one a tensor; bin: raw, little-endian")  # fmt: skip
    p.add_argument("--c-header", action="store_true", help="also lenet.h with all sizes")
    p.add_argument("--inputs-only", action="store_true", help="no expected tensors, for exams")
    p.add_argument("--regime", choices=DRAWN, default=KINK_FREE, metavar="NAME",
                   help="kink-free judges gradients alone to rounding; zero-bias and ties also"
                   " judge the conventions at a kink; lenet-verify regimes lists all")  # fmt: skip
    p.add_argument("--tier", choices=TIERS, default="float64", help="of all numbers")
    p.add_argument("--batch", type=int, default=3, metavar="N", help="how many images")
    p.add_argument("--seed", type=int, default=0, metavar="S", help="of what is drawn")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE",
                   help="another reading of the network, as reg=0.1")  # fmt: skip
    return p


def requested(words: Sequence[str]) -> GoldenRequest:
    """The words as values.

    Raises:
        InputError: a number out of range.
    """
    asked = parser().understood(words)
    at_least(asked, batch=1, seed=0)
    if asked.batch > LARGEST_BATCH:
        raise InputError("unusable value", where="--batch", got=asked.batch,
                         expected=f"at most {LARGEST_BATCH}")  # fmt: skip
    networks = chosen(asked)
    if networks is None:
        raise InputError("which network?", fix="add --variant modern, or --network NAME|FILE.toml")
    return made(GoldenRequest, asked, network=networks.one,
                options=architecture_options(asked.option))  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Write one case."""
    asked = requested(words)
    variant, network = asked.network
    job = kink_free(Job(variant, asked.regime, asked.tier, asked.batch, asked.seed,
                        asked.options, network=network))  # fmt: skip
    case = from_the_loss(job.case())
    count = write_golden(job, case, asked.out, asked.format, asked.c_header, not asked.inputs_only)
    printed(f"{count} arrays and manifest.json in {asked.out}: {case.name}, "
            f"{stated(contested(case))}")  # fmt: skip
    return PASSED
