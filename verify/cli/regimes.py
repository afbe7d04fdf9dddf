"""``lenet-verify regimes``: how cases are drawn, and what each way finds."""

from __future__ import annotations

import importlib
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lenet_ref import families
from verify.cases import plan, probes
from verify.cases.regimes import REGIMES
from verify.cli.output import printed
from verify.cli.parsing import Parser, made
from verify.errors import PASSED, InputError
from verify.report.text import WIDTH
from verify.words import near

EPILOG = """--regime NAME ... asks for them, of lenet-verify alone and of check and golden.  Probes
are single layers with awkward shapes; of lenet-verify alone."""
MORE = "lenet-verify regimes --probes lists {} probes: single layers with awkward shapes"
FINDS = "finds "


@dataclass(frozen=True)
class RegimesRequest:
    """Which of them; none: all of whole networks, or all probes."""

    name: tuple[str, ...]
    probes: bool


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify regimes", description=__doc__, epilog=EPILOG)
    p.add_argument("name", nargs="*", default=[], metavar="NAME", help="these only")
    p.add_argument("--probes", action="store_true", help="the probes, not the regimes")
    return p


def requested(words: Sequence[str]) -> RegimesRequest:
    """The words as values.

    Raises:
        InputError: no such regime.
    """
    asked = made(RegimesRequest, parser().understood(words))
    if asked.name and asked.probes:
        raise InputError("cannot be obeyed together", where=f"--probes and {asked.name[0]}",
                         fix="a probe can be named, too")  # fmt: skip
    known = [*REGIMES, *probes.PROBES]
    if wrong := [name for name in asked.name if name not in known]:
        likely = [each for name in wrong for each in near(name, known)]
        raise InputError("no such regime", got=", ".join(wrong),
                         expected=", ".join(likely or known))  # fmt: skip
    return asked


def main(words: Sequence[str]) -> int:
    """Print each with what is drawn, what it finds, and who draws it."""
    asked = requested(words)
    names = asked.name or tuple(probes.PROBES if asked.probes else REGIMES)
    printed(*of_networks([name for name in names if name in REGIMES]))
    printed(*of_layers([name for name in names if name not in REGIMES]))
    if not (asked.name or asked.probes):
        printed("", MORE.format(len(probes.PROBES)))
    return PASSED


def of_networks(names: Sequence[str]) -> Iterator[str]:
    """Regimes of whole networks."""
    for name in names:
        yield from under(name, told(name), max(map(len, names)) + 2)


def of_layers(names: Sequence[str]) -> Iterator[str]:
    """Probes, those of a family together."""
    for number, (title, mine) in enumerate(families_of(names)):
        yield from [""] * (number > 0)
        yield from textwrap.wrap(title, WIDTH)
        for name in mine:
            yield from under(f"  {name}", [probed(name)], max(map(len, names)) + 4)


def told(name: str) -> list[str]:
    """What is drawn, what shows in it, which plans have it and which options it obeys."""
    row = REGIMES[name]
    plans = [level for level, rows in plan.LEVELS.items() if any(r[0] == name for r in rows)]
    drawn = [f"drawn by {', '.join(map(CALLED.__getitem__, plans))}"] if plans else []
    takes = [("--data", plan.draws_digits(name)), ("--weights", plan.takes_weights(name))]
    options = " and ".join(option for option, obeys in takes if obeys)
    facts = [*drawn, *["exact"] * plan.is_exact(name), *[f"obeys {options}"] * bool(options)]
    return [row.about, FINDS + row.finds, f"({'; '.join(facts)})"]


CALLED = {"quick": "--quick", "default": "the default plan", "full": "--full"}


def probed(name: str) -> str:
    """The layer of a probe, its input, and with whose plan it goes."""
    probe = probes.PROBES[name]
    size = "x".join(map(str, probe.layer.input_shape))
    kind = probe.layer.operation if probe.loss is None else probe.loss.kind.replace("_", " ")
    whose = "--full" if probe.variant == probes.OPTIONS else probe.variant
    return f"{kind} on {size}, N = {probe.batch}; {whose}"


def families_of(names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """What the probes of a family are for, in its file's words, and those of them that are
    listed."""
    for family in families.every():
        module = importlib.import_module(f"verify.cases.probes.{family}")
        if mine := [name for name in module.PROBES if name in names]:
            yield " ".join((module.__doc__ or "").split("\n\n")[0].split()), mine


def under(name: str, texts: Sequence[str], left: int) -> Iterator[str]:
    """Sentences beside a name, each beginning a line of its own."""
    lines = [line for text in texts for line in textwrap.wrap(text, WIDTH - left)]
    for line in lines:
        yield f"{name.ljust(left)}{line}"
        name = ""
