"""reports/baseline is what the default plan gives today: remade whenever it would differ.

The last digits are a machine's, so numbers are compared where there are none: in the exact tier.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from tests.warm import ran
from verify.cases.case import Case
from verify.cases.plan import Job, plan
from verify.expected.shapes import shapes
from verify.expected.step import Step
from verify.expected.steps import steps
from verify.pipeline.judging import Terms, judge_subject
from verify.report import checks as check_rows
from verify.report.folder import STAMP
from verify.report.rows import COLUMNS, row
from verify.report.tables import COVERAGE_COLUMNS, LAYER_COLUMNS, SUMMARY_COLUMNS
from verify.subjects.reference import reference

BASELINE = ROOT / "reports" / "baseline"
STALE = "the committed baseline is stale: run `make baseline`"
OF_THE_CASE = ("variant", "options", "tier", "regime", "dtype", "batch", "seed", "layer", "tensor",
               "equation", "shape")  # fmt: skip
HEADS = {
    "diff.csv": COLUMNS,
    "layers.csv": LAYER_COLUMNS,
    "summary.csv": SUMMARY_COLUMNS,
    "coverage.csv": COVERAGE_COLUMNS,
    "checks.csv": check_rows.COLUMNS,
}


@cache
def table(name: str) -> list[dict[str, str]]:
    """A table of the baseline, as it is written."""
    with (BASELINE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def described(case: Case, step: Step) -> tuple[str, ...]:
    """What a row says of its case and its tensor, without judging it."""
    shape = "x".join(map(str, shapes(case.arch, case.batch)[step.tensor])) or "scalar"
    told = (case.arch.variant, case.arch.options, case.tier, case.regime, case.dtype, case.batch,
            case.seed, step.layer, step.tensor, step.equation, shape)  # fmt: skip
    return tuple(map(str, told))


def today() -> Iterator[tuple[str, ...]]:
    """The rows of the default plan."""
    for job in plan("default"):
        case = job.case()
        for step in steps(case.arch, case.upstream is not None):
            yield described(case, step)


def kept(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """The same of rows of a table."""
    return [tuple(row[name] for name in OF_THE_CASE) for row in rows]


def test_the_rows_are_those_of_the_default_plan() -> None:
    assert kept(table("diff.csv")) == list(today()), STALE


@pytest.mark.parametrize("name", HEADS)
def test_the_columns(name: str) -> None:
    assert tuple(table(name)[0]) == tuple(HEADS[name]), STALE


def test_everything_passes() -> None:
    assert {row["verdict"] for row in table("diff.csv")} == {"pass"}
    assert {row["verdict"] for row in table("checks.csv")} == {"pass"}


def test_the_stamp_knows_the_files() -> None:
    found = json.loads((BASELINE / STAMP).read_text())
    assert sorted([*found["files"], STAMP]) == sorted(p.name for p in BASELINE.iterdir()), STALE
    assert found["run"]["cases"] == len(list(plan("default")))


def exact() -> list[Job]:
    """Whole numbers are the same on every machine."""
    return [job for job in plan("default") if job.tier == "exact" and "probe" not in job.regime]


@pytest.mark.parametrize("job", exact(), ids=lambda job: f"{job.variant}-{job.regime}")
def test_numbers_of_the_exact_tier(job: Job) -> None:
    written = dict(zip(kept(table("diff.csv")), table("diff.csv"), strict=True))
    for finding in judge_subject(job.case(), reference, Terms(truth=job.truth)):
        before, now = written[described(finding.case, finding.step)], row(finding)
        for name in ("verdict", "own_error", "own_bound", "scale", "subject", "oracle", "verified"):
            assert before[name] == str(now[name]), (finding.step.tensor, name, STALE)


KERNELS = {
    "this": {},
    "others": {"OPENBLAS_CORETYPE": "Nehalem", "ATEN_CPU_CAPABILITY": "default"},
}
"""What the numerical libraries are told; where they do not know the words, it is the same twice."""


@pytest.mark.parametrize("told", KERNELS.values(), ids=KERNELS)
def test_today_is_no_regression(told: dict[str, str], tmp_path: Path) -> None:
    """Of any machine: what `lenet-verify` and `lenet-verify diff` say in a shell."""
    environment = {**os.environ, **told, "PYTHONPATH": str(ROOT)}
    for words in (["--out", str(tmp_path)], ["diff", str(BASELINE), str(tmp_path)]):
        done = ran(["-m", "verify", *words], Path.cwd(), environment, 300)
        assert done.returncode == 0, f"{STALE}, or see why:\n{done.stdout}{done.stderr}"
    assert (
        done.stdout.splitlines()[-1]
        == f"PASS  {len(table('diff.csv'))} rows compared, no regression"
    )


def test_a_stale_baseline_is_noticed() -> None:
    """One row less, one case of other options, one tensor more."""
    rows = table("diff.csv")
    expected = list(today())
    assert kept(rows[1:]) != expected
    assert kept([{**rows[0], "options": "reg=0.5"}, *rows[1:]]) != expected
    assert kept([*rows, rows[0]]) != expected
