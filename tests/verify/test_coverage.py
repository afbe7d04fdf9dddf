"""The coverage ledger: complete on the default plan, and it fails when a cell is open."""

from __future__ import annotations

from functools import cache

import pytest

from verify.cases.plan import plan
from verify.checks import coverage
from verify.pipeline.run import Settings, judge_job
from verify.report.rows import Row


@cache
def default_rows() -> tuple[Row, ...]:
    """Rows of the default plan."""
    return tuple(row for job in plan("default") for row in judge_job(job, Settings()))


def cells(skip: str = "", tier: str = "") -> list[dict[str, object]]:
    """The ledger after the default plan, leaving out a tensor in a tier."""
    ledger = coverage.Coverage()
    for row in default_rows():
        if not (row["tensor"] == skip and tier in ("", row["tier"])):
            ledger.add(row)
    return list(ledger.rows(("modern", "1998")))


def test_the_default_plan_passes() -> None:
    assert [r["tensor"] for r in default_rows() if r["verdict"] != "pass"] == []


def test_every_tensor_is_verified_in_every_tier() -> None:
    assert all(check.passed for check in coverage.check(cells()))
    exempt = {(c["variant"], c["tensor"]) for c in cells() if c["verdict"] == "not applicable"}
    assert exempt == {
        *(("modern", f"loss.{s}") for s in ("probs", "data", "total", "dx")),
        ("1998", "loss.probs"),
    }


@pytest.mark.parametrize("tier", coverage.TIERS)
@pytest.mark.parametrize("tensor", ["C3.dW", "S2.db", "F7.W"])
def test_an_open_cell_fails(tensor: str, tier: str) -> None:
    wrong = [check for check in coverage.check(cells(tensor, tier)) if not check.passed]
    assert wrong
    assert f"{tensor} ({tier})" in wrong[0].detail


def test_a_failing_row_covers_nothing() -> None:
    ledger = coverage.Coverage()
    for row in default_rows():
        ledger.add({**row, "verdict": "fail"})
    assert not any(c["verdict"] == "verified" for c in ledger.rows(("modern",)))


def test_probes_do_not_cover_networks() -> None:
    probes = [row for row in default_rows() if row["options"] == "probe"]
    assert probes
    ledger = coverage.Coverage()
    for row in probes:
        ledger.add(row)
    assert not any(c["verdict"] == "verified" for c in ledger.rows(("modern", "1998")))
