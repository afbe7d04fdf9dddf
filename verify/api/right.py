"""``verify.assert_right``: one line in somebody's test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec

from lenet_ref.errors import LeNetError
from verify.api.asking import check
from verify.api.report import Report
from verify.judge.findings import Finding
from verify.report.reasons import at, each_of, theirs

__all__ = ["ABOUT", "P", "WrongError", "assert_right"]
P = ParamSpec("P")


class WrongError(LeNetError, AssertionError):
    """What was asserted to be right is not.  It is an ``AssertionError``, so that a test fails and
    does not break, and of the one family of errors; ``report`` has all the rest."""

    def __init__(self, report: Report) -> None:
        self.report = report
        first = report.outcome.first
        shown = None if first is None else first.shown
        super().__init__(
            _verdict(report),
            where="" if first is None else _place(first),
            got="" if shown is None else f"{shown.subject:.10g}",
            expected="" if shown is None else f"{shown.reference:.10g}",
            fix=f"rerun: {report.again}",
        )

    def __reduce__(self) -> tuple[type[WrongError], tuple[Report]]:
        """It comes whole out of another process."""
        return WrongError, (self.report,)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        """Told on several lines, for a test shows them all."""
        yield self.what
        if self.where:
            numbers = f": got {self.got}, expected {self.expected}" if self.got else ""
            yield f"  first: {self.where}{numbers}"
        yield from (f"  cause: {cause}" for cause in self.report.causes)
        yield f"  {self.fix}"


def _verdict(report: Report) -> str:
    outcome = report.outcome
    name = outcome.variant or report.title
    if outcome.guilty:
        return f"{name}: guilty layer: {', '.join(outcome.guilty)}"
    if outcome.suspects:
        return f"{name}: guilty layer: {each_of(outcome.apart)}"
    return f"{name}: {'nothing was judged' if outcome.empty else 'no layer has an own error'}"


def _place(finding: Finding) -> str:
    """The tensor, its worst element, its equation and the case; with them, what it is called."""
    shown, step = finding.shown, finding.step
    index = "" if shown is None else at(shown.index)
    own = "" if shown is None or shown.elsewhere is None else f", yours: {theirs(shown.elsewhere)}"
    case = f"{finding.case.regime} N={finding.case.batch}"
    return f"{step.tensor}{index} ({step.equation}{own}) in {case}"


def _raising(ask: Callable[P, Report]) -> Callable[P, Report]:
    """With the arguments of a check."""

    @wraps(ask)
    def assert_right(*arguments: P.args, **named: P.kwargs) -> Report:
        report = ask(*arguments, **named)
        if not report.passed:
            raise WrongError(report)
        return report

    assert_right.__name__ = assert_right.__qualname__ = "assert_right"
    assert_right.__module__ = __name__
    assert_right.__doc__ = ABOUT
    return assert_right


ABOUT = """As :func:`verify.check`, with its arguments; the report, if all is right.

Raises:
    WrongError: it is not; the message has the guilty layer, the first wrong tensor with got and
        expected at its worst element, the causes, and the call that repeats it.
    LeNetError: something cannot be used.
"""
assert_right = _raising(check)
