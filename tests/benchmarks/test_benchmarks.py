"""The benchmarks run, write their table, and measure what they say.  No test asserts a time."""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import by_hand, eager, processes
from benchmarks.__main__ import main
from benchmarks.measure import compared, summary
from benchmarks.rows import ARCHITECTURES, COLUMNS, Row, agree, drawn, target_of_step
from lenet_ref.fast.gradients import gradients
from verify.cases.plan import Job
from verify.subjects.reference import reference


@pytest.mark.parametrize("variant", list(ARCHITECTURES))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_both_sides_compute_the_same_gradients(variant: str, dtype: str) -> None:
    """All parameters and the images: otherwise the race is not one."""
    arch, parameters, images, labels = drawn(variant, dtype, 3)
    theirs = eager.step(variant, parameters, images, labels)()
    ours = gradients(arch, parameters, images, labels)
    agree(ours, theirs)
    assert len(theirs) == len([key for key in ours if ".d" in key and "loss" not in key])
    with pytest.raises(ValueError, match=r"F6\.b: the two sides differ"):
        agree(ours | {"F6.db": ours["F6.db"] * 1.01}, theirs)
    with pytest.raises(KeyError):
        agree({key: value for key, value in ours.items() if key != "C3.dW"}, theirs)


def test_pairs_are_interleaved_and_the_first_are_not_counted() -> None:
    calls: list[str] = []
    found = compared(lambda: calls.append("a"), lambda: calls.append("b"), 0, 5)
    assert found.pairs == 5
    assert calls == ["a", "b"] * 8


def test_the_ratio_is_the_median_of_the_pairs() -> None:
    """One slow moment that hits both sides changes nothing."""
    found = summary([(1.0, 2.0), (50.0, 100.0), (2.0, 4.0), (3.0, 2.0), (1.0, 2.0)])
    assert found.ratio == 0.5
    assert (found.ours, found.theirs) == (2.0, 2.0)


def test_a_slower_side_is_seen() -> None:
    found = compared(lambda: time.sleep(0.004), lambda: time.sleep(0.001), 0, 5)
    assert found.ratio > 1


def test_targets() -> None:
    assert [target_of_step("float64", n, 1) for n in (1, 8, 64, 256, 1024)] == [
        *(0.9, 0.8, 0.8, 0.7, 0.8)
    ]
    assert [target_of_step("float32", n, 1) for n in (1, 8, 64, 256, 1024)] == [
        *(0.6, 0.6, 1.2, 1.2, 1.5)
    ]
    assert target_of_step("float32", 256, 2) == 1.2
    assert target_of_step("float64", 256, 2) is None
    row = Row("x", "modern", "float64", 1, 1, summary([(1, 1), (1, 1)]), 0.8)
    assert row.met == "no" and tuple(row.cells())[:5] == COLUMNS[:5]


def test_a_process_keeps_its_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or our modules are compiled at every start, and those of packages are not."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    words = "import sys, os; print(sys.dont_write_bytecode, os.environ['OMP_NUM_THREADS'])"
    assert processes.called("-c", words, threads=3).split() == ["False", "3"]


def test_a_command_over_the_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Golden tensors once, then pairs; the first three of them are not counted."""
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(processes, "called", lambda *words: calls.append(words))
    first, second = processes.dump(5)
    assert (first.variant, second.variant, first.target) == ("modern", "1998", 1.3)
    assert calls[0][:5] == ("-m", "verify", "golden", "--variant", "modern")
    checked, imported = calls[1:17:2], calls[2:17:2]
    assert {words[:3] for words in checked} == {("-m", "verify", "check")}
    assert set(imported) == {("-c", processes.IMPORTS)}
    assert [row.target for row in processes.command(5)] == [1.5]
    assert calls[-2][:3] == ("-m", "verify", "--out")


def test_a_process_that_fails_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="boom"):
        processes.called("-c", "raise ValueError('boom')")


def test_quick_writes_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--only", "judge", "--out", str(tmp_path)]) == 0
    with (tmp_path / "benchmarks.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert {row["variant"] for row in rows} == {"modern", "1998"}
    assert all(float(row["ratio"]) > 0 and int(row["pairs"]) >= 5 for row in rows)
    assert "judge" in capsys.readouterr().out


def test_eager_1998_masks_dead_links() -> None:
    arch, parameters, images, labels = drawn("1998", "float64", 2)
    found = eager.step("1998", parameters, images, labels)()
    assert "F7.W" not in found
    assert isinstance(found["C3.W"], torch.Tensor)
    assert np.array_equal(found["C3.W"].numpy() == 0, gradients(
        arch, parameters, images, labels)["C3.dW"] == 0)  # fmt: skip


@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_the_comparison_by_hand_compares_and_can_fail(variant: str) -> None:
    case = replace(Job(variant, "digits", "float64", 2).case(), upstream=None)
    trace = dict(reference(case))
    given = (variant, case.parameters, case.images, np.asarray(case.labels))
    assert by_hand.compared(*given, trace) > 30
    for name in ("C1.dW", "C3.dz", "F6.y"):
        with pytest.raises(AssertionError):
            by_hand.compared(*given, trace | {name: trace[name] * 1.1 + 0.1})
