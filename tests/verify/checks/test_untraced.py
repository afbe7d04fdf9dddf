"""The check of the untraced path: passes on every network, and rejects what it must."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.pipeline import untraced
from verify.pipeline.untraced import untraced_check

OPTIONS: list[tuple[str, tuple[tuple[str, Any], ...]]] = [
    ("modern", ()),
    ("modern", (("reg", 0.5), ("channels", 3))),
    ("1998", ()),
    ("1998", (("loss", "map"), ("learned_codes", True), ("j", 84.0))),
    ("1998", (("subsampling", "average"), ("reading", "seed"))),
]


def case(variant: str, tier: str = "float64", options: tuple[tuple[str, Any], ...] = ()) -> Case:
    """Three digits, differentiated from the loss down."""
    regime = "digits" if options else "competitive"
    return replace(Job(variant, regime, tier, 3, options=options).case(), upstream=None)


@pytest.mark.parametrize(("variant", "options"), OPTIONS)
@pytest.mark.parametrize("tier", ["float64", "float32"])
def test_holds(variant: str, options: tuple[tuple[str, Any], ...], tier: str) -> None:
    found = untraced_check(case(variant, tier, options))
    assert found.passed, found.detail


@pytest.mark.parametrize(
    "tensor", ["C1.dx", "C1.dW", "C3.db", "C5.dW", "F6.dW", "F7.db", "loss.data"]
)
def test_a_small_difference_is_caught(tensor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*arguments: Any) -> Any:
        found = right(*arguments)
        return found | {tensor: found[tensor] * (1 + 2.9e-6)}

    right = untraced.gradients
    monkeypatch.setattr(untraced, "gradients", wrong)
    found = untraced_check(case("modern"))
    assert not found.passed
    assert found.detail.startswith(f"{tensor}: fail")


@pytest.mark.parametrize("tensor", ["C3.dW", "C1.dx", "loss.reg"])
def test_a_missing_gradient_is_caught(tensor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = untraced.gradients

    def without(*arguments: Any) -> Any:
        return {k: v for k, v in right(*arguments).items() if k != tensor}

    monkeypatch.setattr(untraced, "gradients", without)
    assert untraced_check(case("modern")).detail == f"{tensor} is missing"


def test_what_it_refuses_fails_the_check() -> None:
    found = untraced_check(replace(case("modern"), labels=None))
    assert not found.passed and "labels" in found.detail
