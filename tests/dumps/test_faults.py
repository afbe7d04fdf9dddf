"""Planted faults, exported as dumps: the same guilty layers as in the reference itself."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from verify.cli import main
from verify.pipeline.golden import write_golden
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.fault import Fault, planted
from verify.subjects.reference import reference

# Faults of a whole network on images and labels; the others need an upstream gradient.
EXPORTED = [
    fault
    for fault in catalogue()
    if not fault.check and not fault.equivalent
    and not fault.regime.startswith("probe") and "integers" not in fault.regime
]  # fmt: skip
SAMPLE = EXPORTED[::19]


def exported(fault: Fault, folder: Path) -> int:
    """Write a golden folder with the fault planted, check it; the exit status."""
    drawn = fault.job()
    case = replace(drawn.case(), upstream=None)
    with planted(fault), np.errstate(all="ignore"):
        trace = dict(reference(case))
    write_golden(drawn, case, folder / "dump", "npz", header=False, whole=False)
    np.savez(folder / "dump" / "theirs.npz", **trace)  # type: ignore[arg-type]
    return main(["check", str(folder / "dump" / "theirs.npz"), "--out", str(folder / "out")])


def guilty(folder: Path) -> set[str]:
    """Layers with an own error."""
    with (folder / "out" / "diff.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {row["layer"] for row in rows if row["own_verdict"] in ("fail", "missing", "error")}


def expected(fault: Fault) -> set[str]:
    return set(fault.layers.split())


def test_the_sample_is_large_enough() -> None:
    assert len(EXPORTED) >= 400 and len(SAMPLE) >= 20


@pytest.mark.parametrize("fault", SAMPLE, ids=lambda fault: fault.name)
def test_an_exported_fault_is_found_again(
    fault: Fault, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exported(fault, tmp_path) == 1
    assert guilty(tmp_path) == expected(fault)
