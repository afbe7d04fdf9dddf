"""Where own error could not be measured: which layers the error can have arisen in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from verify.expected.shapes import shapes
from verify.expected.step import Step
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict

__all__ = ["Span", "sources", "span", "suspects"]


@dataclass(frozen=True)
class Span:
    """``wrong`` is the first wrong tensor, ``good`` (empty: none) the last right one before it in
    order of computation; the error arises in one of ``layers``."""

    good: str
    wrong: str
    layers: tuple[str, ...]


def span(findings: Sequence[Finding]) -> Span | None:
    """The first tensor beyond its inherited bound whose own error could not be measured, the
    last right one before it, and the layers between; None where there is no such tensor or an
    own error already explains it."""
    for place, finding in enumerate(findings):
        if finding.guilty:
            return None
        unfed = finding.own.verdict is Verdict.ABSENT
        if unfed and finding.inherited.verdict is Verdict.FAIL:
            good = [f.step.tensor for f in findings[:place] if f.verdict is Verdict.PASS]
            layers = tuple(dict.fromkeys(s.layer for s in suspects(findings, finding)))
            return Span(good[-1] if good else "", finding.step.tensor, layers)
    return None


def suspects(findings: Sequence[Finding], wrong: Finding) -> list[Step]:
    """The steps that may have made a tensor wrong: its own, and those it is computed from, but
    for all that a right tensor is computed from as well, wherever that stands in the order.

    Of a layer's two gradients one that is right clears nothing beside one that is wrong: dW does
    not see dz where the input is zero, as on the background of a digit; db, a sum over places,
    not where dz stands, as after a pooling that puts it into another corner."""
    known = {f.step.tensor: f.step for f in findings}
    blind = {f"{f.step.layer}.dW" for f in findings if f.failed and f.step.symbol == "db"}
    blind |= {f"{f.step.layer}.db" for f in findings if _unexplained(f) and _places(f) > 1}
    right: set[str] = set()
    for finding in findings:
        if finding.verdict is Verdict.PASS and finding.step.tensor not in blind:
            right |= sources(known, finding.step.tensor)
    name = wrong.step.tensor
    left = (sources(known, name) - right) | {name}
    return [step for tensor, step in known.items() if tensor in left]


def _unexplained(finding: Finding) -> bool:
    """A wrong weight gradient of which it is not known how it was computed."""
    return finding.failed and finding.step.symbol == "dW" and finding.cause is None


def _places(finding: Finding) -> int:
    """Positions of one map, over which a bias gradient sums; a distance to codes has none."""
    known = shapes(finding.case.arch, finding.case.batch)
    return prod(known.get(f"{finding.step.layer}.dz", ())[2:])


def sources(known: Mapping[str, Step], tensor: str) -> set[str]:
    """A tensor and everything it is computed from."""
    found: set[str] = set()
    wanted = [tensor]
    while wanted:
        name = wanted.pop()
        if name in known and name not in found:
            found.add(name)
            wanted += known[name].inputs
    return found
