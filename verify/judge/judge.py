"""Judge a trace: own and inherited error of every tensor the network must have."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache, cached_property

import torch

from verify.cases.case import Case
from verify.expected.step import HANDED_ON, Step
from verify.judge.findings import Finding, Judgement
from verify.judge.ground import Ground
from verify.judge.inherited import Inherited, Propagated
from verify.judge.measured import MULTIPLE, Measured, numbers
from verify.judge.own import UNASKED, Own
from verify.judge.reasons import Plain
from verify.judge.rule import judgement
from verify.judge.runs import flips
from verify.judge.theorem import follows, proves
from verify.judge.tied import Tied, tied
from verify.judge.trace import Trace
from verify.judge.verdict import Verdict
from verify.oracle.evaluation import Evaluation
from verify.tolerance.bound import Bound
from verify.truth.run import TruthRun

__all__ = ["KINKED", "Drift", "Judge", "drift"]
KINKED = ("activation.dz", "max_pool.argmax")
Drift = Callable[[], Inherited] | None
"""The uncertainties of a free run, for those who are compared with one."""


class Judge(Own):
    """Everything needed to judge one trace of one case; its arguments are those of Own."""

    @cached_property
    def _still(self) -> set[str]:
        """Tensors that did not drift at all."""
        return set()

    @cached_property
    def free(self) -> Evaluation:
        """PyTorch's own run."""
        return self._runs.free(self.dtype)

    def findings(
        self, inherited: bool = True, only: Collection[str] | None = None, blame: bool = False,
        bounds: bool = False,
    ) -> list[Finding]:  # fmt: skip
        """One finding per expected tensor, in order of computation.

        Args:
            inherited: also compare with PyTorch's own run; nothing that own error does not find in
                a complete trace.
            only: of these tensors.
            blame: no more than tells whom to blame: compare with that run where the own error
                does not say.
            bounds: of every inherited error, even where own errors prove that it is within.
        """
        found = [self.alone(step) for step in self.steps if only is None or step.tensor in only]
        drift = cache(self.inherited_errors) if inherited else None
        ground = Ground(self.own.steps, self.subject)
        numbers = inherited and only is None and not (blame or bounds)
        proved = proves(self, found, ground) if numbers else frozenset[str]()
        return [ground.settled(self._drifted(each, drift, blame, proved)) for each in found]

    def _drifted(
        self, found: Finding, drift: Drift, blame: bool, proved: frozenset[str]
    ) -> Finding:
        """A finding with its inherited error, where that is asked for."""
        step, own = found.step, found.own.verdict
        if step.tensor in self.unusable:
            return found
        theirs, known = self.subject[step.tensor], step.tensor in proved
        proof = follows(found, theirs, self.free, self._still) if known else None
        if proof is not None:
            turned = self._turned(step, proof)
            self.free.forget(step.tensor)
            return replace(found, inherited=turned)
        silent = own is Verdict.FAIL and step.op in HANDED_ON  # see Ground
        told = blame and own is not Verdict.ABSENT and not silent
        return replace(found, inherited=self._inherited(step, None if told else drift))

    def _inherited(self, step: Step, asked: Drift) -> Judgement:
        if asked is None:
            return UNASKED
        drift, reference = asked(), self.free.value(step.tensor)
        bound = self._blurred(step, drift.bound(step))
        comparison = self._compare(step, reference, bound)
        measured = isinstance(drift, Measured)
        if comparison.blunt and self._tied:
            alike = self._blurred(step, self._tied.bounds.bound(step))
            kept = self._compare(step, self._tied.run.value(step.tensor), alike)
            if kept.passed and kept.verified > comparison.verified:
                bound, comparison = alike, kept
        if comparison.blunt and not measured:
            again = self._blurred(step, self._measured.bound(step))
            if (sharper := self._compare(step, reference, again)).verified > comparison.verified:
                bound, comparison, measured = again, sharper, True
        doubt = self._doubt(step, comparison)
        found = self._in_gaps(judgement(bound, comparison, None, doubt, False))
        failed = found.verdict is Verdict.FAIL
        if failed and measured and self._excused(step, bound, comparison.error):
            found = replace(found, verdict=Verdict.UNVERIFIED, reason=Plain.BOUND_DOES_NOT_HOLD)
        return self._turned(step, found)

    def _turned(self, step: Step, found: Judgement) -> Judgement:
        """With the masks and maxima that rounding turned."""
        turned = flips(step, self.subject, self.free) if step.op in KINKED else 0
        return replace(found, flips=turned) if turned else found

    def _excused(self, step: Step, bound: Bound, error: float) -> bool:
        """A measured bound is none for PyTorch itself on inputs that were moved by one rounding,
        and the subject is no farther off than that makes it: a NaN is."""
        allowed = torch.zeros(()) if bound.is_zero else bound.value(self._format)
        name, draws = step.tensor, self._runs.moved(self.free)
        errors = [(draw.value(name) - self.free.value(name)).abs() for draw in draws]
        if all(bool((theirs <= allowed).all()) for theirs in errors):
            return False
        return error <= MULTIPLE * max(float(theirs.max()) for theirs in errors)

    def inherited_errors(self) -> Inherited:
        """Uncertainty of each tensor of a free run: propagated in float64, measured in float32."""
        if self._format == "float64":
            return Propagated(self.free, self.given, self.subject, self._format)
        precise = self._runs.free(torch.float64)
        return Measured(self.free, numbers(precise), self.subject, self._format)

    @cached_property
    def _measured(self) -> Measured:
        """For float64 tensors whose propagated bound says nothing: measured against truth."""
        true = TruthRun(self.case, [*self.own.steps.values()], self.shapes).value
        return Measured(self.free, true, self.subject, self._format)

    @cached_property
    def _tied(self) -> Tied | None:
        """For tensors of which nothing can be said as long as ties may be broken by rounding."""
        return tied(self.case, self._runs, self.subject)


def drift(case: Case, trace: Trace) -> Inherited:
    """How far a right run that goes on from these tensors may be from the oracle's own."""
    return Judge(case, trace).inherited_errors()
