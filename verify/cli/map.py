"""``lenet-verify map``: propose a mapping of somebody's names and layouts, as a TOML file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.storage import write_atomically
from verify.cases.options import Options, architecture_options
from verify.cli.choosing import chosen, takes_network
from verify.cli.output import printed, said
from verify.cli.parsing import Clash, Parser, made
from verify.errors import DIFFERENT, PASSED, InputError
from verify.exchange.files import looked_through
from verify.exchange.layout import PLAIN
from verify.exchange.load import Source, described_case
from verify.exchange.mapping import read_layout
from verify.exchange.proposed import lines
from verify.pipeline.proposal.certain import RENAMED, RETURNED, of
from verify.pipeline.proposal.guess import Proposal
from verify.pipeline.proposal.settle import OTHERS
from verify.pipeline.subject import is_callable
from verify.pipeline.usable import limited
from verify.pipeline.which import the_network
from verify.subjects.limits import Limits

EPILOG = """
Each array is looked for among the right values: which tensor it is and how it lies follows from its
numbers, else from its shape and its name.  A factor is never taken away in silence.

examples:
  lenet-verify map dump/ --case golden/ > theirs.toml
  lenet-verify map student.py:run --network mnist28 > theirs.toml
  lenet-verify check student.py:run --network mnist28 --mapping theirs.toml

exit status: 0 nothing is in doubt, 1 some of it is a guess, 2 unusable input
"""


@dataclass(frozen=True)
class MapRequest:
    """Whose mapping.  subject: a dump or a callable; program: a command instead; network: its name,
    and description where it is no preset; mapping: what is declared already; out: a file."""

    subject: str | None
    program: str | None
    network: tuple[str | None, Architecture | None]
    options: Options
    case: Path | None
    mapping: Path | None
    seconds: float
    memory: int
    out: Path | None

    @property
    def source(self) -> Source:
        """What is said of the network and the dump.

        Raises:
            InputError: the mapping cannot be read.
        """
        layout = read_layout(self.mapping) if self.mapping else PLAIN
        return Source(self.network[0], self.options, layout, self.case, self.network[1])

    @property
    def asked_of(self) -> str:
        """The subject, where its files are, or the command."""
        if self.subject and not self.answers:
            return str(looked_through(Path(self.subject)))
        return self.subject or self.program or ""

    @property
    def answers(self) -> str:
        """What it is asked as: "program", "callable", or empty for files."""
        return "program" if self.program else "callable" if is_callable(self.subject or "") else ""

    @property
    def limits(self) -> Limits:
        """Of one call."""
        return Limits(self.seconds, self.memory)

    @property
    def called(self) -> str:
        """What the subject is called."""
        return self.subject or f"--program '{self.program}'"


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify map", description=__doc__, epilog=EPILOG)
    p.add_argument("subject", nargs="?", metavar="SUBJECT",
                   help="a folder or .npz, module:callable or file.py:callable")  # fmt: skip
    p.add_argument("--program", metavar="COMMAND",
                   help="a program that reads {inputs} and writes {outputs}")  # fmt: skip
    takes_network(p, both=False)
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE",
                   help="another reading of the network, as reg=0.1")  # fmt: skip
    p.add_argument("--case", type=Path, metavar="FOLDER",
                   help="golden folder the dump was made from")  # fmt: skip
    p.add_argument("--mapping", type=Path, metavar="FILE", help="what is declared already")
    p.add_argument(
        "--seconds", type=float, default=60.0, metavar="S", help="time limit of one call"
    )
    p.add_argument(
        "--memory", type=int, default=4096, metavar="MIB", help="memory limit of a subject"
    )
    p.add_argument("--out", type=Path, metavar="FILE", help="write it there")
    p.clashes += (Clash("--program", ("--case",), "a program is asked a case of our own"),)
    return p


def requested(words: Sequence[str]) -> MapRequest:
    """The words as values.

    Raises:
        InputError: no subject, or two; options that mean nothing for it.
    """
    asked = parser().understood(words)
    if asked.program and asked.subject:
        raise InputError("cannot be mapped together", where=f"--program and {asked.subject}",
                         fix="map one after the other")  # fmt: skip
    if not asked.program and not asked.subject:
        raise InputError("what is to be mapped?", expected="one of SUBJECT and --program")
    limited(asked.seconds, asked.memory)
    networks = chosen(asked)
    network = (None, None) if networks is None else networks.one
    answering = asked.program or is_callable(asked.subject)
    if asked.option and networks is None:
        raise InputError("which network has them?", where="--option",
                         fix="add --variant modern, or --network NAME|FILE.toml")  # fmt: skip
    if answering and asked.case:
        raise InputError("means nothing for who answers", where=f"--case and {asked.subject}",
                         fix="it is asked a case of our own; leave it out")  # fmt: skip
    for name in ("seconds", "memory"):
        if name in asked.said and not answering:
            raise InputError("means nothing for files", where=f"--{name} and {asked.subject}")
    return made(MapRequest, asked, network=network, options=architecture_options(asked.option))


def main(words: Sequence[str]) -> int:
    """Print the mapping; exit status 1 where some of it is a guess."""
    asked = requested(words)
    asked, network = settled(asked)
    found = of(asked.asked_of, asked.answers, asked.source, asked.limits)
    text = [*network, *told(asked, found)]
    if asked.out is None:
        printed(*text, as_they_are=True)
    else:
        write_atomically(asked.out, ("\n".join(text) + "\n").encode())
        printed(*(line.removeprefix("# ") for line in network), summary(found),
                f"mapping in {asked.out}")  # fmt: skip
    if not found.unambiguous:
        said("lenet-verify: some of it is a guess; read the comments before you use it")
        if any(guess.why == OTHERS for guess in found.guesses):
            said(f"lenet-verify: {RETURNED}; {RENAMED}")
    return PASSED if found.unambiguous else DIFFERENT


def settled(asked: MapRequest) -> tuple[MapRequest, list[str]]:
    """The request with a network, and what is to be said where it was found.

    Raises:
        InputError: no network with a name fits.
    """
    told_by_case = not asked.answers and described_case(Path(asked.asked_of), asked.source)
    if asked.network[0] is not None or told_by_case:
        return asked, []
    found = the_network(asked.asked_of, asked.answers, asked.source, asked.limits)
    return replace(asked, network=(found.name, None)), [f"# --network {found.told()}"]


def told(asked: MapRequest, found: Proposal) -> Iterator[str]:
    """The file."""
    title = [f"proposed by lenet-verify map {asked.called}; {summary(found)}", *factors(found)]
    rows = [(guess.theirs, guess.ours, guess.why) for guess in found.guesses]
    yield from lines(found.layout, rows, found.told, title)


def summary(found: Proposal) -> str:
    """How many arrays are known by their numbers."""
    number = len(found.guesses)
    return f"{found.matched} of {number} array{'s' * (number != 1)} told by their numbers"


def factors(found: Proposal) -> Iterator[str]:
    """Arrays that are right but for one factor: a convention, or a mistake; not for us to say."""
    off = [guess for guess in found.guesses if abs(guess.factor - 1) > 1e-3 and guess.ours]
    if off:
        names = ", ".join(f"{guess.theirs} x {guess.factor:.4g}" for guess in off[:6])
        more = f" and {len(off) - 6} more" if len(off) > 6 else ""
        yield f"NOT mapped away: {names}{more}; check says whether a convention explains it"
