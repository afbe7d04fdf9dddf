"""One cause of one tensor in all cases: what another batch refutes is not said.

With three patterns N/2 is 3/2, and may be 1/S or any other constant; with five it is one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from verify.cases.case import Case
from verify.judge.conclude.conclusions import Findings
from verify.judge.findings import Cause, Finding
from verify.mistakes.scale import OR

__all__ = ["SAME", "agreed"]
SAME = 1e-6
"""Part of a factor by which two measurements of one factor may differ."""


def agreed(findings: Findings) -> list[tuple[Case, list[Finding]]]:
    """Findings whose causes that are factors are those of all cases of their tensor; one or two
    patterns are not asked where there are more, for their N is any other factor."""
    causes: dict[str, list[Cause]] = {}
    telling = any(case.batch > 2 for case, _ in findings)
    for finding in (f for case, each in findings if case.batch > 2 or not telling for f in each):
        if finding.cause is not None and finding.cause.factor is not None:
            causes.setdefault(finding.step.tensor, []).append(finding.cause)
    return [
        (case, [_told(f, causes.get(f.step.tensor, ())) for f in each]) for case, each in findings
    ]


def _told(finding: Finding, causes: Sequence[Cause]) -> Finding:
    said = finding.cause
    if said is None or said.factor is None or not causes:
        return finding
    common = frozenset.intersection(*(cause.names for cause in causes))
    if said.names == common:
        return finding
    if common:
        return replace(finding, cause=_of(finding, said, common) or _fewest(causes))
    return replace(finding, cause=_of_one_factor(said.factor, causes))


def _of(finding: Finding, said: Cause, names: frozenset[str]) -> Cause | None:
    """What of a cause has one of these names, with the numbers of its own case; None if that cannot
    be told."""
    parts = said.text.split(OR)
    if len(parts) != len(said.options) or not names & {*said.options}:
        return None
    start = f"{finding.step.tensor} equals the reference x "
    kept = {name: part.removeprefix(start) for name, part in zip(said.options, parts, strict=True)
            if name in names}  # fmt: skip
    first = next(iter(kept))
    lead = "" if first == said.options[0] and not parts[0].startswith(start) else start
    return replace(said, name=first, text=lead + OR.join(kept.values()),
                   options=tuple(kept) if len(kept) > 1 else ())  # fmt: skip


def _fewest(causes: Iterable[Cause]) -> Cause | None:
    """That of the case that tells most apart."""
    return min(causes, key=lambda cause: len(cause.names), default=None)


def _of_one_factor(factor: float, causes: Sequence[Cause]) -> Cause | None:
    """No name fits all cases: one that does not depend on the case, if the factor does not."""
    constant = all(abs(c.factor - factor) <= SAME * abs(factor) for c in causes if c.factor)
    return _fewest(c for c in causes if "constant-factor" in c.names) if constant else None
