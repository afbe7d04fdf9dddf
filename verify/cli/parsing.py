"""Options that are obeyed or refused: what was said twice, or against another option, is an error.

Every command has a ``parser()`` and a ``requested(words)``, which makes one frozen dataclass of all
that was asked; nothing below the command line sees a word of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, NoReturn, TypeVar

from verify.cli.helping import GENERAL, USUAL, VERSION, Help, plain, readable
from verify.cli.output import printed
from verify.errors import InputError
from verify.report.text import Block
from verify.words import near

Request = TypeVar("Request")


@dataclass(frozen=True)
class Clash:
    """Options of which one leaves no room for any of the others, and why."""

    one: str
    others: tuple[str, ...]
    why: str


class Said(argparse.Namespace):
    """What was said.  The second of two values for one option would drop the first."""

    def __setattr__(self, name: str, value: Any) -> None:
        before = vars(self).get(name, value)
        same = before is value or before == value  # nan is not equal to itself
        if not isinstance(value, list) and not same:
            raise InputError("said twice", where=f"--{name.replace('_', '-')}",
                             got=f"{before} and {value}", fix="say it once")  # fmt: skip
        super().__setattr__(name, value)


class Parser(argparse.ArgumentParser):
    """Usage errors join the exception family: one line, status 2.

    clashes: options that cannot be obeyed together; needs: options that mean nothing without
    another.
    """

    clashes: tuple[Clash, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()

    def __init__(self, prog: str, description: str | None = None, epilog: str = "") -> None:
        about = plain(description).removeprefix(f"{prog}: ")
        super().__init__(prog=prog, description=about[:1].upper() + about[1:],
                         epilog=f"{readable(epilog)}\n\n{GENERAL}{'' if ' ' in prog else VERSION}",
                         formatter_class=Help)  # fmt: skip
        self.color = False  # of --help, from Python 3.14 on: we have a --color of our own

    def print_help(self, file: Any = None) -> None:
        """To standard output, as everything is printed."""
        printed(Block(self.format_help().rstrip()), as_they_are=True)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """As argparse, but what is no option is said before what else is wrong: it is why."""
        for word in args or ():
            if word == "--":
                break
            if word.startswith("--") and " " not in word:
                self._known(word.partition("=")[0])
        return super().parse_known_args(args, namespace)

    def _known(self, flag: str) -> None:
        flags = [*self._option_string_actions]
        if not any(known.startswith(flag) for known in flags):
            likely = near(flag, flags, 1)
            self.error(f"unrecognized arguments: {flag[:80]}", *likely)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            likely = near(str(value)[:80], map(str, action.choices), 1)
            of = ", ".join(map(str, action.choices))
            meant = f" ({likely[0]}?)" if likely else ""
            raise argparse.ArgumentError(
                action, f"invalid choice: {str(value)[:80]!r}{meant}; expected {of}"
            )

    def error(self, message: str, *likely: str) -> NoReturn:
        """Raise instead of printing the whole usage.  likely: the option that was meant."""
        meant = f"did you mean {likely[0]}? " if likely else ""
        raise InputError(message, fix=f"{meant}see {self.prog} --help")

    def understood(self, words: Sequence[str]) -> argparse.Namespace:
        """The words as values, and ``said``: the names of those that were not left to us.

        Raises:
            InputError: unusable words, or options that cannot be obeyed together.
        """
        unsaid = {action.dest: action.default for action in self._actions}
        for action in self._actions:
            setattr(action, USUAL, action.default)
            action.default = argparse.SUPPRESS
        try:
            found = self.parse_args(words, Said())
        finally:  # it may be asked again
            for action in self._actions:
                action.default = getattr(action, USUAL)
        said = tuple(name for name in unsaid if name in vars(found))
        self._refuse({f"--{name.replace('_', '-')}" for name in said})
        return argparse.Namespace(**{**unsaid, **vars(found), "said": said})

    def _refuse(self, said: set[str]) -> None:
        for clash in self.clashes:
            if clash.one in said and (also := [o for o in clash.others if o in said]):
                raise InputError("cannot be obeyed together", where=f"{clash.one} and {also[0]}",
                                 fix=clash.why)  # fmt: skip
        for name, other in self.needs:
            if name in said and other not in said:
                raise InputError("says nothing alone", where=name, fix=f"add {other}, or leave it")


def made(kind: type[Request], asked: argparse.Namespace, **others: Any) -> Request:
    """A request of values that need no work, under the names of their options; lists as tuples.
    others: those that were worked on."""
    known = {f.name: getattr(asked, f.name, None) for f in fields(kind)}  # type: ignore[arg-type]
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in known.items()} | others)


def at_least(asked: argparse.Namespace, **least: int) -> None:
    """Every number of these options is no smaller than that.

    Raises:
        InputError: one is.
    """
    for name, low in least.items():
        value = getattr(asked, name)
        for each in value if isinstance(value, Iterable) else [value]:
            if each is not None and each < low:
                raise InputError("unusable value", where=f"--{name}", got=each,
                                 expected=f"{low} or more")  # fmt: skip


UNRECORDED = ("out", "jobs", "dask", "resume")
"""Where a report lies, and who worked on it for how long, changes nothing of it."""


def recorded(command: str, request: object) -> dict[str, Any]:
    """What a report says of the request that it answers."""
    told = {name: value for name, value in vars(request).items() if name not in UNRECORDED}
    return {"command": command, **told}
