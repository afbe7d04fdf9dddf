"""Mappings that are proposed: of right networks the right one, of wrong ones none that hides it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.verify.pipeline.strangers import TWENTY, Stranger, right
from verify.exchange.axes import Axes
from verify.exchange.layout import PLAIN
from verify.judge.findings import Finding
from verify.mistakes.table import mistake
from verify.pipeline.judging import judge_dump
from verify.pipeline.proposal.board import moved
from verify.pipeline.proposal.guess import Proposal
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.settle import settled
from verify.pipeline.proposal.usual import likeness
from verify.proof.planting.run import plant

Arrays = Mapping[str, NDArray[np.floating]]
each = pytest.mark.parametrize("i", range(len(TWENTY)))
PLANTED = (
    ("convolution.dW", "last-pattern-only"),
    ("affine.dW", "last-pattern-only"),
    ("convolution.db", "one-number"),
    ("affine.dW", "sums-apart:sums"),
    ("convolution.dW", "reshape-for-transpose:dW"),
)


def proposed(stranger: Stranger, arrays: Arrays) -> Proposal:
    return settled(Right(stranger.case), arrays, PLAIN)


def judged(stranger: Stranger, arrays: Arrays, found: Proposal) -> list[Finding]:
    return judge_dump(stranger.case, arrays, found.layout, causes=False)


def lies_alike(stranger: Stranger, found: Proposal) -> list[str]:
    """Arrays that would be read otherwise than they were written."""
    case = stranger.case
    mine = Axes(case.arch, case.batch, found.layout)
    theirs = mine.under(stranger.layout)
    given = [guess.ours for guess in found.guesses if guess.ours in mine.forms]
    return [t for t in given if moved(mine.plan(t)) != moved(theirs.plan(t))]


@each
def test_of_a_right_network_the_right_mapping_and_the_check_passes(i: int) -> None:
    stranger = TWENTY[i]
    trace = right(stranger.network, stranger.tier)
    arrays = stranger.handed(trace)
    found = proposed(stranger, arrays)
    assert found.unambiguous and found.matched == len(arrays)
    assert lies_alike(stranger, found) == []
    wrong = {g.theirs: g.ours for g in found.guesses if g.theirs != stranger.called(g.ours)}
    same = {k: v for k, v in wrong.items() if not _twin(stranger, k, v)}
    assert same == {}
    findings = judged(stranger, arrays, found)
    assert [f.step.tensor for f in findings if f.failed] == []
    assert sum(f.verdict == "pass" for f in findings) >= len(arrays) - 1


def _twin(stranger: Stranger, theirs: str, ours: str) -> bool:
    """Two tensors of the same numbers: either may be meant."""
    trace = right(stranger.network, stranger.tier)
    meant = [
        t
        for t in trace
        if t.rpartition(".")[2] in ("y", "z", "x", "dW", "db", "data")
        and (t == "loss.data" or not t.startswith("loss"))
        and t.rpartition(".")[2] in stranger.symbols
        and stranger.called(t) == theirs
    ]
    return bool(meant) and np.array_equal(np.ravel(trace[meant[0]]), np.ravel(trace[ours]))


@each
def test_a_planted_mistake_is_found_and_not_mapped_away(i: int) -> None:
    stranger = TWENTY[i]
    operation, name = PLANTED[i % len(PLANTED)]
    wrong = plant(stranger.case, operation, mistake(operation, name), i % 2)
    assert wrong.at
    arrays = stranger.handed(wrong.trace)
    found = proposed(stranger, arrays)
    assert lies_alike(stranger, found) == []
    bad = {f.step.tensor for f in judged(stranger, arrays, found) if f.failed}
    assert {*wrong.at} <= bad


def test_a_factor_is_told_and_never_taken_away() -> None:
    stranger = TWENTY[0]
    trace = right(stranger.network, stranger.tier)
    arrays = {k: -3 * v for k, v in stranger.handed(trace).items()}
    found = proposed(stranger, arrays)
    assert {round(guess.factor, 9) for guess in found.guesses} == {-3.0}
    assert not {"sign", "gradients", "loss"} & found.layout.chosen.keys()
    assert all(f.failed for f in judged(stranger, arrays, found) if f.step.tensor == "C3.dW")


def test_one_array_in_another_layout_than_the_others_is_no_layout() -> None:
    stranger = TWENTY[1]
    arrays = dict(stranger.handed(right(stranger.network, stranger.tier)))
    name = stranger.called("F6.dW")
    arrays[name] = np.ascontiguousarray(arrays[name].T).reshape(arrays[name].shape)
    found = proposed(stranger, arrays)
    assert found.layout.chosen == {}
    assert "F6.dW" in {f.step.tensor for f in judged(stranger, arrays, found) if f.failed}


def test_what_fits_nothing_is_said_and_what_is_called_like_a_tensor_is_not_ignored() -> None:
    stranger = TWENTY[0]
    arrays = dict(stranger.handed(right(stranger.network, stranger.tier)))
    arrays["accuracy"] = np.float64(0.7)
    arrays["counts"] = np.zeros(17)
    arrays["conv2.weight.grad"] = arrays["conv2.weight.grad"][:, :3]
    found = {guess.theirs: guess for guess in proposed(stranger, arrays).guesses}
    assert found["accuracy"].ours == "" and "nothing tells" in found["accuracy"].why
    assert found["counts"].ours == "" and "17 elements" in found["counts"].why
    assert found["conv2.weight.grad"].ours == "C3.dW" and not found["conv2.weight.grad"].sure


@pytest.mark.parametrize(
    ("name", "ours"),
    [("conv1.weight", "C1.W"), ("grad/conv2d_2/kernel", "C3.dW"), ("fc1_dW", "F6.dW"),
     ("dense_2/bias", "F7.b"), ("ip1_w_diff", "F6.dW"), ("db2", "C3.db"), ("C5.dW", "C5.dW"),
     ("d_fc2_b", "F7.db")],
)  # fmt: skip
def test_usual_names_are_read(name: str, ours: str, tmp_path: Path) -> None:
    case = TWENTY[0].case
    known = [t for t in Right(case).values if t.rpartition(".")[2] in ("W", "b", "dW", "db")]
    points = {t: likeness(name, t, case.arch) for t in known}
    best = max(points.values())
    assert points[ours] == best and sum(p == best for p in points.values()) == 1
