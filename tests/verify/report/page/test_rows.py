"""Rows of a report, whatever they hold: counted all, kept few."""

from __future__ import annotations

from typing import Any

import pytest

from verify.report.page import rows
from verify.report.page.rows import Gathered, clipped
from verify.report.rows import COLUMNS


def row(tensor: str = "C1.z", verdict: str = "pass", **others: Any) -> dict[str, Any]:
    told = dict.fromkeys(COLUMNS, "")
    return {**told, "variant": "modern", "layer": tensor.partition(".")[0], "tensor": tensor,
            "verdict": verdict, "own_verdict": verdict, **others}  # fmt: skip


def test_failing_rows_come_before_others_and_all_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 10)
    found = Gathered.of([*(row() for _ in range(20)), *(row("C3.dW", "fail") for _ in range(4))])
    assert found.counts == {"pass": 20, "fail": 4}
    assert [line["verdict"] for line in found.rows] == ["pass"] * 6 + ["fail"] * 4


def test_many_names_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 10)
    found = Gathered.of(row(f"L{i % 100}.t{i}", "fail", variant=f"v{i % 200}") for i in range(5000))
    assert found.total == 5000
    assert len(found.rows) == len(found.first) == 10
    assert len(found.layers) <= rows.MOST_LAYERS
    assert all(len(each) <= rows.MOST_LAYERS for each in found.layers.values())


def test_an_own_error_is_shown_before_an_inherited_one() -> None:
    first = row("C3.dW", "fail", own_verdict="pass", seed="1")
    found = Gathered.of([first, row("C3.dW", "fail", seed="2"), row("C3.dW", "fail", seed="3")])
    assert found.first["modern", "C3.dW"]["seed"] == "2"


@pytest.mark.parametrize("word", ["", "PASS", "<b>pass</b>", "x" * 10**6])
def test_a_verdict_that_is_none_is_no_pass(word: str) -> None:
    found = Gathered.of([row(verdict=word)])
    assert found.rows[0]["failing"]
    assert "pass" not in found.counts


def test_a_text_is_cut_and_its_length_is_said() -> None:
    assert clipped("short") == "short"
    assert clipped("x" * 1000, 3) == "xxx\u2026 (1,000 characters)"
    assert clipped("a\nb\u202e") == "a\\nb\\u202e"
