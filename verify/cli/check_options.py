"""Options of ``check``, parsed and checked."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from verify.cases import idx
from verify.cases.options import architecture_options
from verify.cases.said import leaves_room
from verify.cli import conduct
from verify.cli.choosing import chosen, takes_network
from verify.cli.grading_options import Grading, grading, takes_grading
from verify.cli.options import drawn_from
from verify.cli.outputs import HELP, NONE, Outputs, outputs, takes_outputs
from verify.cli.outputs import usable as replaced
from verify.cli.parsing import Clash, Parser, at_least, made
from verify.errors import InputError
from verify.exchange.layout import PLAIN
from verify.exchange.load import Source
from verify.exchange.manifest import DRAWN, TIERS
from verify.exchange.mapping import read_layout
from verify.pipeline.judging import REQUIRE
from verify.pipeline.request import CheckRequest
from verify.pipeline.subject import is_callable
from verify.pipeline.usable import (
    STARTED_ANEW,
    declared,
    drawn_seed,
    limited,
    means_something,
    not_too_large,
    within,
)
from verify.subjects.limits import Limits

NOT_REPEATED = ("subject", "program", "table", "out", "jobs", "dask", "points", "feedback",
                "expected", "html", *HELP)  # fmt: skip
"""What a rerun says in its own way, and where results go."""
TABLE = ("submission,verdict,status",)
"""How a table of ours begins: nothing else is replaced by one."""
REPEATABLE = ("option", "convention", "allow", "secret")
"""Options that take one value each time."""
ABOUT = "Judge somebody else's LeNet-5, from files, Python or a program."
EPILOG = """
examples:
  lenet-verify check dump/ --variant modern
  lenet-verify check tensors.npz --case golden/ --mapping theirs.toml
  lenet-verify check student.py:lenet --variant modern
  lenet-verify check --program './lenet {inputs} {outputs}' --variant modern
  lenet-verify check hw/* --entry net.py:f --network d2l --table grades.csv

exit status: 0 all passed, 1 a difference, 2 unusable input, 3 an error of the harness;
with --table 1 if any submission did not pass.  More: docs/verify-your-own.md
"""


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify check", description=ABOUT, epilog=EPILOG)
    p.add_argument("subject", nargs="*", default=[], metavar="SUBJECT",
                   help="a folder or file of arrays, module:callable, file.py:callable"
                   )  # fmt: skip
    p.add_argument("--program", metavar="COMMAND",
                   help="a program that reads {inputs} and writes {outputs}")  # fmt: skip
    takes_network(p, both=False)
    p.add_argument(
        "--case", type=Path, metavar="FOLDER", help="golden folder the dump was made from"
    )
    p.add_argument(
        "--mapping", type=Path, metavar="FILE", help="names, layouts, conventions (TOML)"
    )
    p.add_argument(
        "--map",
        action="store_true",
        help="with names and layouts as lenet-verify map proposes, if all is certain",
    )
    p.add_argument("--convention", action="append", default=[], metavar="KEY=VALUE",
                   help="one of the mapping's layouts or conventions")  # fmt: skip
    p.add_argument("--require", choices=REQUIRE, default="nothing", help="what must not be absent")
    p.add_argument("--tensor", default="", metavar="NAME", help="judge this tensor alone")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE",
                   help="another reading of the network, as reg=0.1")  # fmt: skip
    p.add_argument("--tier", choices=TIERS, default="float64", help="of what a subject is handed")
    p.add_argument("--regime", nargs="+", action="extend", choices=DRAWN, metavar="NAME",
                   help="in place of those asked by default: lenet-verify regimes")  # fmt: skip
    p.add_argument("--batch", nargs="+", action="extend", type=int, metavar="N",
                   help="batch sizes, likewise")  # fmt: skip
    p.add_argument("--seed", type=int, metavar="S", help="default: another one each time")
    p.add_argument("--data", type=Path, default=idx.PACKAGED, metavar="FOLDER",
                   help="IDX files of MNIST (default: 200 packaged digits)")  # fmt: skip
    p.add_argument("--weights", type=Path, metavar="FILE", help=".npz, .safetensors or .pt")
    p.add_argument("--reproducible", action="store_true",
                   help="the same call must give the same bits, not only the same numbers but for"
                   " rounding")  # fmt: skip
    conduct.options(p)
    p.add_argument("--seconds", type=float, default=60.0, help="time limit of one call")
    p.add_argument("--memory", type=int, default=4096, metavar="MIB", help="memory limit")
    p.add_argument("--html", action="store_true", help="write report.html too: a page to look at")
    p.add_argument("--table", type=Path, metavar="CSV", help="one line for each subject")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="where the report goes")  # fmt: skip
    takes_grading(p)
    takes_outputs(p)
    p.clashes += (
        Clash("--table", tuple(f"--{kind}" for kind in HELP), "these are about one subject"),
        Clash("--program", ("--reproducible",), STARTED_ANEW),
        conduct.UNSEEN,
    )
    return p


@dataclass(frozen=True)
class Command:
    """The words of the command line, as values.

    program: the one subject is a command; given: the options that were given, for a rerun; map: the
    mapping is proposed; html: a page is written, too.
    """

    subjects: tuple[str, ...]
    program: bool
    request: CheckRequest
    out: Path
    table: Path | None
    given: str
    map: bool = False
    outputs: Outputs = NONE
    grading: Grading = field(default_factory=Grading)
    html: bool = False

    @property
    def asks(self) -> bool:
        """One of the subjects answers."""
        entered = bool(self.grading.entry)
        return self.program or entered or any(map(is_callable, self.subjects))

    def again(self, subject: str) -> str:
        """The command that repeats the check of a subject, with every option that was given."""
        program = "--program " if self.program else ""
        return f"lenet-verify check {program}{shlex.quote(subject)}{self.given}"


def requested(words: Sequence[str]) -> Command:
    """The words as values.

    Raises:
        InputError: options that make no sense together, are out of range or cannot be read.
    """
    asked = parser().understood(words)
    usable(asked)
    layout = declared(read_layout(asked.mapping) if asked.mapping else PLAIN, asked.convention)
    options = architecture_options(asked.option)
    networks = chosen(asked)
    variant, network = (None, None) if networks is None else networks.one
    seed = asked.seed if asked.seed is not None else drawn_seed() if answering(asked) else 0
    request = made(
        CheckRequest,
        asked,
        source=Source(variant, options, layout, asked.case, network, asked.key),
        seed=seed,
        regimes=tuple(asked.regime or ()),
        batches=tuple(asked.batch or ()),
        allow=tuple(asked.allow),
        secret=conduct.secret(asked),
        limits=Limits(asked.seconds, asked.memory),
    )
    subjects = tuple(asked.subject) or (asked.program,)
    again = given(asked, seed)
    return Command(subjects, bool(asked.program), request, asked.out, asked.table, again,
                   asked.map, outputs(asked), grading(asked), asked.html)  # fmt: skip


def answering(asked: argparse.Namespace) -> bool:
    """Something is asked, and not only read."""
    return bool(asked.program or asked.entry) or any(is_callable(word) for word in asked.subject)


def usable(asked: argparse.Namespace) -> None:
    """Options that make no sense together or for these subjects, or out of range."""
    if asked.program and asked.subject:
        raise InputError("cannot be checked together", where=f"--program and {asked.subject[0]}",
                         fix="check one after the other")  # fmt: skip
    if not asked.program and not asked.subject:
        raise InputError("what is to be checked?", expected="one of SUBJECT and --program")
    if len(asked.subject) > 1 and not asked.table:
        raise InputError("more than one subject", got=" ".join(asked.subject[:3]),
                         fix="add --table grades.csv")  # fmt: skip
    if asked.table is not None:
        replaced("table", asked.table, TABLE)
    limited(asked.seconds, asked.memory)
    at_least(asked, batch=1, seed=0)
    within(asked.seed)
    not_too_large(asked.batch or ())
    reading = not asked.entry and any(not is_callable(word) for word in asked.subject)
    first = asked.program or asked.subject[0]
    means_something(asked.said, first, answering(asked), reading)
    leaves_room(asked.regime or (), *drawn_from(asked))


def given(asked: argparse.Namespace, seed: int) -> str:
    """Every option that was given, and the seed that was drawn, are to be given again."""
    words = []
    for name in dict.fromkeys([*asked.said, *(["seed"] if answering(asked) else [])]):
        value = seed if name == "seed" else getattr(asked, name)
        if name in NOT_REPEATED:
            continue
        each = value if isinstance(value, list) else [] if value is True else [value]
        again = [each] if name not in REPEATABLE else [[one] for one in each]
        words += [shlex.join([f"--{name}", *map(str, one)]) for one in again]
    return "".join(f" {word}" for word in words)
