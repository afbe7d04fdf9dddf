"""``lenet-verify networks``: the networks that are known by name, and the start of one's own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lenet_ref import families
from lenet_ref.architecture import Architecture
from lenet_ref.networks import PRESETS, preset
from lenet_ref.storage import write_atomically
from lenet_ref.written import toml
from lenet_ref.written_options import nearest
from verify.cli.describe import counted
from verify.cli.operators import operator
from verify.cli.output import printed
from verify.cli.parsing import Clash, Parser, made
from verify.errors import PASSED, InputError
from verify.report.text import WIDTH

EPILOG = "One's own: lenet-verify networks --show d2l --out mine.toml, then --network mine.toml"


@dataclass(frozen=True)
class NetworksRequest:
    """What is to be printed: all names, one network, or one layer, as a file; out: where to write
    the file instead."""

    show: str | None
    layer: str | None
    out: Path | None


def parser() -> Parser:
    """Options of the command."""
    p = Parser(prog="lenet-verify networks", description=__doc__, epilog=EPILOG)
    p.add_argument("--show", metavar="NAME", help="one of them as a TOML file")
    p.add_argument("--layer", metavar="FAMILY",
                   help="a network of one layer and no loss, for whoever wrote one operator"
                   )  # fmt: skip
    p.add_argument("--out", type=Path, metavar="FILE", help="write the file there")
    p.clashes = (Clash("--show", ("--layer",), "ask for one of them"),)
    return p


def requested(words: Sequence[str]) -> NetworksRequest:
    """The words as values.

    Raises:
        InputError: no such network or family, or a file for the list.
    """
    asked = made(NetworksRequest, parser().understood(words))
    for option, word, known in (("--show", asked.show, PRESETS),
                                ("--layer", asked.layer, tuple(families.layers()))):  # fmt: skip
        if word is not None and word not in known:
            raise InputError("no such choice", where=option, got=repr(word)[:80],
                             expected=nearest(word, known))  # fmt: skip
    if asked.out is not None and asked.show is None and asked.layer is None:
        raise InputError("the list is no network", where="--out",
                         fix="add --show NAME or --layer FAMILY, or leave it")  # fmt: skip
    return asked


def main(words: Sequence[str]) -> int:
    """Print the list, or a file."""
    asked = requested(words)
    if asked.show is not None:
        handed(preset(asked.show), asked.out)
    elif asked.layer is not None:
        handed(operator(asked.layer), asked.out)
    else:
        printed(*listed())
    return PASSED


def handed(arch: Architecture, out: Path | None) -> None:
    """A file, printed or written."""
    if out is None:
        printed(*shown(arch), as_they_are=True)
        return
    write_atomically(out, ("\n".join(shown(arch)) + "\n").encode())
    printed(f"network in {out}")


def listed() -> Iterator[str]:
    """Name, input, parameters, what it is and where it is met."""
    left = max(map(len, PRESETS)) + 2
    for name in PRESETS:
        arch = preset(name)
        size = "x".join(map(str, arch.input_shape))
        facts = f"{size}, {counted(arch)[0]:,} parameters; {arch.about}"
        first, *more = textwrap.wrap(facts, WIDTH - left)
        yield name.ljust(left) + first
        yield from (" " * left + line for line in more)


def shown(arch: Architecture) -> Iterator[str]:
    """The file; what starts from a network with a name needs a name of its own."""
    yield "# sizes follow from the input; lenet-verify describe --network FILE.toml shows them"
    text = toml(arch)
    if arch.variant in PRESETS:
        text = text.replace(f'name = "{arch.variant}"', f'name = "my-{arch.variant}"', 1)
    yield from text.rstrip().split("\n")
