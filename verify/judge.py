"""Judge a trace: own and inherited error of every tensor the network must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import nan
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from verify.cases import Case
from verify.compare import Comparison, compare
from verify.findings import Finding, Judgement
from verify.inherited import ErrorOf, Measured, Propagated
from verify.oracle.evaluation import Evaluation
from verify.oracle.free_run import free_run
from verify.shapes import Shape, shapes
from verify.steps import Step, steps
from verify.subjects import Trace
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES
from verify.trust import doubts, inexact, may_be_zero
from verify.truth.evaluate import precision, truth

TORCH = {"float32": torch.float32, "float64": torch.float64}

TRUTH_SLACK = 1 + 2.0**-10
"""Truth is itself rounded, with a unit roundoff at least 2^11 times smaller."""

KINKED = ("activation.dz", "max_pool.argmax")


class Judge:
    """Everything needed to judge one trace of one case.

    Args:
        case: what the subject was given.
        trace: what it produced, by name.
        with_truth: also evaluate every formula in higher precision, the third oracle.
    """

    def __init__(self, case: Case, trace: Trace, with_truth: bool = True) -> None:
        self.case, self.trace = case, trace
        self.dtype = TORCH[case.dtype]
        self.steps = steps(case.arch, case.upstream is not None)
        self.shapes: dict[str, Shape] = shapes(case.arch, case.batch)
        self.unusable = {s.tensor: why for s in self.steps if (why := self._unusable(s))}
        self.subject = {
            s.tensor: to_torch(trace[s.tensor]) for s in self.steps if s.tensor not in self.unusable
        }
        self.given = self._given(self.dtype)
        reg = 0.0 if case.arch.loss is None else case.arch.loss.reg
        self._arguments = (self.steps, self.shapes)
        self._reg = reg
        self.own = self._evaluation(self.given | self.subject, self.dtype)
        self.free = self._free(self.dtype)
        self.precision = precision(case) if with_truth else None
        self._precise_values: dict[str, NDArray[Any]] = {}
        known = Propagated(self.own, self.own.base, {}, case.dtype)
        self.own_query = Query(self.own, known, {})

    def _evaluation(self, base: Mapping[str, Tensor], dtype: torch.dtype) -> Evaluation:
        labels = None if self.case.labels is None else to_torch(self.case.labels).long()
        return Evaluation(self.steps, self.shapes, base, labels, dtype, self._reg)

    def _given(self, dtype: torch.dtype) -> dict[str, Tensor]:
        """What both sides are handed: images, parameters, the upstream gradient."""
        found = {"images": to_torch(self.case.images).to(dtype)}
        for name, value in self.case.parameters.items():
            found[f"given.{name}"] = to_torch(value).to(dtype)
        if self.case.upstream is not None:
            found["upstream"] = to_torch(self.case.upstream).to(dtype)
        return found

    def _free(self, dtype: torch.dtype) -> Evaluation:
        """The oracle's own run: autograd end to end, matrix forms from its steps."""
        given = self._given(dtype)
        labels = None if self.case.labels is None else to_torch(self.case.labels).long()
        parameters = {k.removeprefix("given."): v for k, v in given.items() if "given." in k}
        tensors = free_run(
            self.case.arch, parameters, given["images"], labels, given.get("upstream")
        )
        return self._evaluation(given | tensors, dtype)

    def _unusable(self, step: Step) -> str:
        """Why a tensor cannot be compared at all, or an empty string."""
        if step.tensor not in self.trace:
            return "missing"
        value = self.trace[step.tensor]
        if value.shape != self.shapes[step.tensor]:
            return f"shape {value.shape}, expected {self.shapes[step.tensor]}"
        if step.symbol == "argmax":
            return "" if np.issubdtype(value.dtype, np.integer) else f"dtype {value.dtype}"
        if value.dtype != self.case.dtype:
            return f"dtype {value.dtype}, expected {self.case.dtype}"
        return ""

    def findings(self) -> list[Finding]:
        """One finding per expected tensor, in order of computation, then the unexpected."""
        allowed = self.inherited_errors()
        query = Query(self.free, allowed, self.subject)
        return [self._finding(step, query) for step in self.steps]

    def extra(self) -> list[str]:
        """Names in the trace that the network does not have."""
        expected = {step.tensor for step in self.steps}
        return sorted(name for name in self.trace if name not in expected)

    def _finding(self, step: Step, query: Query) -> Finding:
        shape = self.shapes[step.tensor]
        if why := self.unusable.get(step.tensor):
            absent = Judgement("missing" if why == "missing" else "fail", reason=why)
            return Finding(self.case, step, absent, absent, shape)
        oracle = self.own.computed(step.tensor)
        bound = RULES[step.op](self.own_query, step)
        own = self._own(step, oracle, bound)
        distances, disputed = self._distances(step, oracle, bound)
        if own.verdict == "pass" and disputed:
            own = replace(own, verdict="disputed", reason=disputed)
        inherited = self._inherited(step, query)
        return Finding(self.case, step, own, inherited, shape, *distances)

    def _own(self, step: Step, oracle: Tensor, bound: Bound) -> Judgement:
        exact = self.case.tier == "exact"
        reason = inexact(step, bound, oracle, self.case.dtype) if exact else ""
        comparison = self._compare(step, oracle, None if exact and not reason else bound)
        applicable = not reason or reason.startswith("not applicable")
        doubt = doubts(self.case, step, self.own)
        if not comparison.usable and not may_be_zero(self.case, step):
            doubt = doubt or comparison.why
        return judgement(
            bound, comparison, "" if applicable else reason, doubt, exact and not reason
        )

    def _distances(
        self, step: Step, oracle: Tensor, bound: Bound
    ) -> tuple[tuple[float, float], str]:
        """Distance of subject and oracle from truth, and what is wrong if the oracle's is too
        large: then two of three methods disagree and neither may judge."""
        if self.precision is None:
            return (nan, nan), ""
        known = {name: self._precise(name) for name in step.inputs if name != "labels"}
        with np.errstate(all="ignore"):
            true = truth(self.case, step, known, self.shapes[step.tensor])
            subject = np.abs(self.subject[step.tensor].numpy() - true)
            other = np.abs(oracle.numpy() - true)
            allowed = bound.value(self.case.dtype, sides=1).numpy() * TRUTH_SLACK
        agreed = bool((other <= allowed).all()) or not np.isfinite(true).all()
        why = "" if agreed else f"PyTorch is {float(other.max()):.2g} from the truth: no verdict"
        return (float(subject.max()), float(other.max())), why

    def _precise(self, name: str) -> NDArray[Any]:
        if name not in self._precise_values:
            value = self.own.value(name).numpy()
            self._precise_values[name] = value.astype(self.precision)
        return self._precise_values[name]

    def own_bound(self, step: Step) -> Tensor:
        """What rounding alone explains of a tensor's own error."""
        return RULES[step.op](self.own_query, step).value(self.case.dtype)

    def _compare(self, step: Step, reference: Tensor, bound: Bound | None) -> Comparison:
        allowed = None
        if bound is not None and not bound.is_zero:
            allowed = bound.value(self.case.dtype).numpy()
        return compare(self.subject[step.tensor].numpy(), reference.numpy(), allowed)

    def _inherited(self, step: Step, query: Query) -> Judgement:
        reference = self.free.value(step.tensor)
        bound = RULES[step.op](query, step)
        comparison = self._compare(step, reference, bound)
        doubt = "" if may_be_zero(self.case, step) else comparison.why
        found = judgement(bound, comparison, "", doubt, False)
        return replace(found, flips=self._flips(step)) if step.op in KINKED else found

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

    def inherited_errors(self) -> ErrorOf:
        """Uncertainty of each tensor of a free run: propagated in float64, measured in float32."""
        if self.case.dtype == "float32":
            return Measured(self.free, self._free(torch.float64))
        return Propagated(self.free, self.given, self.subject, self.case.dtype)


def judgement(
    bound: Bound, comparison: Comparison, unfit: str, doubt: str, exact: bool
) -> Judgement:
    """The verdict of one comparison; a difference outweighs a doubt."""
    rule, terms = ("exact", "0") if exact else (bound.rule, bound.terms())
    if not comparison.passed and comparison.why != "the reference is not finite":
        return Judgement("fail", rule, terms, comparison, comparison.why or describe(comparison))
    if unfit or doubt:
        return Judgement("mistrusted", rule, terms, comparison, unfit or doubt)
    return Judgement("pass", rule, terms, comparison)


def describe(c: Comparison) -> str:
    """Where and by how much, in one line."""
    where = "[" + ", ".join(map(str, c.index)) + "]" if c.index else "value"
    if c.nan or c.inf:
        return f"{c.nan} NaN and {c.inf} Inf; at {where} got {c.subject!r}"
    return (
        f"at {where} got {c.subject!r}, expected {c.reference!r}, "
        f"off by {c.error:.2g}, allowed {c.bound:.2g} ({c.failing} elements)"
    )


def to_torch(array: NDArray[Any]) -> Tensor:
    """A private, aligned, contiguous copy: the oracle never touches the subject's memory."""
    native = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    return torch.tensor(native.reshape(array.shape))


def judge(case: Case, trace: Trace, with_truth: bool = True) -> list[Finding]:
    """All findings of a case; see :class:`Judge`."""
    return Judge(case, trace, with_truth).findings()
