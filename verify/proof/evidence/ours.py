"""Our own judge as a policy, on the same case, and on the cases of a plan tier by tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verify.exchange.conventions import as_trace
from verify.exchange.layout import PLAIN, Layout
from verify.expected.steps import steps
from verify.judge.findings import Finding
from verify.pipeline.judging import OWN, Terms, judged
from verify.proof.evidence.exhibit import Exhibit
from verify.proof.evidence.policy import ACCEPTED, Policy, Said

SOURCE = "lenet-verify: every tensor by its own error, within a bound that is proved"


@dataclass(frozen=True)
class Ours(Policy):
    """Own errors of every tensor of a trace.  terms: on which it is judged; told: it is told of
    the subject's conventions."""

    group: str = "ours"
    name: str = "ours, this one case"
    tensors: str = "every"
    source: str = SOURCE
    terms: Terms = OWN
    told: bool = True

    def reads(self, exhibit: Exhibit) -> Sequence[str]:
        """All that a trace must hold."""
        return exhibit.order

    def says(self, exhibit: Exhibit) -> Said:
        """Which layers have an own error, and what explains it."""
        told = self.told or exhibit.declared == PLAIN
        key = f"ours {self.terms} {told}"
        known: dict[str, Said] = vars(exhibit).setdefault("ours", {})
        if key not in known:
            declared = exhibit.declared if told else PLAIN
            known[key] = said(findings_of(exhibit, self.terms, declared))
        return known[key]


def findings_of(exhibit: Exhibit, terms: Terms = OWN, declared: Layout = PLAIN) -> list[Finding]:
    """Of what the subject hands over, what is declared undone."""
    case, trace = exhibit.case, exhibit.handed
    if declared != PLAIN:
        case, trace = as_trace(case, trace, declared)
    if exhibit.right is not None:
        terms = replace(terms, only=affected(exhibit))
    return judged(case, trace, terms)


def affected(exhibit: Exhibit) -> frozenset[str]:
    """Tensors that are others than without the mistake, or made of such.  The own error of any
    other is that of the right trace, which passes (tests/verify/proof/test_planting.py)."""
    every = steps(exhibit.case.arch, exhibit.case.upstream is not None)
    same = exhibit.unchanged | {"images", "labels", "upstream"}
    given = {f"given.{name}" for name in exhibit.case.parameters}
    return frozenset(s.tensor for s in every if not {s.tensor, *s.inputs} <= same | given)


def said(findings: Sequence[Finding]) -> Said:
    """The first row that fails, the layers with an own error, and all causes."""
    failed = [f for f in findings if f.failed]
    if not failed:
        return ACCEPTED
    guilty = tuple(dict.fromkeys(f.step.layer for f in failed if f.guilty))
    causes = tuple({name for f in failed if f.cause for name in f.cause.names})
    return Said(failed[0].step.tensor, guilty, causes)
