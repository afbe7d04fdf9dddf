"""Options of ``check``, parsed and checked."""

from __future__ import annotations

import argparse
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verify.cases import idx
from verify.cases.options import architecture_options
from verify.cli.choosing import chosen, takes_network
from verify.cli.options import leaves_room
from verify.cli.parsing import Clash, Parser, at_least, made
from verify.errors import InputError
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.load import Source
from verify.exchange.manifest import DRAWN, TIERS
from verify.exchange.mapping import convention, read_layout
from verify.exchange.schema import LARGEST_BATCH
from verify.pipeline.judging import REQUIRE
from verify.pipeline.request import CheckRequest
from verify.pipeline.subject import is_callable
from verify.subjects.limits import Limits

LONGEST = 10**6
"""Seconds for one call."""
MOST = 2**24
"""MiB for one subject."""
SEEDS = 10**9
"""From how many one is drawn."""
OF_ANSWERS = ("tier", "regime", "batch", "seed", "data", "weights", "reproducible", "seconds",
              "memory")  # fmt: skip
"""Options that say something of subjects that are asked, and nothing of files."""
NOT_REPEATED = ("subject", "program", "table", "out", "html")
"""What a rerun says in its own way, and where results go."""
ABOUT = "Judge somebody else's LeNet-5, from files, Python or a program."
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
    p = Parser(prog="lenet-verify check", description=ABOUT, epilog=EPILOG,
               formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
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
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    p.add_argument("--tier", choices=TIERS, default="float64", help="of what a subject is handed")
    p.add_argument("--regime", nargs="+", action="extend", choices=DRAWN, metavar="NAME",
                   help=f"in place of the cases that are asked by default: {', '.join(DRAWN)}"
                   )  # fmt: skip
    p.add_argument("--batch", nargs="+", action="extend", type=int, metavar="N",
                   help="batch sizes, likewise")  # fmt: skip
    p.add_argument("--seed", type=int, metavar="S", help="default: another one each time")
    p.add_argument("--data", type=Path, default=idx.PACKAGED, metavar="FOLDER",
                   help="IDX files of MNIST (default: 200 packaged digits)")  # fmt: skip
    p.add_argument("--weights", type=Path, metavar="FILE", help=".npz, .safetensors or .pt")
    p.add_argument("--reproducible", action="store_true",
                   help="the same call must give the same bits, not only the same numbers but for"
                   " rounding")  # fmt: skip
    p.add_argument("--seconds", type=float, default=60.0, help="time limit of one call")
    p.add_argument("--memory", type=int, default=4096, metavar="MIB", help="memory limit")
    p.add_argument("--html", action="store_true", help="write report.html too: a page to look at")
    p.add_argument("--table", type=Path, metavar="CSV", help="one line for each subject")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER")
    p.clashes += (
        Clash("--program", ("--reproducible",), "a program is started anew for each case"),
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
    html: bool = False

    @property
    def asks(self) -> bool:
        """One of the subjects answers."""
        return self.program or any(map(is_callable, self.subjects))

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
    layout = declared(asked)
    options = architecture_options(asked.option)
    networks = chosen(asked)
    variant, network = (None, None) if networks is None else networks.one
    seed = asked.seed if asked.seed is not None else drawn_seed() if answering(asked) else 0
    request = made(
        CheckRequest,
        asked,
        source=Source(variant, options, layout, asked.case, network),
        seed=seed,
        regimes=tuple(asked.regime or ()),
        batches=tuple(asked.batch or ()),
        limits=Limits(asked.seconds, asked.memory),
    )
    subjects = tuple(asked.subject) or (asked.program,)
    again = given(asked, seed)
    return Command(subjects, bool(asked.program), request, asked.out, asked.table, again, asked.map,
                   asked.html)  # fmt: skip


def declared(asked: argparse.Namespace) -> Layout:
    """What the mapping and the command line declare.

    Raises:
        InputError: they say two things.
    """
    layout = read_layout(asked.mapping) if asked.mapping else PLAIN
    for key, value in map(convention, asked.convention):
        if layout.chosen.get(key, value) != value:
            raise InputError("said in two ways", where=f"--convention {key}", got=value,
                             expected=f"{layout[key]}, as said before")  # fmt: skip
        layout = layout.choosing(key, value)
    return layout


def drawn_seed() -> int:
    """Another one each time: no table of outputs holds what will be asked."""
    return secrets.randbelow(SEEDS)


def answering(asked: argparse.Namespace) -> bool:
    """Something is asked, and not only read."""
    return bool(asked.program) or any(is_callable(word) for word in asked.subject)


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
    limited(asked)
    at_least(asked, batch=1, seed=0)
    if max(asked.batch or [1]) > LARGEST_BATCH:
        raise InputError("unusable value", where="--batch", got=max(asked.batch),
                         expected=f"at most {LARGEST_BATCH}")  # fmt: skip
    means_something(asked)
    leaves_room(asked.regime or (), asked)


def limited(asked: argparse.Namespace) -> None:
    """Limits of a call that it can have.

    Raises:
        InputError: one is out of range.
    """
    if not 0 < asked.seconds <= LONGEST or not 64 <= asked.memory <= MOST:
        raise InputError("unusable value", where="--seconds, --memory",
                         expected=f"above 0, 64 to {MOST}")  # fmt: skip


def means_something(asked: argparse.Namespace) -> None:
    """Options that mean something to one of the subjects: files are what they are, and who
    answers is asked our own cases."""
    asking = answering(asked)
    reading = any(not is_callable(word) for word in asked.subject)
    for name in asked.said:
        if name in OF_ANSWERS and not asking:
            raise InputError("means nothing for files", where=f"--{name} and {asked.subject[0]}",
                             fix="their case says it; leave it out")  # fmt: skip
        if name == "case" and not reading:
            subject = asked.program or asked.subject[0]
            raise InputError("means nothing for who answers", where=f"--case and {subject}",
                             fix="it is asked cases of our own; leave it out")  # fmt: skip


def given(asked: argparse.Namespace, seed: int) -> str:
    """Every option that was given, and the seed that was drawn, are to be given again."""
    words = []
    for name in dict.fromkeys([*asked.said, *(["seed"] if answering(asked) else [])]):
        value = seed if name == "seed" else getattr(asked, name)
        if name in NOT_REPEATED:
            continue
        each = value if isinstance(value, list) else [] if value is True else [value]
        again = [each] if name not in ("option", "convention") else [[one] for one in each]
        words += [shlex.join([f"--{name}", *map(str, one)]) for one in again]
    return "".join(f" {word}" for word in words)
