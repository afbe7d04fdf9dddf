"""Verdicts that rest on verdicts: proofs from own errors, values used before they were judged."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref.layers import convolution
from lenet_ref.network import layer_backward
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge import measured
from verify.judge.findings import Finding
from verify.judge.judge import Judge
from verify.judge.verdict import Verdict
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]


@cache
def drawn(job: Job) -> tuple[Case, Arrays]:
    case = replace(job.case(), upstream=None)
    return case, dict(reference(case))


def judged(
    case: Case, trace: Arrays, partial: bool = False, bounds: bool = False
) -> dict[str, Finding]:
    found = Judge(case, trace, with_truth=False, partial=partial).findings(bounds=bounds)
    return {f.step.tensor: f for f in found}


@cache
def turned() -> tuple[Case, Arrays]:
    """A right float32 run in which rounding turned a maximum of S4: C3.z moved within its bound in
    one element, so that another one of its window is the largest."""
    case, trace = drawn(Job("modern", "digits", "float32", 6))
    judge = Judge(case, trace, with_truth=False)
    z, bound = trace["C3.z"], judge.own_rule(judge.own.steps["C3.z"]).value("float32").numpy()
    windows = z.reshape(case.batch, 16, 5, 2, 5, 2).swapaxes(3, 4).reshape(-1, 4)
    order = np.argsort(windows, axis=1)
    rows = np.arange(len(windows))
    first, second = windows[rows, order[:, 3]], windows[rows, order[:, 2]]
    apart = (second > 0) & (first > second)  # of two that tie already, the later would turn nothing
    row = int(np.where(apart, first - second, np.inf).argmin())
    place = np.argwhere(z == second[row])[0]
    nudge = np.float32(first[row] - second[row]) * np.float32(1.001) + np.spacing(first[row])
    assert 0 < nudge < bound[tuple(place)] / 2
    return case, from_c3(case, tuple(place), nudge)


def from_c3(case: Case, place: tuple[int, ...], nudge: np.float32) -> Arrays:
    """The reference's run with one element of C3.z moved."""
    right = convolution.pre_activation
    n, k, i, j = place

    def moved(a: Any, W: Any, b: Any) -> Any:
        z = right(a, W, b)
        if W.shape[1] == 16:
            z[(n * 10 + i) * 10 + j, k] += nudge
        return z

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(convolution, "pre_activation", moved)
        return dict(reference(case))


def test_a_turned_maximum_fails_nobody() -> None:
    found = judged(*turned())
    assert not [f.step.tensor for f in found.values() if f.failed]
    assert found["S4.argmax"].inherited.flips >= 1


def test_own_errors_prove_what_a_free_run_cannot_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the turn not carried through, twelve tensors after it would fail and nobody be guilty;
    own errors acquit them all the same."""
    monkeypatch.setattr(measured.Turned, "_error", lambda self, step: None)
    found = judged(*turned(), bounds=True)
    proved = {f.step.tensor for f in found.values() if f.inherited.proved}
    assert {"C3.dx", "S2.dy", "C1.da"} <= proved
    assert not [f.step.tensor for f in found.values() if f.failed]


@pytest.mark.parametrize("tensor", ["S4.dz", "S4.y", "C3.z"])
def test_a_proof_ends_at_the_first_tensor_that_is_no_pass(tensor: str) -> None:
    """What follows from a wrong one is a consequence again, whatever its own error."""
    case, trace = turned()
    wrong = {k: v for k, v in trace.items() if k != tensor} | {
        tensor: trace[tensor] * np.float32(1.5)
    }
    found = judged(case, wrong)
    assert found[tensor].guilty
    later = {"S4.dz": "S4.dx", "S4.y": "C5.x", "C3.z": "C3.y"}[tensor]
    assert not found[later].inherited.proved
    # a copy that is right in the run was not made from the wrong one
    assert found[later].failed or found[later].own.verdict is Verdict.ABSENT


def test_a_turned_maximum_is_excused_in_every_tensor_after_it() -> None:
    """The same run with gaps: nothing proves it, so each bound must hold the turn."""
    case, trace = turned()
    given = {k: v for k, v in trace.items() if k.split(".")[1] in ("dW", "db", "data", "dx")}
    found = judged(case, given, partial=True)
    assert not [f.step.tensor for f in found.values() if f.failed]
    wrong = judged(case, given | {"C5.dW": given["C5.dW"] * np.float32(1.1)}, partial=True)
    assert [f.step.tensor for f in wrong.values() if f.failed] == ["C5.dW"]


@pytest.mark.parametrize("size", [1e-3, 1.0, 30.0])
def test_a_layer_fed_a_value_that_nobody_judged_is_not_verified(size: float) -> None:
    """C3.dy is wrong and its own error cannot be measured; C3 makes the best of it.  Every own
    error behind it is right, and none of them is a pass."""
    case, trace = drawn(Job("modern", "zero-bias", "float32", 3, 1))
    dy = trace["C3.dy"]
    moved = dy + np.float32(size) * np.abs(dy).max() * np.sign(dy)
    fed = {k: trace[k] for k in ("C3.x", "C3.W", "C3.b", "C3.z", "C3.y")}
    kept = {k.split(".")[1]: v for k, v in trace.items() if k.startswith("C3.")}
    back = layer_backward(case.arch.layers[2], kept, moved)
    given = fed | {"C3.dy": moved, "C3.dW": back["dW"], "C3.db": back["db"]}
    found = judged(case, given, partial=True)
    assert found["C3.dW"].own.verdict == "pass", "right on what it was fed"
    assert {found[k].verdict for k in ("C3.dy", "C3.dW", "C3.db")} <= {"fail", "unverified"}
    right = judged(case, fed | {k: trace[k] for k in ("C3.dy", "C3.dW", "C3.db")}, partial=True)
    assert not any(f.failed for f in right.values())
