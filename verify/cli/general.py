"""What every command obeys: ``--color`` and ``--version``; which command it is."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from lenet_ref.errors import LeNetError
from verify.cases import pace
from verify.cli import COMMANDS, colour
from verify.cli.loading import interruptible, loading
from verify.cli.output import printed
from verify.cli.progress import LINE
from verify.cli.version import version
from verify.errors import PASSED, HarnessError, InputError
from verify.words import near

GENERAL = ("--color", "--version")
"""Options of no command in particular."""


def obeyed(words: Sequence[str]) -> int:
    """Take the general options out, run the command on the rest; its exit status.

    Raises:
        InputError: unusable words.  HarnessError: rooms that disagree.
    """
    when, rest = coloured(words)
    colour.use(when)
    if "--version" in rest:
        if len(rest) > 1:
            raise InputError("stands alone", where="--version", got=" ".join(rest),
                             fix="leave the others out")  # fmt: skip
        printed(version())
        return PASSED
    name, rest = command(rest)
    try:
        with loading():
            module = importlib.import_module(f"verify.cli.{name}")
    except LeNetError as error:  # nothing here can be trusted
        raise HarnessError(str(error)) from None
    interruptible()
    LINE.at(name)
    with pace.listening(LINE.told):
        status: int = module.main(rest)
    return status


def coloured(words: Sequence[str]) -> tuple[str, list[str]]:
    """What ``--color`` says, auto where nothing does, and the other words; what stands after
    ``--`` is no option.

    Raises:
        InputError: no such choice, or two.
    """
    end = words.index("--") if "--" in words else len(words)
    said: list[str] = []
    rest: list[str] = []
    options = iter(words[:end])
    for word in options:
        name, equals, value = word.partition("=")
        if name == "--color":
            said.append(value if equals else next(options, ""))
        else:
            rest.append(word)
    if wrong := [value for value in said if value not in colour.WHEN]:
        raise InputError("no such choice", where="--color", got=repr(wrong[0])[:80],
                         expected=" or ".join(colour.WHEN))  # fmt: skip
    if len({*said}) > 1:
        raise InputError("said twice", where="--color", got=" and ".join(said), fix="say it once")
    return (said or [colour.AUTO])[0], [*rest, *words[end:]]


def command(words: Sequence[str]) -> tuple[str, list[str]]:
    """The command and its words; without one, the main job.

    Raises:
        InputError: there is none of that name.
    """
    first, rest = (words[0], words[1:]) if words else ("", [])
    if first in COMMANDS:
        return first, list(rest)
    if first and not first.startswith("-"):
        likely = near(first[:80], COMMANDS, 1)
        meant = f"did you mean {likely[0]}? " if likely else ""
        raise InputError("no such command", got=repr(first)[:80],
                         fix=f"{meant}see lenet-verify --help")  # fmt: skip
    return "run", list(words)
