"""What a hypothesis is: a named mistake and the tensor it would have produced."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from verify.expected.step import Step
from verify.judge.findings import Cause
from verify.judge.judge import Judge
from verify.mistakes.situation import Situation
from verify.tolerance.bound import UNIT_ROUNDOFF, gamma

Candidate = tuple[Cause, Callable[[], Tensor]]
Hypothesis = Callable[["Evidence"], Iterator[Candidate]]


EXPLAINED = 0.01
"""Part of the subject that a hypothesis may leave, and of an error where only the tensor's largest
bound applies."""


class Evidence(Situation):
    """What is known about one failing tensor.

    rule: the bound with its magnitudes; inherited: it differs from a free run, its own error is
    not known.
    """

    def __init__(self, judge: Judge, step: Step, inherited: bool = False) -> None:
        self.judge, self.step, self.inherited = judge, step, inherited
        self.spec, self.shapes, self.reg = step.spec, judge.shapes, judge.own.reg
        self.subject = judge.subject[step.tensor].to(torch.float64)
        self.oracle = self.right(step.tensor)
        self.rule = judge.own_rule(step)
        self.bound = self.rule.value(judge.case.dtype)
        self.batch, self.dtype = judge.case.batch, judge.case.dtype

    @property
    def labels(self) -> Tensor:
        """(N,) classes."""
        return self.judge.own.labels

    def value(self, name: str) -> Tensor:
        """A tensor as the subject has it, or as it follows from what the subject has."""
        return self.judge.own.value(name).to(torch.float64)

    def right(self, name: str) -> Tensor:
        """The oracle's result from the subject's own inputs."""
        return self.judge.own.computed(name).to(torch.float64)

    def has(self, name: str) -> bool:
        """The subject has this tensor itself."""
        return name in self.judge.subject

    def fits(self, candidate: Tensor) -> bool:
        """Rounding explains what is left between the subject and the candidate.

        The candidate is evaluated here in float64 from the subject's own inputs; it may round
        as often as the oracle did, on magnitudes in proportion to its own size.  A mistake that
        moves or adds terms rounds elsewhere than the oracle does: there the largest bound of the
        tensor stands in, but the candidate must then explain all but EXPLAINED of every error.

        Whatever the bound, the candidate must be the subject but for EXPLAINED of its size: a
        subject far smaller than the oracle lies within the oracle's bound of too many things.
        """
        if candidate.shape != self.subject.shape:
            return False
        scale = self._proportion(candidate)
        left = (self.subject - candidate.to(torch.float64)).abs()
        if float(left.norm()) > EXPLAINED * float(self.subject.norm()):
            return False
        slack = gamma(8, UNIT_ROUNDOFF[self.dtype]) * candidate.abs()
        near = left <= self.bound * scale + slack
        error = (self.subject - self.oracle).abs()
        anywhere = (left <= self.bound.max() * scale + slack) & (
            (error <= self.bound) | (left <= EXPLAINED * error)
        )
        return bool((near | anywhere).all())

    def _proportion(self, candidate: Tensor) -> float:
        """Largest candidate over largest oracle: a result c times larger rounds c times more."""
        ours = float(self.oracle.abs().max())
        theirs = float(candidate.abs().max())
        return max(1.0, theirs / ours) if ours > 0 else 1.0


class WithoutDecay(Evidence):
    """A weight gradient with the regulariser's part taken from both sides: a mistake in a^T dz is
    no longer one factor, or one permutation, of the sum."""

    def __init__(self, judge: Judge, step: Step, inherited: bool = False) -> None:
        super().__init__(judge, step, inherited)
        decay = judge.own.reg * self["W"]
        self.subject, self.oracle = self.subject - decay, self.oracle - decay
