"""Pages for students: exact, harmless, and silent about what an exam keeps."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from verify.cases.case import from_the_loss
from verify.cases.plan import Job
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.checks.score import Score
from verify.exchange.load import Source
from verify.pipeline import undeclared
from verify.pipeline.request import CheckRequest
from verify.report.feedback import Feedback, markdown, of_nothing, told
from verify.report.feedback_page import page
from verify.subjects.reference import reference

CASE = from_the_loss(Job("modern", "kink-free", "float64", 3).case())
RIGHT = dict(reference(CASE))
SCORE = Score(3.0, 4.5, ("C3.dW",))


def outcome(**changed: Any) -> Outcome:
    """Of outputs and gradients, some of them others."""
    arrays = {k: v for k, v in RIGHT.items() if k.split(".")[-1] in ("y", "dy", "dW", "db")}
    arrays |= {name.replace("_", "."): value for name, value in changed.items()}
    request = CheckRequest(source=Source("modern"))
    return undeclared.judged([(CASE, arrays)], request, [])


WRONG = outcome(C3_dW=RIGHT["C3.dW"] * 1.25)


class Tags(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.said = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        self.open += [] if tag == "meta" else [tag]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data if "style" not in self.open else ""


@pytest.mark.parametrize("made", [markdown, page])
def test_a_student_reads_where_what_and_why(made: Any) -> None:
    found = made(told("anna", WRONG, True, SCORE))
    said = Tags(found).said if made is page else found.replace("\\", "")
    place = WRONG.first
    assert place is not None and place.own.comparison is not None
    c = place.own.comparison
    for text in ("anna: not yet right", "layer C3; start there", "3 of 4.5 points",
                 repr(c.subject), repr(c.reference), str(list(c.index)), "C3.dW equals",
                 "M-C3-dW: dW = a^T dz", "C1: y dy dW db;",
                 "lenet-verify explain C3.dW"):  # fmt: skip
        assert text in said, text


@pytest.mark.parametrize("made", [markdown, page])
def test_without_expected_no_number_of_the_judge_is_said(made: Any) -> None:
    found = made(told("anna", WRONG, False, None))
    first = WRONG.first
    assert first is not None and first.own.comparison is not None
    c = first.own.comparison
    assert repr(c.subject) in found and "points" not in found
    for secret in (repr(c.reference), f"{c.error:.2g}", "expected"):
        assert secret not in found, secret


def test_nothing_is_wrong() -> None:
    found = told("anna", outcome(), True, None)
    assert found.passed and found.first is None and found.wrong == found.off == ()
    assert {"C1.dW", "F7.db", "C3.y"} <= {*found.right}
    assert "## Where" not in markdown(found) and ">right</span>" in page(found)


def test_what_follows_from_a_mistake_is_told_apart() -> None:
    labels = CASE.labels
    assert labels is not None
    trace = dict(reference(replace(CASE, labels=(labels + 1) % 10)))
    request = CheckRequest(source=Source("modern"))
    arrays = {k: v for k, v in trace.items() if k != "labels"}
    found = told("anna", undeclared.judged([(CASE, arrays)], request, []), True, None)
    assert all(name.startswith("loss") for name in found.wrong)
    assert "C3.dW" in found.off and "C3.dW" not in found.right


def test_findings_about_calls_are_told() -> None:
    check = Check("subject", "modern", "arguments unchanged (digits N=3)", False, "changed: C1.W")
    found = told("anna", replace(outcome(), checks=(check,)), True, None)
    assert not found.passed and "changed: C1.W" in page(found)
    assert "how they are made is not" in markdown(found)


HOSTILE = "<script>alert(1)</script>\n# x | [a](http://b) ![c](d) `e` \u202e \ud800 $x$ <img src=x>"


def test_what_others_wrote_is_text() -> None:
    found = of_nothing(HOSTILE, HOSTILE, None)
    assert isinstance(found, Feedback)
    tags = Tags(page(found))
    assert tags.open == [] and {"script", "img", "a"} & {*tags.tags} == set()
    assert "<script>alert(1)</script>" in tags.said
    lines = markdown(found).splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        lines[0],
        "## About your code or files",
    ]
    assert "](http" not in markdown(found).replace("\\](", "").replace("\\]", "")
    assert "\\<script\\>" in markdown(found)
    page(found).encode(), markdown(found).encode()


def test_a_page_needs_nothing_else() -> None:
    """No address is fetched, and a phone shows it at its own width."""
    found = page(told("anna", WRONG, True, SCORE))
    assert "http" not in found and "url(" not in found and "@import" not in found
    assert 'name="viewport"' in found and '<html lang="en">' in found and len(found) < 10_000
    assert Tags(found).open == []
