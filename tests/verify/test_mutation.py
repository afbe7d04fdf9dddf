"""The mutation campaign: what it changes, that nothing leaks, and that its list is kept true."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import lenet_ref.activations.relu
import lenet_ref.layers.affine
import verify.errors
import verify.judge.rule
import verify.tolerance.sums
from verify.cases.plan import Job
from verify.cli import main
from verify.cli.mutants import gathered, show
from verify.errors import HarnessError
from verify.proof.mutation import bench, equivalents
from verify.proof.mutation.campaign import AROUND, MATHEMATICS, Campaign, Result
from verify.proof.mutation.equivalents import EQUIVALENT, matches, reason, stale
from verify.proof.mutation.isolate import KILLED, SURVIVED, TIMED_OUT, try_mutant
from verify.proof.mutation.judge_campaign import JUDGE, judge_mutants
from verify.proof.mutation.operators import Mutant, counted, mutants, on_line
from verify.subjects.reference import reference

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


def test_every_module_of_the_reference_is_mutated() -> None:
    """A new file is mutated, or this fails; re-exports, types and memory compute nothing."""
    folder = Path(lenet_ref.__file__).parent
    names = {
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for path in folder.rglob("*.py")
        if path.name != "__init__.py"
    }
    assert names - {*MATHEMATICS, *AROUND} == {"errors", "types", "door", "fast.memory"}


def replaced(module: ModuleType, source: str) -> Mutant:
    """A module with other contents."""
    return Mutant(module.__name__, 1, "", "all of it", ast.parse(source))


def test_a_mutant_lives_in_its_own_process_only() -> None:
    before = dict(vars(lenet_ref.activations.relu))
    gone = replaced(lenet_ref.activations.relu, "def forward(z):\n    return 'mutant'\n")
    seen = try_mutant(gone, lambda: lenet_ref.activations.relu.forward(None) == "mutant", 20)  # type: ignore[arg-type, comparison-overlap]
    assert seen == SURVIVED
    assert dict(vars(lenet_ref.activations.relu)) == before


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
    every = list(Campaign.all_mutants(modules))
    for entry in EQUIVALENT:
        hit = [mutant for mutant in every if matches(entry, mutant)]
        assert hit, entry
        assert len({mutant.line for mutant in hit}) <= 2, entry
        assert reason(hit[0]) == entry.why


def first(module: str) -> Mutant:
    """Some mutant of a module."""
    return next(Campaign.all_mutants((module,)))


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
    words = ["mutants", "--module", "activations.squash", "--out", str(tmp_path)]
    assert main([*words, "--tests", "none"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("PASS")
    rows = (tmp_path / "mutants.csv").read_text().splitlines()
    assert rows[0] == "module,line,mutation,result,killer,reason"
    assert len(rows) > 10
    assert all(",killed,verification," in row for row in rows[1:])


def test_a_module_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mutants", "--module", "nothing"]) == 2
    assert "no such module" in capsys.readouterr().err


def test_a_mutant_of_the_judge_is_seen_by_all_that_imports_it() -> None:
    """Also where a table holds its functions; its own process only."""
    source = inspect.getsource(verify.tolerance.sums)
    changed = source.replace('return Bound("sum", max(n - 1, 1)', 'return Bound("none", 7')
    assert changed != source
    mutant = Mutant("verify.tolerance.sums", 1, "", "", ast.parse(changed))

    def seen() -> bool:
        rules = importlib.import_module("verify.tolerance.rules").RULES
        code = rules["affine.db"].__code__
        return code.co_filename == "<mutant of verify.tolerance.sums>" and 7 in code.co_consts

    assert try_mutant(mutant, seen, 60) == SURVIVED
    assert not seen()


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    whole = list(judge_mutants(("judge.rule", "errors")))
    one, again, other = (list(judge_mutants(("judge.rule", "errors"), 5, s)) for s in (3, 3, 4))
    assert [m.what for m in one] == [m.what for m in again] != [m.what for m in other]
    assert len(one) == 5 and {m.what for m in one} <= {m.what for m in whole}
    assert len(whole) == sum(
        counted(inspect.getsource(m)) for m in (verify.judge.rule, verify.errors)
    )


def test_every_module_of_the_judge_is_mutated() -> None:
    """A new file in the rooms that judge is mutated, or this fails."""
    folder = Path(verify.errors.__file__).parent
    for room in ("tolerance", "oracle", "truth", "judge"):
        paths = [p.relative_to(folder) for p in (folder / room).rglob("*.py")]
        names = {".".join(p.with_suffix("").parts) for p in paths if p.stem != "__init__"}
        assert names <= set(JUDGE)


def test_each_equivalent_of_the_judge_names_a_mutant() -> None:
    """In a sample a line about a mutant that was not drawn is not stale, one that was killed is."""
    for entry in equivalents.OF_JUDGE:
        source = (
            Path(verify.errors.__file__).parent / (entry.module.replace(".", "/") + ".py")
        ).read_text()
        few = mutants(f"verify.{entry.module}", source, on_line(source, entry.source))
        hit = [mutant for mutant in few if matches(entry, mutant)]
        assert hit, entry
        assert reason(hit[0]) == entry.why
    other = next(judge_mutants(("judge.rule",)))
    for mutant, status in ((hit[0], 1), (other, 0)):
        assert show([Result(mutant, KILLED, "bench")], Path("m.csv"), sampled=True) == status


def test_the_bench_must_be_sane() -> None:
    """Right traces do not fail, those that are wrong throughout do not pass."""
    case = Job("modern", "probe-affine", "float64", 2).case()
    trace = dict(reference(case))
    right, wrong = (bench.Trial(kind, case, trace, kind) for kind in (bench.RIGHT, bench.WRONG))
    bench.sane(right, said := bench.signature(right))
    with pytest.raises(HarnessError, match="wrong about its bench"):
        bench.sane(wrong, said)
    off = bench.signature(replace(wrong, trace={k: v * 2 for k, v in trace.items()}))
    bench.sane(wrong, off)
    with pytest.raises(HarnessError, match="wrong about its bench"):
        bench.sane(right, off)


def test_the_judge_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutants of the exit statuses, on a small bench and without unit tests."""
    monkeypatch.setattr(bench, "WHOLE", ())
    monkeypatch.setattr(bench, "SMALL", (Job("modern", "probe-affine", "float64", 2),))
    words = ["mutants", "--judge", "--module", "errors", "--sample", "2", "--seed", "1"]
    assert main([*words, "--tests", "none", "--out", str(tmp_path)]) == 0
    assert "2 of 2 mutants killed" in capsys.readouterr().out
    assert ",killed,self-test," in (tmp_path / "mutants.csv").read_text()


def test_unusable_words() -> None:
    for words in (["--judge", "--module", "matrix"], ["--sample", "3"], ["--jobs", "0"]):
        assert main(["mutants", *words]) == 2
