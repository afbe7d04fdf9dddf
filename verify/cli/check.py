"""``lenet-verify check``: judge somebody else's LeNet-5, from files, Python or a program."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.architecture import VARIANTS
from verify.cases.machine import must_fit
from verify.cases.options import architecture_options
from verify.cases.regimes import make_arch
from verify.checks.outcome import Outcome
from verify.cli.grades import graded, is_callable
from verify.cli.options import Parser
from verify.cli.output import printed
from verify.errors import InputError
from verify.exchange.conventions import architecture
from verify.exchange.layout import PLAIN
from verify.exchange.load import Source, described_case, load
from verify.exchange.mapping import convention, read_layout
from verify.pipeline import undeclared
from verify.pipeline.judging import REQUIRE
from verify.pipeline.request import CheckRequest
from verify.proof.self_test import proved_gate
from verify.report import submission
from verify.report.folder import claimed
from verify.subjects.asked import PLAN
from verify.subjects.limits import Limits

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
    p.add_argument("--convention", action="append", default=[], metavar="KEY=VALUE",
                   help="one of the mapping's layouts or conventions")  # fmt: skip
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


@dataclass(frozen=True)
class Command:
    """The words of the command line, as values.

    program: the one subject is a command; given: the options that were given, for a rerun.
    """

    subjects: tuple[str, ...]
    program: bool
    request: CheckRequest
    out: Path
    table: Path | None
    given: str

    def again(self, subject: str) -> str:
        """The command that repeats the check of a subject, with every option that was given."""
        program = "--program " if self.program else ""
        return f"lenet-verify check {program}{shlex.quote(subject)}{self.given}"


def main(words: Sequence[str]) -> int:
    """Judge one subject, or a batch of them into a table."""
    command = understood(words)
    sound(command.request.source)
    proved_gate()
    with claimed(command.out):
        if command.table is not None:
            return graded(command.subjects, command.table, command.out,
                          lambda subject, out: judged(subject, command, out))  # fmt: skip
        if len(command.subjects) > 1:
            raise InputError("more than one subject", got=" ".join(command.subjects[:3]),
                             fix="add --table grades.csv")  # fmt: skip
        (subject,) = command.subjects
        outcome = judged(subject, command, command.out)
        printed(*submission.lines(outcome, command.out, command.again(subject)))
        return outcome.status


def understood(words: Sequence[str]) -> Command:
    """The words as values.

    Raises:
        InputError: options that make no sense together, are out of range or cannot be read.
    """
    asked = parser().parse_args(words)
    usable(asked)
    layout = read_layout(asked.mapping) if asked.mapping else PLAIN
    for key, value in map(convention, asked.convention):
        if layout.chosen.get(key, value) != value:
            raise InputError("said in two ways", where=f"--convention {key}", got=value,
                             expected=f"{layout[key]}, as said before")  # fmt: skip
        layout = layout.choosing(key, value)
    request = CheckRequest(
        source=Source(asked.variant, architecture_options(asked.option), layout, asked.case),
        require=asked.require,
        tier=asked.tier or "float64",
        seed=asked.seed,
        reproducible=asked.reproducible,
        limits=Limits(asked.seconds, asked.memory),
    )
    subjects = tuple(asked.subject) or (asked.program,)
    return Command(subjects, bool(asked.program), request, asked.out, asked.table, given(asked))


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


def given(asked: argparse.Namespace) -> str:
    """Every option that was given and is to be given again."""
    words = []
    for name, unsaid in vars(parser().parse_args([])).items():
        value = getattr(asked, name)
        if name in NOT_REPEATED or value == unsaid:
            continue
        if value is True:
            words.append(f" --{name}")
        else:
            each = value if isinstance(value, list) else [value]
            words += [f" --{name} {shlex.quote(str(one))}" for one in each]
    return "".join(words)


def sound(source: Source) -> None:
    """The mistakes that are the operator's and no subject's, found before any is judged.

    Raises:
        InputError: options, mapping or golden folder cannot be used, or not together.
    """
    if source.variant is not None:
        arch = architecture(make_arch(source.variant, dict(source.options)), source.layout)
        must_fit(arch, max(batch for _, batch in PLAN), "--option")
    if source.case is not None:
        case = described_case(source.case, source)
        if case is not None:
            architecture(case.arch, source.layout)


def judged(subject: str, command: Command, out: Path) -> Outcome:
    """What one subject comes to; its rows are in a folder."""
    outcome = heard(subject, command)
    submission.write(outcome, out, command.again(subject))
    return outcome


def heard(subject: str, command: Command) -> Outcome:
    """One subject, asked or read, and judged."""
    if command.program or is_callable(subject):
        from verify.pipeline import live  # a dump needs none of the processes

        ask = live.check_program if command.program else live.check_callable
        return ask(subject, command.request)
    source = command.request.source
    case, arrays = load(Path(subject), source)
    return undeclared.judged([(case, arrays)], source.layout, command.request.require)
