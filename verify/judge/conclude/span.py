"""Where own error could not be measured: which layers the error can have arisen in."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from verify.expected.shapes import shapes
from verify.expected.step import Step
from verify.judge.compare import Comparison
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict

__all__ = ["CONSTANT", "Span", "sources", "span", "suspects"]


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

    What is right clears nothing of which it would not have told: a difference below its bound; of a
    layer's two gradients, beside one that is wrong: dW does not see dz where the input is zero, as
    on the background of a digit; db, a sum over patterns and places, not which is which; and
    nothing on the far side of what is wrong itself, where two mistakes may cancel."""
    known = {f.step.tensor: f.step for f in findings}
    failed = {f.step.tensor for f in findings if f.failed}
    blind = {f"{f.step.layer}.dW" for f in findings if f.failed and f.step.symbol == "db"}
    blind |= {f"{f.step.layer}.db" for f in findings if _unexplained(f) and _terms(f) > 1}
    both = (f.step.layer for f in findings if f.failed and f.step.symbol == "db")
    failed |= {f"{layer}.dz" for layer in both if f"{layer}.dW" in failed}
    right: set[str] = set()
    for finding in findings:
        if finding.step.tensor not in blind and _would_tell(finding, wrong):
            right |= sources(known, finding.step.tensor, failed)
    name = wrong.step.tensor
    left = (sources(known, name) - right) | {name}
    return [step for tensor, step in known.items() if tensor in left]


def _would_tell(right: Finding, wrong: Finding) -> bool:
    """A tensor that passes is known to a smaller part of its size than another is off by,
    wherever in it that is."""
    c, other = _measured(right), _measured(wrong)
    if right.verdict is not Verdict.PASS or c is None or other is None:
        return right.verdict is Verdict.PASS
    return not other.error * c.scale < c.largest * other.scale


def _measured(finding: Finding) -> Comparison | None:
    return finding.inherited.comparison or finding.own.comparison


def _unexplained(finding: Finding) -> bool:
    """A wrong weight gradient of which it is not known how it was computed: it has no cause, or
    one that is another tensor's."""
    if not finding.failed or finding.step.symbol != "dW":
        return False
    return finding.cause is None or any("/" in name for name in finding.cause.names)


def _terms(finding: Finding) -> int:
    """Patterns and positions of one map, over which a bias gradient sums."""
    known = shapes(finding.case.arch, finding.case.batch)
    n, _, *places = known.get(f"{finding.step.layer}.dz", (1, 1))
    return n * prod(places)


CONSTANT = ("mle.dx",)
"""Operations that read nothing of their input but its shape: right or wrong, they say nothing of
what made it."""


def sources(known: Mapping[str, Step], tensor: str, beyond: Container[str] = ()) -> set[str]:
    """A tensor and everything it is computed from, but for what is beyond, and further on."""
    found: set[str] = set()
    wanted = [tensor]
    while wanted:
        name = wanted.pop()
        if name in known and name not in found and name not in beyond:
            found.add(name)
            wanted += [] if known[name].op in CONSTANT else known[name].inputs
    return found
