"""Mutants of the judge: all of it is mutated, its list is kept true, and its bench is sane."""

from __future__ import annotations

import ast
import importlib
import inspect
from dataclasses import replace
from pathlib import Path

import pytest

import verify.errors
import verify.judge.rule
import verify.tolerance.sums
from verify.cases.plan import Job
from verify.cli import main
from verify.cli.mutants import show
from verify.errors import HarnessError
from verify.proof.mutation import bench, equivalents
from verify.proof.mutation.campaign import Result, chosen
from verify.proof.mutation.equivalents import matches, reason
from verify.proof.mutation.isolate import KILLED, SURVIVED, try_mutant
from verify.proof.mutation.judge_campaign import JUDGE
from verify.proof.mutation.operators import Mutant, counted, mutants, on_line
from verify.subjects.reference import reference


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
    whole = list(chosen("verify", ("judge.rule", "errors")))
    one, again, other = (list(chosen("verify", ("judge.rule", "errors"), 5, s)) for s in (3, 3, 4))
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
    other = next(chosen("verify", ("judge.rule",)))
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
