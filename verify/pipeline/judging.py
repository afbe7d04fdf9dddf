"""The one place where a trace is judged: a case and a trace in, findings with causes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.errors import LayerError
from verify.cases.case import Case
from verify.exchange.conventions import as_trace
from verify.exchange.layout import PLAIN, Layout
from verify.expected.steps import steps
from verify.judge.findings import Finding, Judgement
from verify.judge.judge import Judge
from verify.judge.reasons import NotReached, Raised, Required
from verify.judge.trace import Subject
from verify.judge.verdict import Verdict
from verify.mistakes.diagnosis import explain
from verify.oracle.plain import plain

__all__ = ["BLAME", "GAPS", "OWN", "REQUIRE", "WHOLE", "Terms", "judge_dump", "judge_subject",
           "judged", "raised", "wanted"]  # fmt: skip
REQUIRE = {"nothing": (), "forward": ("y", "data"), "gradients": ("dW", "db"), "all": ()}
"""Symbols of what must not be absent: outputs of layers and the loss, gradients of parameters."""


@dataclass(frozen=True)
class Terms:
    """On which terms a trace is judged.

    truth, inherited, partial, only, blame, bounds: as in :class:`Judge`; causes: look for those;
    require: what must not be absent, one of REQUIRE; layout: what it excuses from that; samples:
    keep numbers of what does not pass, for pictures.
    """

    truth: bool = True
    inherited: bool = True
    partial: bool = False
    only: frozenset[str] | None = None
    blame: bool = False
    bounds: bool = False
    causes: bool = True
    require: str = "nothing"
    layout: Layout = PLAIN
    samples: bool = False


WHOLE = Terms()
OWN = Terms(truth=False, inherited=False)
"""Who is guilty in a complete trace, and of what: no more is needed to see a planted mistake."""
GAPS = Terms(truth=False, partial=True, causes=False)
"""Verdicts on what there is of a trace."""
BLAME = replace(GAPS, blame=True)
"""Who is accused of what there is."""


def judged(case: Case, trace: Mapping[str, NDArray[Any]], terms: Terms = WHOLE) -> list[Finding]:
    """One finding for every expected tensor, in order of computation."""
    with np.errstate(all="ignore"), plain():  # a subject's numbers may be any
        judge = Judge(case, trace, terms.truth, terms.partial, terms.samples)
        found = judge.findings(terms.inherited, terms.only, terms.blame, terms.bounds)
        if terms.causes:
            found = explain(judge, found)
    return [_required(finding, terms) for finding in found]


def judge_subject(case: Case, subject: Subject, terms: Terms = WHOLE) -> list[Finding]:
    """Findings of a subject on a case; an exception becomes findings too."""
    try:
        trace = subject(case.handed_out())
    except Exception as error:  # whatever a subject raises is a finding, not our failure
        return raised(case, error)
    return judged(case, trace, terms)


def raised(case: Case, error: Exception) -> list[Finding]:
    """The layer that raised is in error; the others were not reached.  Without a layer's name
    every tensor is in error."""
    layer = error.where.split()[0] if isinstance(error, LayerError) else ""
    failed = Judgement(Verdict.ERROR, reason=Raised(type(error).__name__, str(error)))
    unreached = Judgement(Verdict.MISTRUSTED, reason=NotReached(layer))
    expected = steps(case.arch, case.upstream is not None)
    own = [failed if layer in ("", step.layer) else unreached for step in expected]
    return [Finding(case, *each) for each in zip(expected, own, own, strict=True)]


def judge_dump(
    case: Case,
    arrays: Mapping[str, NDArray[Any]],
    layout: Layout | None,
    require: str = "nothing",
    causes: bool = True,
    samples: bool = False,
) -> list[Finding]:
    """Findings of what was supplied, whatever its conventions: own error where a layer's inputs
    were, inherited error otherwise; what is required and absent is missing."""
    terms = replace(GAPS, causes=causes, require=require, layout=layout or PLAIN,
                    samples=samples)  # fmt: skip
    return judged(*as_trace(case, arrays, terms.layout), terms)


def _required(finding: Finding, terms: Terms) -> Finding:
    """What is required was supplied, and verified; nobody is guilty of what was not shown."""
    step, verdict = finding.step, finding.verdict
    asked = wanted(step.symbol, terms.require) and not terms.layout.excused(step.tensor)
    if not asked or verdict not in (Verdict.ABSENT, Verdict.UNVERIFIED):
        return finding
    if verdict is Verdict.ABSENT:
        missing = Judgement(Verdict.MISSING, reason=Required(terms.require))
        return replace(finding, inherited=missing)
    reason = Required(terms.require, finding.reason)
    blunt = replace(finding.inherited, verdict=Verdict.MISTRUSTED, reason=reason)
    return replace(finding, inherited=blunt, rests_on=())


def wanted(symbol: str, require: str) -> bool:
    """A tensor with this symbol must not be absent."""
    return require == "all" or symbol in REQUIRE[require]
