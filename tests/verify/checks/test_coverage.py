"""The coverage ledger: complete on the default plan, and it fails when a cell is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest

from verify.cases.plan import plan
from verify.checks import coverage
from verify.judge.findings import Finding, Judgement
from verify.judge.verdict import Verdict
from verify.pipeline.run import Settings, judge_job
from verify.report.frame import frame
from verify.report.share import shared
from verify.report.tables import Tables

VARIANTS = ("modern", "1998")


@cache
def default() -> tuple[Finding, ...]:
    """Findings of the default plan."""
    return tuple(found for job in plan("default") for found in judge_job(job, Settings()))


def covered(skip: str = "", tier: str = "") -> set[coverage.Key]:
    """The ledger after the default plan, leaving out a tensor in a tier."""
    return ledger(f for f in default()
                  if not (f.step.tensor == skip and tier in ("", f.case.tier)))  # fmt: skip


def ledger(findings: Iterable[Finding]) -> set[coverage.Key]:
    """The cells that findings cover."""
    return {*shared([*findings], failing=False, texts=False, values=False).sums.cells}


def test_the_default_plan_passes() -> None:
    assert [f.step.tensor for f in default() if f.verdict is not Verdict.PASS] == []


def test_every_tensor_is_verified_in_every_tier() -> None:
    assert all(check.passed for check in coverage.check(VARIANTS, covered()))
    exempt = {(c.variant, c.tensor) for c in coverage.cells(VARIANTS) if not c.applicable}
    assert exempt == {
        *(("modern", f"loss.{s}") for s in ("probs", "data", "total", "dx")),
        ("1998", "loss.probs"),
    }


def test_what_is_verified_without_its_squashing() -> None:
    squashed = {
        (c.variant, c.tensor)
        for c in coverage.cells(VARIANTS)
        if c.exemption is coverage.Exemption.SQUASHED
    }
    layers = ("C1", "S2", "C3", "S4", "C5", "F6")
    assert squashed == {("1998", f"{layer}.{s}") for layer in layers for s in ("y", "dz")}


@pytest.mark.parametrize("tier", coverage.TIERS)
@pytest.mark.parametrize("tensor", ["C3.dW", "S2.db", "F7.W"])
def test_an_open_cell_fails(tensor: str, tier: str) -> None:
    checks = coverage.check(VARIANTS, covered(tensor, tier))
    wrong = [check for check in checks if not check.passed]
    assert wrong
    assert f"{tensor} ({tier})" in wrong[0].detail


def test_a_failing_row_covers_nothing() -> None:
    wrong = Judgement(Verdict.FAIL)
    assert ledger(replace(f, own=wrong) for f in default()) == set()


def test_probes_do_not_cover_networks() -> None:
    probes = [f for f in default() if f.case.arch.options == "probe"]
    assert probes and ledger(probes) == set()


def test_the_table_says_what_the_check_says() -> None:
    table = Tables([frame(default())]).coverage(VARIANTS)
    said = table[table["verdict"] == "verified"][["variant", "tensor", "tier"]]
    asked = {cell.key for cell in coverage.cells(VARIANTS) if cell.applicable}
    assert set(said.itertuples(index=False, name=None)) == covered() & asked == asked
