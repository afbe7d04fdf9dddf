"""A report in a notebook: one small table that needs nothing but itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from verify.checks.outcome import Outcome
from verify.errors import PASSED
from verify.judge.findings import Finding
from verify.report.reasons import explained
from verify.report.screen import ratio
from verify.report.text import one_line

__all__ = ["MOST", "small"]
MOST = 8
"""Failing tensors that are shown, each in the first case in which it fails."""
_HEAD = ("tensor", "case", "own /bound", "inherited /bound", "what")
_CELL = "text-align:left;vertical-align:top;padding:2px 8px"


def small(outcome: Outcome, verdict: str, causes: Sequence[str], again: str) -> str:
    """The verdict, the causes, a row for each failing tensor, and the call that repeats it."""
    return "".join(_parts(outcome, verdict, causes, again))


def _parts(outcome: Outcome, verdict: str, causes: Sequence[str], again: str) -> Iterator[str]:
    colour = "#1a7f37" if outcome.status == PASSED else "#cf222e"
    style = f"border-left:4px solid {colour};padding-left:8px"
    yield f'<div style="{style}"><p><strong>{_safe(verdict)}</strong></p>'
    if causes:
        yield "<ul>" + "".join(f"<li>{_safe(cause)}</li>" for cause in causes[:MOST]) + "</ul>"
    if rows := _failing(outcome):
        yield "<table><thead>" + _row("th", _HEAD) + "</thead><tbody>"
        yield "".join(_row("td", _cells(finding)) for finding in rows[:MOST]) + "</tbody></table>"
    if len(rows) > MOST:
        yield f"<p>and {len(rows) - MOST} more tensors: <code>to_dataframe()</code></p>"
    if rows:
        yield f"<p>again: <code>{_safe(again)}</code></p>"
    yield "</div>"


def _failing(outcome: Outcome) -> list[Finding]:
    """The first failing row of each tensor; own errors before inherited ones."""
    every = [f for _, each in outcome.findings for f in each if f.failed]
    first: dict[str, Finding] = {}
    for finding in sorted(every, key=lambda f: not f.guilty):
        first.setdefault(finding.step.tensor, finding)
    return [*first.values()]


def _cells(f: Finding) -> tuple[str, ...]:
    each = (j.comparison for j in (f.own, f.inherited))
    ratios = ("" if c is None or math.isnan(c.ratio) else ratio(c.ratio) for c in each)
    return f.step.tensor, f"{f.case.regime} N={f.case.batch}", *ratios, explained(f)


def _row(tag: str, cells: Sequence[str]) -> str:
    made = "".join(f'<{tag} style="{_CELL}">{_safe(cell)}</{tag}>' for cell in cells)
    return f"<tr>{made}</tr>"


def _safe(text: str) -> str:
    """Others' names are text, and no markup."""
    return escape(one_line(text))
