"""Mutants of the reference: what is changed, that nothing leaks, and that the list is kept true."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import lenet_ref.activations.relu
import lenet_ref.layers.affine
from tests.docs.derivation import ROOT
from tests.warm import ran
from verify.cli import main
from verify.cli.mutants import gathered, show
from verify.errors import InputError
from verify.proof.mutation import equivalents
from verify.proof.mutation.campaign import AROUND, MATHEMATICS, Campaign, Result, chosen
from verify.proof.mutation.equivalents import EQUIVALENT, matches, reason, stale
from verify.proof.mutation.isolate import KILLED, SURVIVED, TIMED_OUT, try_mutant
from verify.proof.mutation.operators import Mutant, mutants
from verify.proof.mutation.suite import Suite

SOURCE = '''
"""A module."""
import numpy as np
LIMIT: float = 0.5
def f(x, n):
    """Not code: x + 1."""
    if n > 2 and not x.flag:
        raise ValueError(f"{n + 1}")
    check(x)
    n += 1
    return np.where(x >= 0.25, x.T @ x, -x) if n else g(x, n)
'''


def texts(source: str) -> list[str]:
    """What the mutants of a source say they changed."""
    return [mutant.what for mutant in mutants("some.module", source)]


def test_what_is_mutated() -> None:
    found = texts(SOURCE)
    for expected in (
        "n > 2 -> n >= 2", "n > 2 -> n < 2", "2 -> 3", "2 -> 1",
        "n > 2 and (not x.flag) -> n > 2 or not x.flag", "not x.flag -> x.flag",
        "check(x) -> pass", "n += 1 -> n = 1", "n += 1 -> n -= 1",
        "x >= 0.25 -> x > 0.25", "0.25 -> 0.250000725", "x.T @ x -> x @ x.T", "x.T -> x",
        "-x -> x", "g(x, n) -> g(n, x)",
    ):  # fmt: skip
        assert expected in found, expected


def test_what_is_not() -> None:
    """Docstrings, messages of errors, imports and annotations compute nothing."""
    silent = ("Error", "Not code", "n + 1")
    assert not any(word in text for text in texts(SOURCE) for word in silent)
    assert texts('"""Text."""\nimport a\nx: int = 3\nfrom b import c\n') == []


def test_each_mutant_differs_from_the_source_and_from_the_others() -> None:
    trees = [ast.dump(mutant.tree) for mutant in mutants("some.module", SOURCE)]
    assert ast.dump(ast.parse(SOURCE)) not in trees
    assert len(set(trees)) == len(trees)


UNTOUCHED = {
    *("errors", "types", "door", "version", "fast.memory"),
    *("description", "written", "written_options"),  # words of people, asked by tests of their own
}


def test_every_module_of_the_reference_is_mutated() -> None:
    """A new file is mutated, or this fails; re-exports, types and memory compute nothing."""
    folder = Path(lenet_ref.__file__).parent
    names = {
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path in folder.rglob("*.py")
        if path.name != "__init__.py"
    }
    assert names - {*MATHEMATICS, *AROUND} == UNTOUCHED


def replaced(module: ModuleType, source: str) -> Mutant:
    """A module with other contents."""
    return Mutant(module.__name__, 1, "", "all of it", ast.parse(source))


def test_a_mutant_lives_in_its_own_process_only() -> None:
    """There also where a table of another module, and the verification, hold its functions."""
    before = dict(vars(lenet_ref.activations.relu))
    source = inspect.getsource(lenet_ref.activations.relu)
    gone = replaced(lenet_ref.activations.relu, source + "MUTANT = True\n")

    def seen() -> bool:
        relu = importlib.import_module("lenet_ref.activations.relu")
        network = importlib.import_module("verify.subjects.reference").network
        return hasattr(relu, "MUTANT") and network is not lenet_ref.network

    assert try_mutant(gone, seen, 20) == SURVIVED
    assert not seen()
    assert dict(vars(lenet_ref.activations.relu)) == before


@pytest.mark.parametrize("module", ["families", "specs.convolution", "layers.max_pool"])
def test_a_module_that_is_not_changed_survives(module: str) -> None:
    """Classes and tables that are made again fit together, or kills would say nothing."""
    untouched = importlib.import_module(f"lenet_ref.{module}")
    mutant = replaced(untouched, inspect.getsource(untouched))
    assert Campaign(None).fate(mutant).outcome == SURVIVED


def test_a_reference_that_is_noticed_unmutated_is_not_mutated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "test_wrong.py").write_text("def test_wrong():\n    assert 1 + 1 == 3\n")
    with pytest.raises(InputError, match=r"^tests: does not pass"):
        Campaign(Suite((tmp_path,))).sound()
    monkeypatch.setattr(Campaign, "killers", lambda *_: {"verification": lambda: False})
    with pytest.raises(InputError, match=r"^verification: does not pass"):
        Campaign(None).sound()


@pytest.mark.parametrize(
    ("survives", "outcome"),
    [
        (lambda: True, SURVIVED),
        (lambda: False, KILLED),
        (lambda: 1 / 0 > 0, KILLED),
        (lambda: sys.exit(0), KILLED),
        (lambda: os.kill(os.getpid(), 9), KILLED),
        (lambda: time.sleep(60), TIMED_OUT),
    ],
    ids=["survives", "noticed", "raises", "exits", "crashes", "hangs"],
)
def test_fates(survives: object, outcome: str) -> None:
    untouched = replaced(lenet_ref.layers.affine, "")
    limit = 0.3 if outcome == TIMED_OUT else 20
    assert try_mutant(untouched, survives, limit) == outcome  # type: ignore[arg-type]


def test_an_interrupted_campaign_keeps_what_it_found(tmp_path: Path) -> None:
    """An hour's fates are not lost with the last of them."""

    def fates() -> Iterator[Result]:
        yield Result(replaced(lenet_ref.layers.affine, ""), KILLED, "bench")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gathered(fates(), tmp_path / "mutants.csv")
    kept = (tmp_path / "mutants.csv.partial").read_text().splitlines()
    assert len(kept) == 2
    assert KILLED in kept[1]
    assert not (tmp_path / "mutants.csv").exists()


def test_each_equivalent_names_exactly_one_kind_of_mutant() -> None:
    """And speaks of a mutant that exists; more than one only on the same source line."""
    modules = tuple(dict.fromkeys(entry.module for entry in EQUIVALENT))
    every = list(chosen("lenet_ref", modules))
    for entry in EQUIVALENT:
        hit = [mutant for mutant in every if matches(entry, mutant)]
        assert hit, entry
        assert len({mutant.line for mutant in hit}) <= 2, entry
        assert reason(hit[0]) == entry.why


def test_what_no_trace_shows_is_tried_by_the_unit_tests_first() -> None:
    order = {name: list(Campaign(None).killers(f"lenet_ref.{name}")) for name in MATHEMATICS}
    assert all(killers == ["verification", "tests"] for killers in order.values())
    order = {name: list(Campaign(None).killers(f"lenet_ref.{name}")) for name in AROUND}
    assert all(killers == ["tests", "verification"] for killers in order.values())


def first(module: str) -> Mutant:
    """Some mutant of a module."""
    return next(chosen("lenet_ref", (module,)))


def test_a_line_of_the_list_that_no_survivor_needs_is_stale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mutant = first("activations.relu")
    entry = equivalents.Equivalent("activations.relu", mutant.source, mutant.what, "it is not")
    monkeypatch.setattr(equivalents, "EQUIVALENT", (entry,))
    assert stale([mutant], [mutant]) == []
    assert stale([mutant], []) == [entry]
    assert stale([first("layers.affine")], []) == []
    assert show([Result(mutant, KILLED, "tests")], Path("mutants.csv")) == 1


def test_the_verdict_of_the_campaign(monkeypatch: pytest.MonkeyPatch) -> None:
    """49 of 50 are enough, 48 are not."""
    monkeypatch.setattr(equivalents, "EQUIVALENT", ())
    mutant = first("activations.relu")
    killed, alive = Result(mutant, KILLED, "tests"), Result(mutant, SURVIVED)
    assert show([killed] * 49 + [alive], Path("mutants.csv")) == 0
    assert show([killed] * 48 + [alive] * 2, Path("mutants.csv")) == 1


def test_a_module_is_tried_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A small module, by the verification alone."""
    words = ["mutants", "--module", "activations.tanh", "--out", str(tmp_path)]
    assert main([*words, "--tests", "none"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("PASS")
    rows = (tmp_path / "mutants.csv").read_text().splitlines()
    assert rows[0] == "module,line,mutation,result,killer,reason"
    assert len(rows) > 7
    assert all(",killed,verification," in row for row in rows[1:])


def test_unit_tests_are_run_where_ours_is_imported_before_pytest(tmp_path: Path) -> None:
    """As from a shell, and not from a test: pytest warns of what it cannot rewrite any more, and by
    our settings a warning is an error."""
    words = ["-m", "verify", "mutants", "--module", "activations.tanh", "--jobs", "1"]
    more = ["--tests", "tests/verify/expected", "--out", str(tmp_path)]
    done = ran([*words, *more], ROOT)
    assert "internal error" not in done.stderr
    assert done.stdout.splitlines()[-1].endswith("verification alone")


def test_a_module_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mutants", "--module", "nothing"]) == 2
    assert "no such module" in capsys.readouterr().err


def test_unusable_words() -> None:
    for words in (["--judge", "--module", "matrix"], ["--sample", "3"], ["--jobs", "0"]):
        assert main(["mutants", *words]) == 2
