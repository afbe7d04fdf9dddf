"""The gate's own proof: it must catch what it plants, and stop the run when it does not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from verify.errors import HarnessError
from verify.judge.compare import Comparison, compare
from verify.proof import self_test


def test_every_planted_difference_is_caught() -> None:
    found = self_test.prove_gate()
    assert [check.subject for check in found] == [*self_test.PLANTED, *self_test.PROOFS]
    assert all(check.passed for check in found)


def test_a_judge_that_passes_everything_is_exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(subject: Any, reference: Any, bound: Any, u: float) -> Comparison:
        return dataclasses.replace(compare(reference, reference, None), passed=True, why=None)

    monkeypatch.setattr("verify.judge.own.compare", blind)
    with pytest.raises(HarnessError, match="not caught"):
        self_test.prove_gate()


def test_a_judge_that_fails_everything_is_exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    def harsh(subject: Any, reference: Any, bound: Any, u: float) -> Comparison:
        return dataclasses.replace(compare(subject, reference, bound), passed=False)

    monkeypatch.setattr("verify.judge.own.compare", harsh)
    with pytest.raises(HarnessError, match="what is right does not pass"):
        self_test.prove_gate()


def test_a_judge_that_breaks_is_exposed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: Any) -> Comparison:
        raise KeyError("C1.dW")

    monkeypatch.setattr("verify.judge.own.compare", broken)
    with pytest.raises(HarnessError, match="the judge cannot be trusted; got KeyError"):
        self_test.prove_gate()
