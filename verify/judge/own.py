"""Own errors: each tensor against the oracle's layer, fed the subject's own inputs."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from verify.cases.case import Case
from verify.expected.step import Step
from verify.judge.compare import Comparison, compare
from verify.judge.findings import Finding, Judgement
from verify.judge.inherited import Propagated
from verify.judge.reasons import HadItFirst, OtherDtype, Plain, Reason, Unfed
from verify.judge.received import affected
from verify.judge.rule import incomparable, judgement
from verify.judge.runs import TORCH, Runs, unfed
from verify.judge.samples import illustrated
from verify.judge.signs import sharper
from verify.judge.trace import Converted, Trace, shared, to_torch, unusable
from verify.judge.trust import doubts, inexact, may_be_zero
from verify.judge.used import used
from verify.judge.verdict import Verdict
from verify.judge.witness import Distances, Witness
from verify.tolerance.bound import UNIT_ROUNDOFF, Bound

__all__ = ["UNASKED", "Own"]
UNASKED = Judgement(Verdict.ABSENT, reason=Plain.NOT_ASKED_FOR)


class Own:
    """What is needed to judge each tensor of one trace of one case alone.

    Args:
        case, trace: what the subject was given, and what it produced, by name.
        with_truth: evaluate every formula in higher precision too, the third oracle; a tensor
            that fails is always brought before it.
        partial: the trace may have gaps; what is absent is not judged, and own error is
            measured only where the layer's inputs were supplied; samples: keep numbers of failures.
    """

    def __init__(
        self, case: Case, trace: Trace, with_truth: bool = True, partial: bool = False,
        samples: bool = False,
    ) -> None:  # fmt: skip
        self.case, self.trace, self.partial, self.with_truth = case, trace, partial, with_truth
        self._samples, self._format = samples, case.dtype  # once: its name takes long to make
        self.dtype = TORCH[self._format]
        self._runs = Runs(case)
        self.steps, self.shapes = self._runs.steps, self._runs.shapes
        self.unusable = {
            s.tensor: why
            for s in self.steps
            if (why := unusable(s, trace, self.shapes, self._format))
        }
        read = {name for s in self.steps for name in s.inputs}
        self.subject = {
            s.tensor: (to_torch if s.tensor in read else shared)(trace[s.tensor]).reshape(
                self.shapes[s.tensor]
            )
            for s in self.steps
            if s.tensor not in self.unusable
        }
        self.given = self._runs.given(self.dtype)
        self.own = self._runs.on(
            self.given | used(self._runs, self.given, self.subject), self.dtype
        )
        self._witness = Witness(case, self.own)
        blur = trace.blur if isinstance(trace, Converted) else {}
        self._elsewhere = trace.elsewhere if isinstance(trace, Converted) else {}
        self._blur = {k: to_torch(v).reshape(self.shapes[k]) for k, v in blur.items()}
        self.blurred = bool(self._blur)
        self._known = Propagated(self.own, self.own.base, {}, self._format, blur=self._blur)

    def alone(self, step: Step) -> Finding:
        """The own error of a step; of the inherited one nothing yet."""
        if why := self.unusable.get(step.tensor):
            own, wrong = incomparable(step, why, self.partial, self.unusable)
            return Finding(self.case, step, own, wrong, self.shapes[step.tensor])
        theirs, shape = self.trace[step.tensor].shape, self.shapes[step.tensor]
        taken = None if theirs == shape else theirs
        if (reason := self._unfed(step)) is not None:
            own = Judgement(Verdict.ABSENT, reason=reason)
            return Finding(self.case, step, own, UNASKED, shape, taken=taken)
        oracle = self.own.computed(step.tensor)
        bound = self.own_rule(step)
        own = self._own(step, oracle, bound)
        known: Distances = (nan, nan)
        if self.with_truth or own.verdict is Verdict.FAIL:  # none is blamed on one oracle's word
            known, own = self._witnessed(step, oracle, bound, own)
        if own.verdict is Verdict.PASS and step.tensor in self.own.base:  # no cause is looked for
            self.own.forget(step.tensor)
            self._known.forget(step.tensor)
        return Finding(self.case, step, own, UNASKED, shape, *known, taken=taken)

    def _unfed(self, step: Step) -> Reason | None:
        """Why a layer cannot be judged alone: what it was handed is not there, or of another dtype;
        positions of maxima have a dtype of their own, and come all the same."""
        other = any(isinstance(why, OtherDtype) for why in self.unusable.values())
        lacking = unfed(step, self.own.steps, self.subject) if self.partial or other else ()
        if not lacking:
            return None
        return Unfed(lacking) if self.partial else HadItFirst(lacking)

    def _witnessed(
        self, step: Step, oracle: Tensor, bound: Bound, own: Judgement
    ) -> tuple[Distances, Judgement]:
        """Distances of both sides from the truth, and the judgement, or that it is disputed."""
        subject = self.subject[step.tensor]
        known, disputed = self._witness.distances(step, subject, oracle, bound)
        if disputed and own.verdict in (Verdict.PASS, Verdict.FAIL, Verdict.UNVERIFIED):
            own = replace(own, verdict=Verdict.DISPUTED, reason=disputed)
        return known, own

    def _own(self, step: Step, oracle: Tensor, bound: Bound) -> Judgement:
        exact = self.case.tier == "exact"
        reason = self._inexact(step, bound, oracle) if exact else None
        allowed = None if exact and not reason else bound
        comparison = self._compare(step, oracle, allowed)
        if comparison.failing and (told := affected(self.own, step)) is not None:
            comparison = self._compare(step, oracle, allowed, told)
        unfit = None if reason is None or reason.inapplicable else reason
        doubt = doubts(self.case, step, self.own)
        doubt = doubt or self._doubt(step, comparison)
        found = judgement(bound, comparison, unfit, doubt, exact and not reason)
        found = self._sharper(step, bound, found)
        unverified = found.verdict is Verdict.UNVERIFIED
        seen = found.comparison is not None and found.comparison.verified
        if unverified and not self.partial and not seen:
            return replace(found, verdict=Verdict.MISTRUSTED)  # no element could have failed
        return self._in_gaps(found)

    def _sharper(self, step: Step, bound: Bound, found: Judgement) -> Judgement:
        """Sums of both signs, of which the first bound said little."""

        def compared(true: Tensor, allowed: Tensor) -> Comparison:
            return self._within(step, true, allowed.numpy())

        return sharper(step, bound, found, self._witness, self._format, compared)

    def _in_gaps(self, found: Judgement) -> Judgement:
        """A doubt about the data of a row that agrees: a gradient of zeros, where the one image is
        classified for certain, proves nothing.  Who chose the case answers for that; somebody who
        handed in what it asks is not failed, nor acquitted."""
        agrees = found.comparison is not None and found.comparison.passed
        if self.partial and found.verdict is Verdict.MISTRUSTED and agrees:
            return replace(found, verdict=Verdict.UNVERIFIED)
        return found

    def _doubt(self, step: Step, comparison: Comparison) -> Reason | None:
        """Why the comparison could not have failed; zeros by design excuse zeros, no more."""
        by_design = comparison.why is Plain.REFERENCE_ZERO and may_be_zero(self.case, step)
        return None if by_design else comparison.why

    def _inexact(self, step: Step, bound: Bound, oracle: Tensor) -> Plain | None:
        inputs = [self.own.value(name) for name in step.inputs if name != "labels"]
        return inexact(step, bound, oracle, self._format, inputs)

    def own_rule(self, step: Step) -> Bound:
        """The bound of a tensor's own error."""
        return self._blurred(step, self._known.bound(step))

    def _blurred(self, step: Step, bound: Bound) -> Bound:
        """A bound that allows for what converting the subject's tensor may have lost."""
        blur = self._blur.get(step.tensor)
        if blur is None:
            return bound
        before = 0 if bound.propagated is None else bound.propagated
        return replace(bound, propagated=blur + before)

    def _compare(
        self,
        step: Step,
        reference: Tensor,
        bound: Bound | None,
        unsayable: Tensor | None = None,
    ) -> Comparison:
        """unsayable: elements that follow from numbers that are none, of which nothing is said."""
        allowed = None
        if bound is not None and not bound.is_zero:
            allowed = bound.value(self._format).numpy()
        if unsayable is not None:
            before = torch.zeros(()) if allowed is None else torch.from_numpy(allowed)
            allowed = torch.where(unsayable, nan, before.to(torch.float64)).numpy()
        return self._within(step, reference, allowed)

    def _within(
        self, step: Step, reference: Tensor, allowed: NDArray[np.float64] | None
    ) -> Comparison:
        """With a bound for each element."""
        subject, u = self.subject[step.tensor], UNIT_ROUNDOFF[self._format]
        found = compare(subject.numpy(), reference.numpy(), allowed, u)
        found = illustrated(found, subject, reference, allowed) if self._samples else found
        place = self._elsewhere.get(step.tensor) if found.elements else None
        return found if place is None else replace(found, elsewhere=place(found.index))
