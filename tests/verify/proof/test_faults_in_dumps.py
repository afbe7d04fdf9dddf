"""Planted mistakes, exported as dumps: the same guilty layers as in the network itself."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from verify.cli import main
from verify.pipeline.golden import write_golden
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.fault import Fault
from verify.proof.planting.entry import Entry, entries
from verify.proof.planting.run import plant

# Faults of a whole network on images and labels; the others need an upstream gradient.
CODE = [
    fault
    for fault in catalogue()
    if not fault.check and not fault.equivalent and "integers" not in fault.regime
]
SUMMED = {"data": "gradients=mean --convention loss=sum", "dx": "gradients=sum"}
ELSEWHERE = {"state-dy-overwritten": "masked=earlier", **{
    f"{loss}.{symbol}/times-N": words
    for loss in ("cross_entropy", "mle", "map") for symbol, words in SUMMED.items()
}}  # fmt: skip
"""Mistakes that leave what another convention has."""
SAMPLE: list[Entry | Fault] = [*entries()[::23], *CODE[::12]]


def exported(fault: Entry | Fault, folder: Path) -> int:
    """Write a golden folder with the fault planted, check it; the exit status."""
    drawn = fault.job()
    case = replace(drawn.case(), upstream=None)
    with fault.subject() as subject, np.errstate(all="ignore"):
        trace = dict(subject(case))
    write_golden(drawn, case, folder / "dump", "npz", header=False, whole=False)
    np.savez(folder / "dump" / "theirs.npz", **trace)  # type: ignore[arg-type]
    return main(["check", str(folder / "dump" / "theirs.npz"), "--out", str(folder / "out")])


def guilty(folder: Path) -> set[str]:
    """Layers with an own error."""
    with (folder / "out" / "diff.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {row["layer"] for row in rows if row["own_verdict"] in ("fail", "missing", "error")}


def expected(fault: Entry | Fault) -> set[str]:
    """Layers that have the mistake where it shows."""
    if isinstance(fault, Fault):
        return set(fault.layers.split())
    case = replace(fault.job().case(), upstream=None)
    found = plant(case, fault.operation, fault.mistake)
    return {name.partition(".")[0] for name in (*found.at, *found.around)}


def test_the_sample_is_large_enough() -> None:
    assert len(SAMPLE) >= 35


@pytest.mark.parametrize("fault", SAMPLE, ids=lambda fault: fault.name.replace("/", " "))
def test_an_exported_fault_is_found_again(
    fault: Entry | Fault, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = expected(fault)
    assert exported(fault, tmp_path) == (1 if wrong else 0)
    words = ELSEWHERE.get(fault.name)
    assert guilty(tmp_path) == (set() if words else wrong)
    assert words is None or f"add: --convention {words}\n" in capsys.readouterr().out
