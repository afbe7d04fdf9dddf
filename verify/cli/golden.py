"""``lenet-verify golden``: inputs and every expected tensor of a case, in files."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lenet_ref.architecture import Architecture
from verify.cases.case import Case, from_the_loss
from verify.cases.options import Options, architecture_options
from verify.cases.plan import Job
from verify.cli.choosing import chosen, takes_network
from verify.cli.output import printed
from verify.cli.parsing import Clash, Parser, at_least, made
from verify.errors import PASSED, InputError
from verify.exchange.arrays import FORMATS
from verify.exchange.exams import SECRET, exam_of, identity, key_folder, public
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
    exam: bool = False
    key: Path | None = None


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify golden", description=__doc__, epilog=EPILOG)
    takes_network(p, both=False)
    p.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where they go")
    p.add_argument("--format", choices=FORMATS, default="npz",
                   help="npz: one file; npy: one a tensor; bin: raw, little-endian")  # fmt: skip
    p.add_argument("--c-header", action="store_true", help="also lenet.h with all sizes")
    p.add_argument("--inputs-only", action="store_true", help="no expected tensors")
    p.add_argument("--exam", action="store_true",
                   help="inputs alone, of a secret seed that their manifest lacks")  # fmt: skip
    p.add_argument("--key", type=Path, metavar="FOLDER",
                   help="where the seed and the answers of the exam go: a new folder, yours alone"
                   )  # fmt: skip
    p.add_argument("--regime", choices=DRAWN, default=KINK_FREE, metavar="NAME",
                   help="kink-free judges gradients alone to rounding; zero-bias and ties also"
                   " judge the conventions at a kink; lenet-verify regimes lists all")  # fmt: skip
    p.add_argument("--tier", choices=TIERS, default="float64", help="of all numbers")
    p.add_argument("--batch", type=int, default=3, metavar="N", help="how many images")
    p.add_argument("--seed", type=int, default=0, metavar="S", help="of what is drawn")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE",
                   help="another reading of the network, as reg=0.1")  # fmt: skip
    p.clashes += (
        Clash("--exam", ("--seed",), "the seed of an exam is drawn in secret"),
        Clash("--exam", ("--inputs-only",), "an exam is inputs alone; leave --inputs-only out"),
    )
    p.needs = (("--exam", "--key"), ("--key", "--exam"))
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
    seed = secrets.randbits(SECRET) | 1 << (SECRET - 1) if asked.exam else asked.seed
    job = kink_free(Job(variant, asked.regime, asked.tier, asked.batch, seed,
                        asked.options, network=network))  # fmt: skip
    case = from_the_loss(job.case())
    if asked.key is not None:
        printed(*examined(asked, job, case, asked.key))
        return PASSED
    if exam_of(asked.out):
        raise InputError("this is an exam; nothing is written over it", where=f"--out {asked.out}",
                         fix="choose another folder")  # fmt: skip
    count = write_golden(job, case, asked.out, asked.format, asked.c_header, not asked.inputs_only)
    printed(f"{count} arrays and manifest.json in {asked.out}: {case.name}, "
            f"{stated(contested(case))}")  # fmt: skip
    return PASSED


def examined(asked: GoldenRequest, job: Job, case: Case, key: Path) -> Iterator[str]:
    """Write an exam and its key; what is to be printed, which does not say the seed."""
    exam = identity(job)
    with key_folder(key, asked.out):
        write_golden(job, case, key, "npz", False, True, exam)
        count = write_golden(job, case, asked.out, asked.format, asked.c_header, False, exam)
    shown = replace(case, seed=public(exam)).name.rpartition("/")[0]
    yield f"{count} arrays and manifest.json in {asked.out}, for students: {shown}, " \
          f"{stated(contested(case))}"  # fmt: skip
    yield f"seed and answers in {key}, for you alone"
    yield f"judge: lenet-verify check SUBMISSION --case {asked.out} --key {key}"
