"""Every pair of options of every command is obeyed or refused, never dropped.

The pairs are made from the parsers themselves: an option without an example here fails the test.
A pair is refused by one line that names both, or the request shows an effect of each.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import pytest

from lenet_ref.networks import preset
from tests.verify.cli.words import BASES, COMMON, OWN, SAME, TENSOR, Words
from verify.cli import COMMANDS
from verify.cli.check_options import Command
from verify.cli.networks import shown
from verify.cli.options import RunRequest
from verify.cli.run import chosen_jobs
from verify.errors import InputError

OTHER_VARIANT = ["--variant", "1998"]


@dataclass(frozen=True)
class Table:
    """One command, used in one way."""

    command: str
    base: Words

    @property
    def module(self) -> Any:
        """Where its parser stands."""
        return importlib.import_module(f"verify.cli.{self.command}")

    def options(self) -> dict[str, argparse.Action]:
        """All there are."""
        return {a.dest: a for a in self.module.parser()._actions if a.dest != "help"}

    def example(self, name: str) -> list[str]:
        """The words for an option, other than those of the base."""
        if name == "tensor" and self.command == "explain":
            return TENSOR[1:]
        if name == "variant" and name in self.base:
            return OTHER_VARIANT
        if name == "variant" and self.command == "explain":
            return OTHER_VARIANT
        words = {**COMMON, **OWN[self.command]}[name]
        return [MODULES[self.command] if word == "MODULE" else word for word in words]

    def asked(self, *names: str) -> Any:
        """The request with these options, or the line that refuses them."""
        again = SAME if {*names} & {*SAME} else ()
        kept = {name: words for name, words in self.base.items() if name not in again}
        said = {**kept, **{name: self.example(name) for name in names}}
        words = [word for name in sorted(said, key=lambda n: n == "subject") for word in said[name]]
        try:
            return effect(self.module.requested(words))
        except InputError as error:
            return str(error)

    def named(self, name: str, line: str) -> bool:
        """The line names an option, or what stands for it without a flag."""
        flags = self.options()[name].option_strings or self.example(name)
        return any(flag in line for flag in flags)


@pytest.fixture
def one_parser_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifteen thousand requests are read, and a parser keeps nothing of them."""
    for command in OWN:
        place = sys.modules[Table(command, {}).module.requested.__module__]
        monkeypatch.setattr(place, "parser", cache(place.parser))


MODULES = {"mutants": "layers.affine"}


def effect(request: Any) -> Any:
    """A request as what it leads to: the cases, where they are chosen."""
    if isinstance(request, RunRequest):
        chosen = {"level", "chosen", "regimes", "tiers", "batches", "seeds", "options"}
        rest = {k: v for k, v in asdict(request).items() if k not in chosen}
        return list(islice(chosen_jobs(request), 10_000)), rest
    if isinstance(request, Command) and request.asks and request.request.source.variant:
        questions = request.request.questions
        jobs = [questions.job(*row) for row in questions.plan]
        return jobs, {**asdict(request), "given": None}
    return asdict(request)


def tables() -> Iterator[Table]:
    for command in COMMANDS:
        for base in BASES.get(command, {"": {}}).values():
            yield Table(command, base)


def wrong(table: Table, one: str, other: str) -> str:
    """What is wrong with a pair, or nothing."""
    both, alone = table.asked(one, other), {n: table.asked(n) for n in (one, other)}
    if isinstance(both, str):
        if "\n" in both:
            return f"more than one line: {both}"
        refused = [n for n in (one, other) if isinstance(alone[n], str)]
        names = refused or [one, other]  # what is refused alone is named alone
        return "" if any(table.named(n, both) for n in refused) or all(
            table.named(n, both) for n in names) else f"does not name both: {both}"  # fmt: skip
    return "" if both not in alone.values() else "one of them is dropped"


def prepare(folder: Path) -> None:
    """What the examples name."""
    (folder / "map.toml").write_text('[layout]\nvolumes = "NHWC"\n')
    (folder / "mine.toml").write_text("\n".join(shown(preset("d2l"))))
    (folder / "folder").mkdir()


@pytest.mark.usefixtures("one_parser_each")
@pytest.mark.parametrize("table", [*tables()], ids=lambda t: "-".join([t.command, *t.base]))
def test_every_pair_is_obeyed_or_refused(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    prepare(tmp_path)
    pairs = combinations(table.options(), 2)
    found = {pair: text for pair in pairs if (text := wrong(table, *pair))}
    assert found == {}


@pytest.mark.parametrize("table", [*tables()], ids=lambda t: "-".join([t.command, *t.base]))
def test_every_option_is_obeyed_or_refused_alone(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    prepare(tmp_path)
    for name in table.options():
        alone = table.asked(name)
        if isinstance(alone, str):
            assert table.named(name, alone), alone
        else:
            assert alone != table.asked(), name


def test_a_dropped_option_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix itself: a parser without its clashes, and a request that forgets one."""
    table = Table("run", {})
    assert wrong(table, "quick", "batch") == ""
    monkeypatch.setattr("verify.cli.options.CLASHES", ())
    assert wrong(table, "quick", "batch") == "one of them is dropped"
    assert wrong(table, "rows", "jobs") == ""


def test_a_dropped_network_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is chosen counts by the cases that it leads to."""
    table = Table("run", {})
    assert wrong(table, "network", "batch") == ""
    monkeypatch.setattr("verify.cli.options.chosen", lambda asked: None)
    assert wrong(table, "network", "batch") == "one of them is dropped"


def test_what_is_listed_here_is_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    """No example outlives its option."""
    for command, words in OWN.items():
        assert {*words} <= {*Table(command, {}).options()}, command
