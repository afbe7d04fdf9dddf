"""Verdicts that rest on verdicts: no value of a subject is a reference before it was judged.

A layer that is right on what it was fed shows its own formula right, and its output only if what
it was fed was right.  Both directions are theorems (docs/tolerance.md, 6.3):

* proved: every tensor back to what both sides were given is within its own bound.  Then the whole
  is within the propagated bound, wherever rounding turned a maximum or a mask, and a free run that
  took other turns shows nothing.
* grounded: every tensor it was computed from was verified, by own error or in a free run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from verify.expected.step import HANDED_ON, Step
from verify.judge.findings import Finding, Judgement
from verify.judge.reasons import HadItFirst
from verify.judge.verdict import Verdict

__all__ = ["Ground", "acquitted"]


class Ground:
    """Settles findings in order of computation.

    Args:
        steps: by tensor.
        supplied: the tensors that the subject handed over.
    """

    def __init__(self, steps: Mapping[str, Step], supplied: Collection[str]) -> None:
        self._steps, self._supplied = steps, supplied
        self._proved: set[str] = set()
        self._sound: set[str] = set()
        self._wrong: set[str] = set()

    def settled(self, finding: Finding) -> Finding:
        """A finding as the findings before it let it stand."""
        fed = self.fed(finding.step)
        finding = self._not_handed_on(finding)
        tensor = finding.step.tensor
        if finding.own.verdict is Verdict.PASS:
            if all(name in self._proved for name in fed):
                self._proved.add(tensor)
                finding = acquitted(finding)
            doubtful = tuple(name for name in fed if name not in self._sound)
            finding = replace(finding, rests_on=doubtful) if doubtful else finding
        if finding.verdict is Verdict.PASS:
            self._sound.add(tensor)
        if finding.guilty:
            self._wrong.add(tensor)
        return finding

    def _not_handed_on(self, finding: Finding) -> Finding:
        """A tensor that is right in the run, though it is not the wrong one it should be a copy of:
        whoever handed in the wrong one did not use it, and no layer after it is to blame."""
        apart = finding.step.op in HANDED_ON and finding.own.verdict is Verdict.FAIL
        wrong = tuple(name for name in finding.step.inputs if name in self._wrong)
        if not (apart and wrong and finding.inherited.verdict is Verdict.PASS):
            return finding
        return replace(finding, own=Judgement(Verdict.ABSENT, reason=HadItFirst(wrong)))

    def fed(self, step: Step) -> list[str]:
        """The nearest supplied tensors that a step's result follows from."""
        found, wanted = [], [name for name in step.inputs if name in self._steps]
        while wanted:
            name = wanted.pop()
            if name in self._supplied:
                found.append(name)
            else:
                wanted += [n for n in self._steps[name].inputs if n in self._steps]
        return found


def acquitted(finding: Finding) -> Finding:
    """What a free run cannot show against a tensor that is proved right."""
    if finding.inherited.verdict not in (Verdict.FAIL, Verdict.MISTRUSTED, Verdict.UNVERIFIED):
        return finding
    inherited = replace(finding.inherited, verdict=Verdict.PASS, reason=None, proved=True)
    return replace(finding, inherited=inherited)
