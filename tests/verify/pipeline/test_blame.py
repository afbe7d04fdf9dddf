"""Whom no more than is needed for it accuses: the same as the whole comparison."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.trace import Trace
from verify.pipeline.judging import BLAME, GAPS, judged
from verify.pipeline.undeclared import accused
from verify.subjects.reference import reference

GONE = {
    "everything": (),
    "no pre-activations": (".z", ".dz"),
    "no way back": (".dx", ".dy", ".da", ".dz", ".dX"),
    "gradients alone": (".x", ".a", ".z", ".y", ".s", ".data", ".probs", ".dx", ".dy", ".dz"),
}


@cache
def drawn(variant: str) -> tuple[Case, Trace]:
    case = replace(Job(variant, "digits", "float64", 3).case(), upstream=None)
    return case, reference(case)


@pytest.mark.parametrize("variant", ["modern", "1998"])
@pytest.mark.parametrize("gone", list(GONE))
@pytest.mark.parametrize("tensor", ["", "C3.dW", "C5.dx", "S4.dy", "F6.dz", "C1.y", "loss.dx"])
def test_the_same_are_accused(variant: str, gone: str, tensor: str) -> None:
    case, right = drawn(variant)
    kept = {k: v for k, v in right.items() if not k.endswith(GONE[gone])}
    wrong = kept | ({tensor: 1.5 * kept[tensor] + 0.1} if tensor in kept else {})
    found = accused(judged(case, wrong, BLAME))
    assert found == accused(judged(case, wrong, GAPS))
    assert bool(found) == (tensor in kept)


def test_the_run_is_compared_with_where_the_own_error_does_not_say() -> None:
    case, right = drawn("modern")
    alone = {"C3.dW": right["C3.dW"], "C3.db": -right["C3.db"]}
    verdicts = {f.step.tensor: f.inherited.verdict for f in judged(case, alone, BLAME)}
    assert (verdicts["C3.dW"], verdicts["C3.db"]) == ("pass", "fail")
