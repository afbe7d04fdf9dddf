"""What a report says: to a program, in a notebook, in a folder."""

from __future__ import annotations

import csv
import dataclasses
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verify
from tests.verify.api.nets import ARCH, QUICK, handed_in, right, wrong
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.report.rows import COLUMNS
from verify.subjects.reference import reference


@cache
def passed() -> verify.Report:
    return verify.check(right, **QUICK)


@cache
def failed() -> verify.Report:
    return verify.check(wrong, **QUICK)


class Page(HTMLParser):
    """Whether every tag is closed, and what stands between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.said: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_it_is_told_in_a_line() -> None:
    assert repr(passed()) == "<Report PASS 78 of 78 comparisons in 2 cases, 8 of 8 checks>"
    assert repr(failed()).startswith("<Report FAIL 76 of 78 comparisons passed in 2 cases")
    assert repr(failed()).endswith("guilty: scores>")


def test_it_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        passed().outcome = failed().outcome  # type: ignore[misc]


def test_printed_it_is_what_the_command_line_says() -> None:
    lines = str(failed()).splitlines()
    assert lines[0] == "tiny" and lines[-1].startswith("FAIL  76 of 78")
    assert "  cause: scores.dW has the wrong sign" in lines
    assert f"  rerun: {failed().again}" in lines
    assert not any("report in" in line for line in lines)


def test_the_table_is_that_of_diff_csv(tmp_path: Path) -> None:
    table = failed().to_dataframe()
    assert tuple(table.columns) == COLUMNS and len(table) == 78
    failing = table[table.verdict == "fail"]
    assert set(failing.tensor) == {"scores.dW"} and set(failing.rerun) == {failed().again}
    failed().write(tmp_path / "report")
    with (tmp_path / "report" / "diff.csv").open() as file:
        written = list(csv.DictReader(file))
    assert [row["tensor"] for row in written] == [*table.tensor]
    assert (tmp_path / "report" / "failing.npz").exists()  # for a page
    passed().write(str(tmp_path / "report"))  # takes its place
    assert "fail" not in (tmp_path / "report" / "diff.csv").read_text()
    assert {p.name for p in (tmp_path / "report").iterdir()} == {
        "diff.csv", "checks.csv", "environment.json",
    }  # fmt: skip


def test_a_notebook_shows_a_small_table() -> None:
    page = Page(failed()._repr_html_())
    assert page.open == [] and "script" not in page.tags and "link" not in page.tags
    assert page.tags.count("tr") == 2 and "scores.dW" in page.said
    assert "scores.dW has the wrong sign" in page.said and failed().again in page.said
    assert "table" not in Page(passed()._repr_html_()).tags
    assert len(failed()._repr_html_()) < 4000


def test_what_others_wrote_is_no_markup() -> None:
    """A function may have any name, and raise any words."""

    def bad(parameters: Any, images: Any, labels: Any) -> Any:
        raise ValueError("<script>alert(1)</script>")

    bad.__qualname__ = "<b>bold</b>"
    report = verify.check(bad, **QUICK)
    page = Page(report._repr_html_())
    assert "script" not in page.tags and "b" not in page.tags
    assert any("<script>" in text for text in page.said)


def test_markdown() -> None:
    assert "scores.dW" in failed().to_markdown() and "FAIL" in failed().to_markdown().upper()
    assert "scores.dW has the wrong sign" not in passed().to_markdown()


def test_a_page() -> None:
    assert "scores.dW" in failed().to_html() and "<html" in failed().to_html()


def test_a_trace_is_judged() -> None:
    case = Job("tiny", "signed", "float64", batch=2, network=ARCH).case()
    trace = dict(reference(case))
    assert verify.judge(case, trace).passed
    trace["edges.db"] = trace["edges.db"] * 2
    report = verify.judge(case, trace)
    assert report.guilty == ("edges",) and report.title == "tiny/float64/signed/N=2/seed=0"
    assert "verify.judge(case, trace)" in report.again
    few = {"scores.y": trace["scores.y"].tolist()}
    assert verify.judge(case, few).passed
    assert not verify.judge(case, few, require="gradients").passed


def test_a_trace_that_cannot_be_judged_is_refused() -> None:
    case = Job("tiny", "signed", "float64", batch=2, network=ARCH).case()
    with pytest.raises(verify.InputError, match=r"no such tensor: 'edges.dV'"):
        verify.judge(case, {"edges.dV": np.zeros(3)})
    with pytest.raises(verify.InputError, match="require=: no such choice"):
        verify.judge(case, {"edges.y": np.zeros(3)}, require="some")


def test_the_room_of_that_name_stays_a_room() -> None:
    """``verify.judge`` is both: what is imported first makes no difference."""
    import verify.judge.findings
    from verify.judge.judge import Judge

    assert verify.judge.findings.Finding.__name__ == "Finding" and isinstance(Judge, type)
    case: Case = Job("tiny", "signed", "float64", batch=1, network=ARCH).case()
    assert verify.judge(case, reference(case)).passed


def test_arrays_are_not_touched() -> None:
    mine = handed_in(right)
    before = {name: np.array(value) for name, value in mine.items()}
    assert verify.check(mine, ARCH).passed
    assert all(np.array_equal(before[name], mine[name]) for name in before)
