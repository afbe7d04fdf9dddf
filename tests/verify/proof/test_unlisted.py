"""Mistakes that nobody listed: the generator, and what is said of a small sample of them."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from lenet_ref.layers import affine
from verify.cli import main
from verify.proof.faults import work
from verify.proof.faults.campaign import Ways
from verify.proof.faults.claims import Claims
from verify.proof.faults.conventions import CONVENTIONS
from verify.proof.faults.rewriting import made, rewritten
from verify.proof.faults.submissions import KINK_FREE, drawn, jobs
from verify.proof.faults.unlisted import Pair, formulas, unlisted

FEW = Ways((KINK_FREE,), CONVENTIONS[:1], ("everything",), evading=False)


def test_a_seed_says_which_changes() -> None:
    one, again, other = ([f.about for f in unlisted(6, seed)] for seed in (0, 0, 1))
    assert one == again != other
    assert len(set(one)) == 6


def test_changes_are_of_every_room_and_some_are_two() -> None:
    rooms = {name.split(".")[0] for name in formulas()}
    assert rooms >= {"activations", "layers", "losses", "matrix", "network", "regulariser"}
    assert any(isinstance(f, Pair) for f in unlisted(40, 0))


def test_a_change_runs_in_place_of_the_formula_and_is_put_back() -> None:
    for fault in unlisted(4, 2):
        case = drawn(jobs(fault)[KINK_FREE])
        right = fault.right()(case)
        with fault.subject() as subject:
            wrong = subject(case)
        assert any(not np.array_equal(wrong[k], right[k]) for k in right)
        assert all(np.array_equal(v, right[k]) for k, v in fault.right()(case).items())


def test_one_node_is_written_otherwise() -> None:
    rng, rows = random.Random(0), np.arange(6.0).reshape(3, 2)
    results = []
    for _ in range(20):
        syntax, what = rewritten(affine.bias_gradient, rng)
        before, _, after = what.partition(" -> ")
        assert before != after
        try:
            results.append(made(syntax)(affine.bias_gradient)(rows))
        except (TypeError, ValueError, AttributeError, IndexError):
            continue
    right = affine.bias_gradient(rows)
    assert sum(not np.array_equal(found, right) for found in results) > 5


def run(folder: Path, *words: str) -> int:
    return main(["faults", "--jobs", "1", "--out", str(folder), "--random", *words])


def test_nothing_untrue_is_said_of_twenty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(work, "UNLISTED", FEW)
    assert run(tmp_path, "20", "--seed", "5") == 0
    assert "0 false causes, 0 outside the blame" in capsys.readouterr().out


def test_a_false_cause_is_noticed_by_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(work, "UNLISTED", FEW)
    monkeypatch.setattr(Claims, "true", lambda *asked: False)
    assert run(tmp_path, "4") == 1
    assert "FALSE CAUSE: random-0-" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["0"], ["3", "--name", "x"], ["3", "--levels"]])
def test_options_are_obeyed_or_refused(words: list[str], tmp_path: Path) -> None:
    assert run(tmp_path, *words) == 2
