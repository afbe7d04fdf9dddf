"""The convention ledger: every rival is rejected, and readers find every entry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from verify.proof.conventions import CONVENTIONS, Convention, check

PAGE = (Path(__file__).parents[3] / "docs" / "conventions.md").read_text()


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda c: c.name)
def test_the_rival_fails(convention: Convention) -> None:
    found = check(convention)
    assert found.passed, found.detail


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda c: c.name)
def test_the_page_lists_it(convention: Convention) -> None:
    assert f"| {convention.name} | {convention.ours} | {convention.rival} |" in PAGE


def test_a_rival_that_changes_nothing_is_exposed() -> None:
    """Without exact zeros relu'(0) makes no difference."""
    convention = next(c for c in CONVENTIONS if c.name == "relu'(0)")
    assert convention.planted is not None
    harmless = replace(convention.planted, regime="signed")
    found = check(replace(convention, planted=harmless))
    assert not found.passed and found.detail.endswith("nothing")


def test_a_choice_that_does_not_hold_is_exposed() -> None:
    assert not check(Convention("x", "a", "b", "", holds=lambda: False)).passed
