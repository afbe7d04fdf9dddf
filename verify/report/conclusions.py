"""Conclusions in sentences, for the end of a check."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from verify.cases.case import Case
from verify.judge.conclude.common import common_cause, without_consequence
from verify.judge.conclude.span import Span, span
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.report.reasons import either, text

Findings = Sequence[tuple[Case, Sequence[Finding]]]


def said(findings: Findings) -> list[str]:
    """One cause behind many rows, a span where no layer can be named, and what has no effect;
    each said once, with the first case it is seen in."""
    return list(dict.fromkeys(line for case, each in findings for line in _of_case(case, each)))


def _of_case(case: Case, each: Sequence[Finding]) -> Iterator[str]:
    if (cause := common_cause(each)) is not None:
        yield f"one cause: {cause.text}"
    elif (where := span(each)) is not None:
        yield f"{case.regime} N={case.batch}: {_span(where)}"
    for harmless in without_consequence(each):
        name = harmless.step.tensor
        if harmless.inherited.verdict is Verdict.PASS:
            yield f"{name} is right, but does not follow from what was supplied before it"
        else:
            yield f"without consequence: {name} differs, every parameter gradient after it is right"


def _span(found: Span) -> str:
    before = f"{found.good} the last right one before it" if found.good else "none before it"
    arises = f"the error arises in {either(found.layers)}"
    return f"{found.wrong} is the first wrong tensor, {before}; {arises}"


def one_cause(findings: Findings) -> str:
    """The cause behind every failing row of every case, or an empty string."""
    failing = [each for _, each in findings if any(f.failed for f in each)]
    causes = [common_cause(each) for each in failing]
    names = {None if cause is None else cause.name for cause in causes}
    return causes[0].text if len(names) == 1 and causes[0] is not None else ""


def where(findings: Findings) -> tuple[str, ...]:
    """Layers the error can have arisen in where none has an own error, of any case: what they agree
    on would be the one guilty layer only if there were one mistake."""
    spans = [found.layers for _, each in findings if (found := span(each)) is not None]
    return tuple(dict.fromkeys(layer for layers in spans for layer in layers))


def notes(findings: Findings) -> list[str]:
    """Tensors whose shape was taken for another one."""
    names = list(dict.fromkeys(f.step.tensor for _, each in findings for f in each if f.taken))
    listed = ", ".join(names[:6]) + (" ..." if len(names) > 6 else "")
    return [f"note: taken as the same, other axes of length 1: {listed}"] if names else []


def too_blunt(findings: Findings) -> list[str]:
    """Tensors that were compared, but not sharply: where, and in how many of their elements."""
    found: dict[str, dict[str, None]] = {}
    for case, each in findings:
        for f in each:
            if f.verdict is Verdict.UNVERIFIED:
                where = f"{case.regime} N={case.batch}, {_how_far(f)}"
                found.setdefault(f.step.tensor, {})[where] = None
    if not found:
        return []
    lines = [f"  {name}: {'; '.join(where)}" for name, where in found.items()]
    return ["not verified, for a mistake there could have passed:", *lines]


def _how_far(finding: Finding) -> str:
    elements = math.prod(finding.shape)
    few = f"{elements - finding.verified} of {elements} elements"
    return text(finding.reason) if finding.rests_on or finding.verified == elements else few


def not_verified(findings: Findings) -> list[str]:
    """Tensors that no case supplied; layers that lack the same are said together."""
    seen: dict[str, bool] = {}
    for _, each in findings:
        for f in each:
            name = f.step.tensor
            seen[name] = seen.get(name, False) or f.verdict not in NOT_SUPPLIED
    lacking: dict[str, list[str]] = {}
    for name in (name for name, judged in seen.items() if not judged):
        layer, _, symbol = name.partition(".")
        lacking.setdefault(layer, []).append(symbol)
    alike: dict[str, list[str]] = {}
    for layer, symbols in lacking.items():
        alike.setdefault(" ".join(sorted(symbols, key=SYMBOLS.index)), []).append(layer)
    if not alike:
        return []
    lines = [f"  {' '.join(layers)}: {symbols}" for symbols, layers in alike.items()]
    return ["not verified, for it was not supplied:", *lines]


NOT_SUPPLIED = (Verdict.ABSENT, Verdict.MISSING)
SYMBOLS = (
    *("x", "a", "s", "W", "b", "z", "argmax", "y", "probs", "data", "reg", "total"),
    *("dy", "dz", "ds", "da", "dx", "dW", "db"),
)
