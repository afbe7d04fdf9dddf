"""The ledger of the source: complete, measured, and able to say that a claim is wrong."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lenet_ref.errors import ShapeError
from tests.docs.derivation import PAGE, ROOT
from verify.cli import errata as command
from verify.cli import main
from verify.errata import algebra
from verify.errata.ledger import STATEMENTS, outcomes
from verify.errata.material import run
from verify.errata.page import markdown, ratio
from verify.errata.statement import (
    AMBIGUOUS,
    COLUMNS,
    COSMETIC,
    ONCE,
    RIGHT,
    VERDICTS,
    WRONG,
    Outcome,
    judged,
)

BY_ID = {s.id: s for s in STATEMENTS}


@cache
def measured() -> dict[str, Outcome]:
    """Every statement evaluated, once for all tests."""
    return {o.statement.id: o for o in outcomes()}


def test_every_mark_has_its_row_and_no_other() -> None:
    marks = [s.id for s in STATEMENTS]
    assert marks[:35] == [f"S{k}" for k in range(1, 36)]
    assert marks[35:] == [f"R{k}" for k in range(1, len(marks) - 34)]
    assert len(marks) >= 65
    assert {s.verdict for s in STATEMENTS} == set(VERDICTS)
    assert all((s.verdict == RIGHT) == (s.id[0] == "R") for s in STATEMENTS)


@pytest.mark.parametrize("id", list(BY_ID))
def test_is_measured_as_claimed(id: str) -> None:
    o = measured()[id]
    assert o.holds, (o.written, o.corrected)


@pytest.mark.parametrize(
    ("id", "expected"),
    [("S17", 100), ("S18", 784), ("S15", 1 / 7), ("S14", -1 / 7), ("S13", 84), ("S7", 1 / 6)],
)
def test_ratios(id: str, expected: float) -> None:
    """Autograd over the source, from evaluated arrays of real digits."""
    assert abs(measured()[id].ratio / expected - 1) <= 1e-12


@pytest.mark.parametrize("id", ["S17", "S18"])
def test_the_ratio_is_that_of_every_entry(id: str) -> None:
    """Not of a fit alone: each entry of the gradient, divided."""
    s = BY_ID[id]
    r = run(s.on)
    written = np.asarray(s.written(r))
    truth = r[str(s.truth)]
    assert np.allclose(truth / written, s.factor, rtol=1e-12, atol=0)
    assert r.case.regime == "digits"


CLAIMS: list[tuple[str, dict[str, Any]]] = [
    ("S18", {"verdict": RIGHT}),
    ("S18", {"factor": 785}),
    ("S18", {"factor": 784 * (1 + 1e-11)}),
    ("S18", {"right": BY_ID["S18"].written}),
    ("S20", {"verdict": COSMETIC}),
    ("S17", {"verdict": ONCE}),
    ("S22", {"right": BY_ID["S22"].written}),
    ("R24", {"verdict": WRONG}),
    ("R24", {"truth": "C3.dW"}),
    ("R19", {"written": lambda r: BY_ID["R19"].written(r) * (1 + 1e-9)}),
    ("R7", {"written": lambda r: [1, 2, 3]}),
    ("S35", {"verdict": AMBIGUOUS}),
]


@pytest.mark.parametrize(("id", "change"), CLAIMS)
def test_a_false_claim_does_not_hold(id: str, change: dict[str, Any]) -> None:
    assert not judged(replace(BY_ID[id], **change)).holds


def test_a_false_claim_ends_the_command_with_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    false = judged(replace(BY_ID["S18"], factor=783.0))
    monkeypatch.setattr(command, "outcomes", lambda: [measured()["S17"], false])
    assert main(["errata", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "not as claimed: S18" in said and "FAIL  1 of 2" in said


def test_the_command_writes_the_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "outcomes", lambda: list(measured().values()))
    page = tmp_path / "new" / "errata.md"
    assert main(["errata", "--out", str(tmp_path), "--markdown", str(page)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"PASS  {len(STATEMENTS)} of")
    with (tmp_path / "errata.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == list(BY_ID)
    assert abs(float(rows[17]["ratio"]) / 784 - 1) <= 1e-12
    assert page.read_text() == markdown(list(measured().values()))


def test_the_page_is_the_measured_one() -> None:
    """Made again by: lenet-verify errata --markdown docs/errata.md."""
    assert (ROOT / "docs" / "errata.md").read_text() == markdown(list(measured().values()))


def test_the_derivation_cites_marks_that_exist() -> None:
    cited = set(re.findall(r"\bS(\d+)\b", PAGE.read_text())) - {"2", "4"}
    assert cited and {f"S{mark}" for mark in cited} <= set(BY_ID)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (784 * (1 + 1e-13), "784"),
        (784 * (1 + 1e-11), "784"),
        (1 / 7, "1/7"),
        (-1 / 7, "-1/7"),
        (2 / 3, "0.666667"),
        (math.nan, ""),
    ],
)
def test_ratios_in_print(value: float, text: str) -> None:
    assert ratio(value) == text


REFUSED: list[Callable[[], Any]] = [
    lambda: algebra.product(np.ones((2, 3)), np.ones((2, 3))),
    lambda: algebra.product(np.ones(3), np.ones((3, 1))),
    lambda: algebra.added(np.ones((4, 3)), np.ones((1, 3))),
    lambda: algebra.by_entry(np.ones((4, 1)), np.ones((4, 3))),
    lambda: algebra.trace(np.ones((4, 3))),
    lambda: algebra.reshaped(np.ones((4, 3)), (5, 3)),
]


@pytest.mark.parametrize("formula", REFUSED)
def test_algebra_on_paper_broadcasts_nothing(formula: Callable[[], Any]) -> None:
    with pytest.raises(ShapeError):
        formula()
