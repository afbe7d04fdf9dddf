"""Every column of every file is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verify.proof.evidence.grid import COLUMNS as CELLS
from verify.proof.evidence.rightful import COLUMNS as RIGHT
from verify.proof.evidence.trial import COLUMNS as EVIDENCE
from verify.proof.faults.plant import COLUMNS as FAULTS
from verify.proof.mutation.campaign import COLUMNS as MUTANTS
from verify.report.checks import COLUMNS as CHECKS
from verify.report.rows import COLUMNS
from verify.report.tables import COVERAGE_COLUMNS

README = (Path(__file__).parents[3] / "reports" / "README.md").read_text()


def section(name: str) -> str:
    """The README's section on one file."""
    return re.split(r"^## ", README.split(f"## {name}\n")[1], flags=re.M)[0]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("diff.csv", COLUMNS),
        ("checks.csv", CHECKS),
        ("faults.csv", FAULTS),
        ("coverage.csv", COVERAGE_COLUMNS),
        ("mutants.csv", MUTANTS),
        ("evidence.csv", EVIDENCE),
        ("evidence-plan.csv", CELLS),
        ("evidence-right.csv", RIGHT),
    ],
)
def test_every_column_is_explained(name: str, columns: tuple[str, ...]) -> None:
    explained = set(re.findall(r"`([a-z_]+)`", section(name)))
    families = ("inherited_",)
    missing = [c for c in columns if c not in explained and not c.startswith(families)]
    assert missing == []
