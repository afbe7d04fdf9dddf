"""Completion of words in a shell, by argcomplete: an optional extra, ``[completion]``.

Bash, zsh and fish ask this process for words at every press of a key, so it must be quick, and it
computes nothing: in it torch and pandas, a second to import, are stood for by empty modules.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from verify.cli import COMMANDS
from verify.cli.colour import WHEN

TYPED = re.compile(r"^(\s*\S+\s+)([a-z]+)(\s+)")
"""The program, a word and what ends it."""
SLOW = ("torch", "pandas")
Completer = Callable[..., Iterable[str]]


class Nothing(type):
    """Of every name of an empty module: a class, for it may be inherited from; whatever is asked
    of it is another."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing(name, (), {})

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        return cls

    def __getitem__(cls, key: Any) -> Any:
        return cls


class Empty(MetaPathFinder, Loader):
    """Finds the slow packages and all modules in them, empty."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Of an empty module, where one stands for a slow one."""
        return ModuleSpec(name, self, is_package=True) if name.split(".")[0] in SLOW else None

    def exec_module(self, module: ModuleType) -> None:
        """Any name is there."""
        vars(module)["__getattr__"] = lambda name: getattr(Nothing("top", (), {}), name)


def complete() -> None:
    """Answer the shell, and end; without argcomplete nothing is answered."""
    try:
        argcomplete = importlib.import_module("argcomplete")
    except ImportError:
        os._exit(1)
    sys.meta_path.insert(0, Empty())
    argcomplete.autocomplete(parser(taken()), always_complete_options="long")
    os._exit(1)


def taken() -> str:
    """The command, if it is already typed, out of the line that the shell hands over."""
    line, point = os.environ.get("COMP_LINE", ""), int(os.environ.get("COMP_POINT", "0"))
    found = TYPED.match(line)
    if found is None or found[2] not in COMMANDS:
        return ""
    os.environ["COMP_LINE"] = found[1] + line[found.end() :]
    os.environ["COMP_POINT"] = str(point - len(found[2]) - len(found[3]))
    return found[2]


def parser(command: str) -> argparse.ArgumentParser:
    """Of a command; of none, that of the main job with the names of all commands."""
    where = "options" if command in ("", "run") else command
    found: argparse.ArgumentParser = importlib.import_module(f"verify.cli.{where}").parser()
    found.add_argument("--color", choices=WHEN)
    if not command:
        found.add_argument("--version", action="store_true")
        found.add_argument("command", nargs="?", choices=COMMANDS)
    known = completers()
    for action in found._actions:
        if action.choices is None and action.dest in known:
            vars(action)["completer"] = known[action.dest]
    return found


def completers() -> dict[str, Completer]:
    """By option: what may stand there."""
    from lenet_ref.networks import PRESETS
    from verify.cases.probes import PROBES
    from verify.cases.regimes import REGIMES

    return {
        "network": _with_files(PRESETS, ".toml"),
        "regime": _of([*REGIMES, *PROBES]),
        "name": _of([*REGIMES, *PROBES]),
        "show": _of(PRESETS),
        "tensor": lambda parsed_args, **_: tensors(parsed_args),
        "subject": _with_files((), ""),
    }


def _of(words: Iterable[str]) -> Completer:
    return lambda **_: words


def _with_files(words: Iterable[str], suffix: str) -> Completer:
    files = importlib.import_module("argcomplete.completers").FilesCompleter(
        [suffix.lstrip(".")] if suffix else ()
    )
    return lambda prefix, **options: [*words, *files(prefix, **options)]


def tensors(asked: argparse.Namespace) -> Iterable[str]:
    """Of the network that is named so far, else of the two derived ones."""
    from verify.cases.networks import make_arch, named
    from verify.expected.steps import steps

    said = getattr(asked, "network", None) or getattr(asked, "variant", None)
    try:
        networks = [named(said)] if said and said != "both" else [("modern", None), ("1998", None)]
        archs = [make_arch(name, {}, found) for name, found in networks]
    except Exception:  # a file that is not written yet; a shell is told nothing of it
        return []
    return dict.fromkeys(step.tensor for arch in archs for step in steps(arch))
