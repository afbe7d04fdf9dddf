"""What is said on pytest's command line and in its ini file, still as text.

Nothing here may import numpy or torch: it is read in every run of pytest.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from verify.errors import InputError
from verify.words import nearest

__all__ = ["FILES", "FLAGS", "KEYS", "WORDS", "Named", "add", "home", "idle", "named", "text"]
WORDS = ("regimes", "batches", "conventions", "options", "allow")
"""Settings of several words, with commas or spaces between them."""
FLAGS = ("map", "program", "reproducible")
FILES = ("mapping", "case", "data", "weights", "secret")
"""Settings that are paths; those of the ini file start from its folder."""
KEYS: Mapping[str, str] = {
    "network": "a name, or a .toml file",
    "mapping": "names, layouts, conventions (TOML)",
    "map": "names and layouts as they are proposed, if all is certain",
    "program": "the subject is a command that reads {inputs} and writes {outputs}",
    "case": "golden folder that a dump was made from",
    "conventions": "KEY=VALUE,...: single layouts or conventions",
    "options": "KEY=VALUE,...: of the network",
    "tier": "float64 (default) or float32",
    "regimes": "NAME,...: in place of the cases asked by default",
    "batches": "N,...: batch sizes, likewise",
    "seed": "default 0; random: another one each time",
    "data": "folder with the IDX files of MNIST",
    "weights": ".npz, .safetensors or .pt",
    "require": "what must not be absent: nothing (default), forward, gradients, all",
    "reproducible": "the same call must give the same bits",
    "allow": "NAME,...: what it may import or start beside NumPy; all else fails",
    "secret": "folder that it has no business in",
    "seconds": "time limit of one call, default 60",
    "memory": "limit in MiB, default 4096",
}
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0", "")
_LINE = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.*\S)\s*", re.DOTALL)


@dataclass(frozen=True)
class Named:
    """A subject as it was named.  name: empty of one alone; said: its settings, as text."""

    name: str
    subject: str
    said: Mapping[str, str] = field(default_factory=dict)

    def flag(self, key: str) -> bool:
        """A setting that is true or not.

        Raises:
            InputError: neither.
        """
        value = self.said.get(key, "").lower()
        if value not in (*_TRUE, *_FALSE):
            raise InputError("neither true nor false", where=f"--lenet-{key}", got=value)
        return value in _TRUE

    def words(self, key: str) -> list[str]:
        """A setting of several words."""
        said = self.said.get(key, "").strip(", \n")
        return re.split(r"[,\s]+", said) if said else []


def add(parser: pytest.Parser) -> None:
    """The options, each with the ini option of its name."""
    group = parser.getgroup("lenet", "LeNet-5, each tensor a test (lenet-verify)")
    group.addoption("--lenet-subject", metavar="SUBJECT",
                    help="file.py:callable, a folder or file of arrays, a command")  # fmt: skip
    group.addoption(
        "--lenet-expected", metavar="FILE", help="failures that are known, with reasons"
    )
    parser.addini("lenet_subject", "what --lenet-subject says", default="")
    parser.addini("lenet_subjects", "lines NAME = SUBJECT key=value ...", "linelist", default=[])
    parser.addini("lenet_expected", "what --lenet-expected says", default="")
    for key, about in KEYS.items():
        option, keep = f"--lenet-{key}", {"metavar": key.upper()}
        if key in FLAGS:
            group.addoption(option, action="store_true", default=False, help=about)
        else:
            group.addoption(
                option, action="append" if key in WORDS else "store", help=about, **keep
            )
        parser.addini(f"lenet_{key}", f"what {option} says", default="")


def text(config: pytest.Config, key: str) -> tuple[str, bool]:
    """A setting, and whether the command line said it, which goes before the ini file."""
    said = config.getoption(f"lenet_{key}")
    if isinstance(said, list):
        said = ",".join(said)
    if said:
        return "true" if said is True else str(said), True
    return str(config.getini(f"lenet_{key}")), False


def named(config: pytest.Config) -> list[Named]:
    """Every subject; one on the command line is the only one.

    Raises:
        InputError: a line of the table that is none, two of one name, two ways at once.
    """
    each = {key: text(config, key) for key in KEYS}
    base = home(config)
    common = {key: value if typed else _from(base, key, value)
              for key, (value, typed) in each.items() if value}  # fmt: skip
    subject, typed = text(config, "subject")
    lines = [] if typed else config.getini("lenet_subjects")
    if subject and lines:
        raise InputError("said in two ways", where="lenet_subject and lenet_subjects",
                         fix="make it a line of lenet_subjects")  # fmt: skip
    if subject:
        program = common.get("program", "").lower() in _TRUE
        return [Named("", subject if typed or program else _subject(base, subject), common)]
    typed_ones = {key: value for key, (value, typed) in each.items() if typed}
    found = [_line(line, base, common, typed_ones) for line in lines]
    names = [each.name for each in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError("two subjects of one name", where="lenet_subjects", got=min(twice))
    return found


def _line(line: str, base: Path, common: Mapping[str, str], typed: Mapping[str, str]) -> Named:
    """NAME = SUBJECT key=value ...: what is typed goes before a line, a line before the rest."""
    match = _LINE.fullmatch(line)
    try:
        words = shlex.split(match[2]) if match else []
    except ValueError as error:
        raise InputError(f"unusable line: {error}", where="lenet_subjects", got=line) from None
    if match is None or not words:
        raise InputError("unusable line", where="lenet_subjects", got=line,
                         expected="NAME = SUBJECT key=value ...")  # fmt: skip
    said = {key: _from(base, key, value) for key, value in _pairs(words[1:], match[1])}
    whole = Named(match[1], words[0], {**common, **said, **typed})
    return whole if whole.flag("program") else Named(match[1], _subject(base, words[0]), whole.said)


def _pairs(words: list[str], name: str) -> Iterator[tuple[str, str]]:
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in KEYS:
            raise InputError("no such setting", where=f"lenet_subjects: {name}", got=word,
                             expected=nearest(key, [*KEYS]))  # fmt: skip
        yield key, value


def home(config: pytest.Config) -> Path:
    """The folder of the ini file, or pytest's root."""
    return config.rootpath if config.inipath is None else config.inipath.parent


def _from(base: Path, key: str, value: str) -> str:
    """A path of the ini file, from where pytest was started."""
    is_path = key in FILES or (key == "network" and value.endswith(".toml"))
    return os.path.relpath(base / value) if is_path else value


def _subject(base: Path, word: str) -> str:
    """file.py:callable and folders likewise; module:callable stays."""
    path, colon, name = word.rpartition(":") if ":" in word else (word, "", "")
    if not colon or path.endswith(".py") or "/" in path:
        return f"{os.path.relpath(base / path)}{colon}{name}"
    return word


def idle(config: pytest.Config) -> str:
    """An option that was typed and can mean nothing without a subject; empty if there is none."""
    typed = (f"--lenet-{key}" for key in (*KEYS, "expected") if text(config, key)[1])
    return next(typed, "")
