"""``lenet-verify check``: judge somebody else's LeNet-5, from files, Python or a program."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from lenet_ref.architecture import VARIANTS
from verify.cases.machine import must_fit
from verify.cases.options import architecture_options
from verify.cases.regimes import make_arch
from verify.cli.grades import GRADES, graded, is_callable
from verify.cli.options import Parser
from verify.errors import InputError
from verify.exchange.conventions import architecture
from verify.exchange.layout import PLAIN, read_layout
from verify.exchange.load import described_case, load
from verify.pipeline.submission import REQUIRE, Verdict, concluded, judge_dump
from verify.proof.self_test import proved_gate
from verify.report.files import claimed
from verify.subjects.asked import PLAN

__all__ = ["GRADES", "main"]
LONGEST = 10**6
"""Seconds for one call."""
MOST = 2**24
"""MiB for one subject."""
NOT_REPEATED = ("subject", "program", "table", "out")
"""What a rerun says in its own way, and where results go."""
EPILOG = """
examples:
  lenet-verify check dump/ --variant modern
  lenet-verify check tensors.npz --variant modern --case golden/ --mapping theirs.toml
  lenet-verify check student.py:lenet --variant modern
  lenet-verify check --program './lenet {inputs} {outputs}' --variant modern
  lenet-verify check submissions/*/ --variant modern --table grades.csv

exit status: 0 all passed, 1 a difference, 2 unusable input, 3 an error of the harness;
with --table 1 if any submission did not pass.  See docs/verify-your-own.md.
"""


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify check", description=__doc__, epilog=EPILOG,
               formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    p.add_argument("subject", nargs="*", metavar="SUBJECT",
                   help="a folder or .npz, module:callable or file.py:callable")  # fmt: skip
    p.add_argument("--program", metavar="COMMAND",
                   help="a program that reads {inputs} and writes {outputs}")  # fmt: skip
    p.add_argument("--variant", choices=VARIANTS, help="needed unless a manifest says it")
    p.add_argument(
        "--case", type=Path, metavar="FOLDER", help="golden folder the dump was made from"
    )
    p.add_argument(
        "--mapping", type=Path, metavar="FILE", help="names, layouts, conventions (TOML)"
    )
    p.add_argument("--require", choices=REQUIRE, default="nothing", help="what must not be absent")
    p.add_argument("--tier", choices=["float64", "float32"], help="of what a subject is handed")
    p.add_argument("--seed", type=int, default=0, metavar="S")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    p.add_argument("--reproducible", action="store_true",
                   help="the same call must give the same bits, not only the same numbers but for"
                   " rounding")  # fmt: skip
    p.add_argument("--seconds", type=float, default=60.0, help="time limit of one call")
    p.add_argument("--memory", type=int, default=4096, metavar="MIB", help="memory limit")
    p.add_argument("--table", type=Path, metavar="CSV", help="one line for each subject")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER")
    return p


def main(words: Sequence[str]) -> int:
    """Judge one subject, or a batch of them into a table."""
    asked = parser().parse_args(words)
    usable(asked)
    asked.mapping_file = asked.mapping
    asked.mapping = read_layout(asked.mapping) if asked.mapping else None
    sound(asked)
    proved_gate()
    with claimed(asked.out):
        if asked.table is not None:
            return graded(asked, judged)
        if len(asked.subject) > 1:
            raise InputError("more than one subject", got=" ".join(asked.subject[:3]),
                             fix="add --table grades.csv")  # fmt: skip
        return judged(asked.program or asked.subject[0], asked).status


def usable(asked: argparse.Namespace) -> None:
    """Options that make no sense together, or out of range."""
    if bool(asked.program) == bool(asked.subject):
        raise InputError("what is to be checked?", expected="one of SUBJECT and --program")
    if not 0 < asked.seconds <= LONGEST or not 64 <= asked.memory <= MOST or asked.seed < 0:
        raise InputError("unusable value", where="--seconds, --memory, --seed",
                         expected=f"above 0, 64 to {MOST}, 0 or more")  # fmt: skip
    live = asked.program or any(is_callable(word) for word in asked.subject)
    if live and asked.variant is None:
        raise InputError("which variant?", fix="add --variant modern or --variant 1998")


def sound(asked: argparse.Namespace) -> None:
    """The mistakes that are the operator's and no subject's, found before any is judged.

    Raises:
        InputError: options, mapping or golden folder cannot be used, or not together.
    """
    layout = asked.mapping or PLAIN
    options = dict(architecture_options(asked.option))
    if asked.variant is not None:
        arch = architecture(make_arch(asked.variant, options), layout)
        must_fit(arch, max(batch for _, batch in PLAN), "--option")
    if asked.case is not None:
        case = described_case(asked.case, asked)
        if case is not None:
            architecture(case.arch, layout)


def judged(subject: str, asked: argparse.Namespace) -> Verdict:
    """The verdict on one subject, printed unless it goes into a table."""
    quiet, again = asked.table is not None, rerun(subject, asked)
    if asked.program:
        from verify.pipeline.live import check_program

        return check_program(subject, asked, again)
    if is_callable(subject):
        from verify.pipeline.live import check_callable

        return check_callable(subject, asked, again)
    path = Path(subject)
    case, arrays = load(path, asked)
    findings = judge_dump(case, arrays, asked.mapping, asked.require)
    return concluded([(case, findings)], asked.out, (), again, quiet)


def rerun(subject: str, asked: argparse.Namespace) -> str:
    """The command that repeats the check, with every option that was given."""
    program = "--program " if asked.program else ""
    words = [f"lenet-verify check {program}{shlex.quote(subject)}"]
    for name, unsaid in vars(parser().parse_args([])).items():
        value = asked.mapping_file if name == "mapping" else getattr(asked, name)
        if name in NOT_REPEATED or value == unsaid:
            continue
        if value is True:
            words.append(f"--{name}")
        else:
            each = value if isinstance(value, list) else [value]
            words += [f"--{name} {shlex.quote(str(one))}" for one in each]
    return " ".join(words)
