"""Judge a trace: own and inherited error of every tensor the network must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import nan

import torch
from torch import Tensor

from verify.cases.case import Case
from verify.expected.shapes import shapes
from verify.expected.step import Shape, Step
from verify.expected.steps import steps
from verify.judge.compare import ALL_ZERO, Comparison, compare
from verify.judge.findings import Finding, Judgement, Verdict
from verify.judge.ground import Ground
from verify.judge.inherited import Inherited, Propagated
from verify.judge.measured import MULTIPLE, Measured, certain, moved_by_one_rounding
from verify.judge.received import affected
from verify.judge.trace import Trace, to_torch, unusable
from verify.judge.trust import doubts, inexact, may_be_zero
from verify.judge.verdict import judgement
from verify.judge.witness import Distances, Witness
from verify.oracle.evaluation import Evaluation
from verify.oracle.free_run import free_run
from verify.tolerance.bound import UNIT_ROUNDOFF, Bound
from verify.truth.run import TruthRun

TORCH = {"float32": torch.float32, "float64": torch.float64}

KINKED = ("activation.dz", "max_pool.argmax")
DRAWS = 3
"""Runs of PyTorch from inputs moved by one rounding that a measured bound must hold for."""


class Judge:
    """Everything needed to judge one trace of one case.

    Args:
        case: what the subject was given.
        trace: what it produced, by name.
        with_truth: evaluate every formula in higher precision too, the third oracle; a tensor
            that fails is always brought before it.
        partial: the trace may have gaps; what is absent is not judged, and own error is
            measured only where the layer's inputs were supplied.
    """

    def __init__(
        self, case: Case, trace: Trace, with_truth: bool = True, partial: bool = False
    ) -> None:
        self.case, self.trace, self.partial = case, trace, partial
        self.dtype = TORCH[case.dtype]
        self.steps = steps(case.arch, case.upstream is not None)
        self.shapes: dict[str, Shape] = shapes(case.arch, case.batch)
        self.unusable = {
            s.tensor: why
            for s in self.steps
            if (why := unusable(s, trace, self.shapes, case.dtype))
        }
        self.subject = {
            s.tensor: to_torch(trace[s.tensor]).reshape(self.shapes[s.tensor])
            for s in self.steps
            if s.tensor not in self.unusable
        }
        self.given = self._given(self.dtype)
        reg = 0.0 if case.arch.loss is None else case.arch.loss.reg
        self._arguments = (self.steps, self.shapes)
        self._reg = reg
        self.own = self._evaluation(self.given | self.subject, self.dtype)
        self.free = self._free(self.dtype)
        self.with_truth = with_truth
        self._witness = Witness(case, self.own)
        self._fallback: Measured | None = None
        self._draws: list[Evaluation] = []
        self._known = Propagated(self.own, self.own.base, {}, case.dtype)

    def _evaluation(self, base: Mapping[str, Tensor], dtype: torch.dtype) -> Evaluation:
        labels = None if self.case.labels is None else to_torch(self.case.labels).long()
        return Evaluation(self.steps, self.shapes, base, labels, dtype, self._reg)

    def _given(self, dtype: torch.dtype, moved: int = 0) -> dict[str, Tensor]:
        """What both sides are handed: images, parameters, the upstream gradient; moved: the seed
        of the roundings they are moved by."""
        found = {"images": to_torch(self.case.images).to(dtype)}
        for name, value in self.case.parameters.items():
            found[f"given.{name}"] = to_torch(value).to(dtype)
        if self.case.upstream is not None:
            found["upstream"] = to_torch(self.case.upstream).to(dtype)
        return {k: moved_by_one_rounding(v, moved) for k, v in found.items()} if moved else found

    def _free(
        self, dtype: torch.dtype, moved: int = 0, upstream: Tensor | None = None
    ) -> Evaluation:
        """The oracle's own run: autograd end to end, matrix forms from its steps.

        upstream: where the backward pass starts, if not where the case says.
        """
        given = self._given(dtype, moved)
        start = given.get("upstream") if upstream is None else upstream
        labels = None if self.case.labels is None else to_torch(self.case.labels).long()
        parameters = {k.removeprefix("given."): v for k, v in given.items() if "given." in k}
        tensors = free_run(self.case.arch, parameters, given["images"], labels, start)
        return self._evaluation(given | tensors, dtype)

    def findings(self, inherited: bool = True) -> list[Finding]:
        """One finding per expected tensor, in order of computation.

        Args:
            inherited: also compare with PyTorch's own run; half of the work, and nothing that
                own error does not find in a complete trace.
        """
        drift = self.inherited_errors() if inherited else None
        ground = Ground(self.own.steps, self.subject)
        return [ground.settled(self._finding(step, drift)) for step in self.steps]

    def _finding(self, step: Step, drift: Inherited | None) -> Finding:
        shape = self.shapes[step.tensor]
        if why := self.unusable.get(step.tensor):
            return self._incomparable(step, why)
        note = self._note(step)
        if self.partial and (unfed := self._unfed(step)):
            own = Judgement("absent", reason=f"not supplied: {', '.join(unfed)}")
            return Finding(self.case, step, own, self._inherited(step, drift), shape, note=note)
        oracle = self.own.computed(step.tensor)
        bound = self._known.bound(step)
        own = self._own(step, oracle, bound)
        known: Distances = (nan, nan)
        if self.with_truth or own.verdict == "fail":  # nobody is blamed on one oracle's word
            known, disputed = self._witness.distances(
                step, self.subject[step.tensor], oracle, bound
            )
            if disputed and own.verdict in ("pass", "fail", "unverified"):
                own = replace(own, verdict="disputed", reason=disputed)
        inherited = self._inherited(step, drift)
        return Finding(self.case, step, own, inherited, shape, *known, note=note)

    def _incomparable(self, step: Step, why: str) -> Finding:
        """Missing, or of another kind; who was handed another dtype is not guilty of it."""
        gap: Verdict = "absent" if self.partial else "missing"
        wrong = Judgement(gap if why == "missing" else "fail", reason=why)
        own = wrong
        if why.startswith("dtype "):
            handed = {*step.inputs, f"{step.layer}.x"} - {step.tensor}
            sources = sorted(n for n in handed if self.unusable.get(n, "").startswith("dtype "))
            if sources:
                own = Judgement("absent", reason=f"{', '.join(sources)} had it first")
        return Finding(self.case, step, own, wrong, self.shapes[step.tensor])

    def _note(self, step: Step) -> str:
        """That the shape was taken for another one."""
        theirs, ours = self.trace[step.tensor].shape, self.shapes[step.tensor]
        return "" if theirs == ours else f"shape {theirs} taken as {ours}"

    def _unfed(self, step: Step) -> list[str]:
        """Tensors of other layers that would have to be computed to judge this one alone."""
        wanted, unfed = [name for name in step.inputs if name in self.own.steps], []
        while wanted:
            name = wanted.pop()
            source = self.own.steps[name]
            if name in self.subject:
                continue
            if source.layer != step.layer:
                unfed.append(name)
            else:
                wanted += [n for n in source.inputs if n in self.own.steps]
        return unfed

    def _own(self, step: Step, oracle: Tensor, bound: Bound) -> Judgement:
        exact = self.case.tier == "exact"
        reason = self._inexact(step, bound, oracle) if exact else ""
        allowed = None if exact and not reason else bound
        comparison = self._compare(step, oracle, allowed)
        if comparison.failing and (told := affected(self.own, step)) is not None:
            comparison = self._compare(step, oracle, allowed, told)
        applicable = not reason or reason.startswith("not applicable")
        doubt = doubts(self.case, step, self.own)
        doubt = doubt or self._doubt(step, comparison)
        found = judgement(
            bound, comparison, "" if applicable else reason, doubt, exact and not reason
        )
        if found.verdict == "unverified" and not self.partial and not comparison.verified:
            return replace(found, verdict="mistrusted")  # not one element could have failed
        return self._in_gaps(found)

    def _in_gaps(self, found: Judgement) -> Judgement:
        """A doubt about the data of a row that agrees: a gradient of zeros, where the one image is
        classified for certain, proves nothing.  Who chose the case answers for that; somebody who
        handed in what it asks is not failed, nor acquitted."""
        agrees = found.comparison is not None and found.comparison.passed
        if self.partial and found.verdict == "mistrusted" and agrees:
            return replace(found, verdict="unverified")
        return found

    def _doubt(self, step: Step, comparison: Comparison) -> str:
        """Why the comparison could not have failed; zeros by design excuse zeros, no more."""
        by_design = comparison.why == ALL_ZERO and may_be_zero(self.case, step)
        return "" if by_design else comparison.why

    def _inexact(self, step: Step, bound: Bound, oracle: Tensor) -> str:
        inputs = [self.own.value(name) for name in step.inputs if name != "labels"]
        return inexact(step, bound, oracle, self.case.dtype, inputs)

    def own_rule(self, step: Step) -> Bound:
        """The bound of a tensor's own error."""
        return self._known.bound(step)

    def own_bound(self, step: Step) -> Tensor:
        """What rounding alone explains of a tensor's own error."""
        return self.own_rule(step).value(self.case.dtype)

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
            allowed = bound.value(self.case.dtype).numpy()
        if unsayable is not None:
            before = torch.zeros(()) if allowed is None else torch.from_numpy(allowed)
            allowed = torch.where(unsayable, nan, before.to(torch.float64)).numpy()
        subject, u = self.subject[step.tensor], UNIT_ROUNDOFF[self.case.dtype]
        return compare(subject.numpy(), reference.numpy(), allowed, u)

    def _inherited(self, step: Step, drift: Inherited | None) -> Judgement:
        if drift is None:
            return Judgement("absent", reason="not asked for")
        reference = self.free.value(step.tensor)
        bound = drift.bound(step)
        comparison = self._compare(step, reference, bound)
        measured = isinstance(drift, Measured)
        if comparison.blunt and not measured:
            again = self._measured().bound(step)
            if (sharper := self._compare(step, reference, again)).verified > comparison.verified:
                bound, comparison, measured = again, sharper, True
        found = judgement(bound, comparison, "", self._doubt(step, comparison), False)
        found = self._in_gaps(found)
        if found.verdict == "fail" and measured and self._excused(step, bound, comparison.error):
            why = "its bound does not hold here for PyTorch itself, from inputs one rounding off"
            found = replace(found, verdict="unverified", reason=why)
        return replace(found, flips=self._flips(step)) if step.op in KINKED else found

    def _excused(self, step: Step, bound: Bound, error: float) -> bool:
        """A measured bound is none for PyTorch itself on inputs that were moved by one rounding,
        and the subject is no farther off than that makes it: a NaN is."""
        allowed = torch.zeros(()) if bound.is_zero else bound.value(self.case.dtype)
        reference = self.free.value(step.tensor)
        errors = [(draw.value(step.tensor) - reference).abs() for draw in self._moved()]
        if all(bool((theirs <= allowed).all()) for theirs in errors):
            return False
        return error <= MULTIPLE * max(float(theirs.max()) for theirs in errors)

    def _moved(self) -> list[Evaluation]:
        """PyTorch again: from moved inputs; where every right program's forward pass has the same
        bits, ties among them, from a moved start of the backward pass alone."""
        if not self._draws:
            again = self._backwards if certain(self.free, self.case.dtype) else self._free
            self._draws = [again(self.dtype, seed) for seed in range(1, DRAWS + 1)]
        return self._draws

    def _backwards(self, dtype: torch.dtype, moved: int) -> Evaluation:
        start = "loss.dx" if self.case.upstream is None else "upstream"
        return self._free(dtype, 0, moved_by_one_rounding(self.free.value(start), moved))

    def _flips(self, step: Step) -> int:
        """Units whose ReLU mask or argmax differs between the subject and the free run."""
        if step.op == "max_pool.argmax":
            theirs, ours = self.subject[step.tensor], self.free.value(step.tensor)
        elif getattr(step.spec, "activation", "") == "relu" and step.inputs[1] in self.subject:
            name = step.inputs[1]
            theirs, ours = self.subject[name] > 0, self.free.value(name) > 0
        else:
            return 0
        return int((theirs != ours).sum())

    def inherited_errors(self) -> Inherited:
        """Uncertainty of each tensor of a free run: propagated in float64, measured in float32."""
        if self.case.dtype != "float64":
            more_precise = self._free(torch.float64)
            return Measured(
                self.free,
                lambda name: more_precise.value(name).numpy(),
                self.subject,
                self.case.dtype,
            )
        return Propagated(self.free, self.given, self.subject, self.case.dtype)

    def _measured(self) -> Measured:
        """For float64 tensors whose propagated bound says nothing: measured against truth."""
        if self._fallback is None:
            true = TruthRun(self.case, self.steps, self.shapes).value
            self._fallback = Measured(self.free, true, self.subject, self.case.dtype)
        return self._fallback


def judge(case: Case, trace: Trace, with_truth: bool = True) -> list[Finding]:
    """All findings of a case; see :class:`Judge`."""
    return Judge(case, trace, with_truth).findings()
