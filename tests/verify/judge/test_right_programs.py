"""Right programs that were once rejected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from lenet_ref.activations import logistic, squash, tanh
from verify.cases.plan import Job
from verify.judge.compare import compare
from verify.judge.findings import Finding
from verify.judge.rule import judgement
from verify.oracle import activation
from verify.pipeline.judging import Terms, judged
from verify.subjects.reference import reference
from verify.tolerance.bound import Bound


def rows(job: Job, **changes: Any) -> dict[str, Finding]:
    """Findings of the reference's trace with tensors replaced ('C1_dW' for C1.dW)."""
    case = job.case()
    spoiled = dict(reference(case)) | {k.replace("_", "."): v for k, v in changes.items()}
    return {f.step.tensor: f for f in judged(case, spoiled)}


@pytest.mark.parametrize("batch", [3, 7, 8])
def test_the_exact_tier_takes_batches_that_are_no_power_of_two(batch: int) -> None:
    """A mean over 7 patterns is on no grid: the row was mistrusted, and the run failed."""
    job = Job("1998", "integers", "exact", batch)
    right = rows(job)
    assert [name for name, f in right.items() if f.failed] == []
    assert right["loss.data"].own.rule == ("exact" if batch == 8 else "sum")
    wrong = reference(job.case())["loss.data"] * (1 + 1e-14)
    assert rows(job, loss_data=wrong)["loss.data"].own.verdict == "fail"


@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_a_bound_that_overflows_blames_nobody(variant: str) -> None:
    """It failed the row: inherited bounds of F7.dW at images of 1e300.  Own errors prove it right
    where they have a bound; where that overflows too the row is mistrusted."""
    case = Job(variant, "signed", "float64", 2, 1).case()
    case = replace(case, upstream=None, images=case.images * 1e300)
    trace = dict(reference(case))
    found = {f.step.tensor: f for f in judged(case, trace, Terms(truth=False))}
    assert {f.verdict for f in found.values()} <= {"pass", "mistrusted"}
    trace["F6.dW"] = np.full_like(trace["F6.dW"], np.nan)
    assert {f.step.tensor for f in judged(case, trace, Terms(truth=False)) if f.guilty} == {"F6.dW"}


def test_an_element_beyond_its_bound_fails_beside_one_that_overflows() -> None:
    r, b = np.array([1.0, 2.0, np.inf]), np.array([np.inf, 1e-9, 1e-9])
    right, wrong = compare(r, r, b), compare(r + np.array([0, 1e-3, 0]), r, b)
    nan = compare(np.array([np.nan, 2.0, np.inf]), r, b)
    bound = Bound("sum", 1, torch.ones(3))
    verdicts = [judgement(bound, c, None, None, False).verdict for c in (right, wrong, nan)]
    assert verdicts == ["mistrusted", "fail", "mistrusted"], "sums overflow in some orders only"
    assert [c.failing for c in (right, wrong, nan)] == [0, 1, 0]


def test_an_oracle_that_is_wrong_blames_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the third oracle, which the default plan leaves out at larger batches, a wrong
    constant in PyTorch's squash was the subject's fault."""
    right = activation.apply

    def wrong(z: torch.Tensor, name: str) -> torch.Tensor:
        return 1.716 / 1.7159 * right(z, name) if name == "squash" else right(z, name)

    case = Job("1998", "digits", "float64", 2).case()
    trace = dict(reference(case))
    monkeypatch.setattr(activation, "apply", wrong)
    found = {f.step.tensor: f for f in judged(case, trace, Terms(truth=False))}
    assert found["C1.y"].own.verdict == "disputed"
    assert not any(f.guilty for f in found.values())
    trace["C1.y"] = trace["C1.y"] * 1.01
    found = {f.step.tensor: f for f in judged(case, trace, Terms(truth=False))}
    assert found["C1.y"].own.verdict == "fail"


def from_exponentials(z: Any, slope: float) -> Any:
    """sech^2(slope z / 2) / 4."""
    e = np.exp(-np.abs(z * z.dtype.type(slope)))
    return e / ((1 + e) * (1 + e))


@pytest.mark.parametrize("tier", ["float64", "float32"])
@pytest.mark.parametrize("regime", ["saturated", "probe-sparse", "probe-tanh", "probe-logistic"])
def test_derivatives_may_be_made_of_exponentials(
    regime: str, tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    A, S = 1.7159, 2 / 3

    def squashed(dy: Any, z: Any, y: Any) -> Any:
        return A * S * (4 * from_exponentials(z, 2 * S)) * dy

    monkeypatch.setattr(squash, "backward", squashed)
    monkeypatch.setattr(tanh, "backward", lambda dy, z, y: 4 * from_exponentials(z, 2) * dy)
    monkeypatch.setattr(logistic, "backward", lambda dy, z, y: from_exponentials(z, 1) * dy)
    found = rows(Job("1998", regime, tier, 3))
    assert [name for name, f in found.items() if f.own.verdict != "pass"] == []


def test_a_copy_of_a_lucky_gradient_is_no_less_uncertain_than_the_gradient() -> None:
    """PyTorch was all but exact here; F7.dz, a copy of loss.dx, then had to be as good, while
    loss.dx itself was allowed its rounding."""
    found = rows(Job("modern", "probe-cross-entropy", "float32", 1, 4))
    assert found["loss.dx"].verdict == "pass"
    assert [name for name, f in found.items() if f.failed] == []
