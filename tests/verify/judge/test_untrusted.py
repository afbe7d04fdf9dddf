"""What a careless or hostile subject may hand over, and what it may do to its arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lenet_ref import network
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.findings import Finding
from verify.judge.reasons import NoArray
from verify.judge.trace import Trace
from verify.pipeline.judging import OWN, Terms, judge_subject, judged
from verify.subjects.reference import reference

MODERN = Job("modern", "digits", "float64", 2)
INTEGERS = Job("1998", "integers-map", "exact", 4)


def rows(job: Job, **changes: Any) -> dict[str, Finding]:
    """Findings of the reference's trace with tensors replaced ('C1_dW' for C1.dW)."""
    case = job.case()
    spoiled = dict(reference(case)) | {k.replace("_", "."): v for k, v in changes.items()}
    return {f.step.tensor: f for f in judged(case, spoiled, Terms(truth=False))}


@pytest.mark.parametrize(
    "value", [[1.0, 2.0], None, 3.0, "zeros", torch.zeros(2, 6, 14, 14).long()]
)
@pytest.mark.parametrize("tensor", ["C1_dW", "S2_argmax", "loss_data"])
def test_what_is_no_array_fails_its_row(tensor: str, value: Any) -> None:
    """A list once ended the run as an internal error."""
    finding = rows(MODERN, **{tensor: value})[tensor.replace("_", ".")]
    assert finding.own.verdict == "fail"
    assert finding.reason == NoArray(type(value).__name__)


@pytest.mark.parametrize("dtype", ["i1", "u1", "u2", "u4", "u8", ">i4"])
def test_positions_may_be_integers_of_any_width(dtype: str) -> None:
    """torch cannot compare the wide unsigned ones with its own: an internal error once."""
    right = reference(MODERN.case())["S2.argmax"]
    assert not any(f.failed for f in rows(MODERN, S2_argmax=right.astype(dtype)).values())
    wrong = (3 - right).astype(dtype)
    assert rows(MODERN, S2_argmax=wrong)["S2.argmax"].own.verdict == "fail"


def test_a_position_that_fits_no_signed_integer_fails() -> None:
    right = reference(MODERN.case())["S2.argmax"]
    wrong = right.astype("u8") + np.uint64(2**63)
    assert rows(MODERN, S2_argmax=wrong)["S2.argmax"].own.verdict == "fail"


def test_nan_from_nan_is_mistrusted_even_where_zeros_are_expected() -> None:
    """Probabilities that are zero by design once passed as NaN, and so did a regulariser."""
    shape = (4, 10)
    nan = rows(INTEGERS, loss_x=np.full(shape, np.nan), loss_probs=np.full(shape, np.nan))
    assert nan["loss.probs"].own.verdict == "mistrusted"
    assert rows(INTEGERS)["loss.probs"].own.verdict == "pass"
    weights = np.full((120, 16, 5, 5), np.nan)
    assert rows(MODERN, C5_W=weights, loss_reg=np.array(np.nan))["loss.reg"].own.verdict != "pass"
    assert rows(MODERN)["loss.reg"].own.verdict == "pass"


def halve(case: Case) -> None:
    case.images[...] *= 0.5


def relabel(case: Case) -> None:
    assert case.labels is not None
    case.labels[...] = (case.labels + 1) % 10


def shrink(case: Case) -> None:
    case.parameters["F6.W"][...] *= 0.5


@pytest.mark.parametrize(
    ("change", "blamed"), [(halve, "C1.x"), (relabel, "loss.data"), (shrink, "F6.W")]
)
@pytest.mark.parametrize("tier", ["float64", "float32"])
def test_a_subject_that_changes_its_arguments_is_judged_by_what_it_was_given(
    change: Any, blamed: str, tier: str
) -> None:
    """Images halved in place were once judged against the halved images, and passed."""

    def subject(case: Case) -> Trace:
        change(case)
        return network.run(case.arch, case.parameters, case.images, case.labels)

    case = Job("modern", "digits", tier, 2).case()
    guilty = [f.step.tensor for f in judge_subject(case, subject, OWN) if f.guilty]
    assert guilty[0] == blamed
