"""What a hypothesis is: a named mistake and the tensor it would have produced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from verify.expected.step import Step
from verify.judge.findings import Cause
from verify.judge.judge import Judge
from verify.mistakes.situation import Situation
from verify.tolerance.bound import UNIT_ROUNDOFF, gamma


class Candidate(NamedTuple):
    """A hypothesis.  formula: the tensor that it predicts; None where it was settled by a test of
    its own; fitted: how many numbers of it were read off the subject; factor: of the right result,
    where it is that and no more: what is made smaller rounds less."""

    cause: Cause
    formula: Callable[[], Tensor] | None = None
    fitted: int = 0
    factor: Tensor | float = 1.0


Hypothesis = Callable[["Evidence"], Iterator[Candidate]]


EXPLAINED = 0.01
"""Part of the subject that a hypothesis may leave, and of an error where only the tensor's largest
bound applies."""

SHARP = 1 / 4
"""What a candidate may leave is at most this part of its distance from the right result, in every
element that speaks for it; elements that do not hold at most this part of the whole error."""


class Evidence(Situation):
    """What is known about one failing tensor.

    rule: the bound with its magnitudes; inherited: it differs from a free run, its own error is
    not known.
    """

    def __init__(self, judge: Judge, step: Step, inherited: bool = False) -> None:
        self.judge, self.step, self.inherited = judge, step, inherited
        self.spec, self.shapes, self.reg = step.spec, judge.shapes, judge.own.reg
        self.steps = judge.own.steps
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

    def fits(self, candidate: Tensor, fitted: int = 0, factor: Tensor | float = 1.0) -> bool:
        """Rounding explains what is left between the subject and the candidate, and these numbers
        could have shown that it does not."""
        near = self.near(candidate, factor)
        return near and self._refutable(candidate.to(torch.float64), fitted)

    def near(self, candidate: Tensor, factor: Tensor | float = 1.0) -> bool:
        """Rounding explains what is left between the subject and the candidate.

        Whatever the bound, the candidate must be the subject but for EXPLAINED of its size: a
        subject far smaller than the oracle lies within the oracle's bound of too many things.
        """
        if candidate.shape != self.subject.shape:
            return False
        candidate = candidate.to(torch.float64)
        left = (self.subject - candidate).abs()
        if float(left.norm()) > EXPLAINED * float(self.subject.norm()):
            return False
        return bool((left <= self._allowed(candidate, factor)).all())

    def _allowed(self, candidate: Tensor, factor: Tensor | float = 1.0) -> Tensor:
        """What rounding may leave of each element.

        The candidate is evaluated here in float64 from the subject's own inputs; it may round
        as often as the oracle did, on magnitudes in proportion to its own size.  A mistake that
        moves or adds terms rounds elsewhere than the oracle does: there the largest bound of the
        tensor stands in, but the candidate must then explain all but EXPLAINED of every error.
        """
        scale = self._proportion(candidate)
        slack = gamma(8, UNIT_ROUNDOFF[self.dtype]) * candidate.abs()
        bound = self.bound * torch.as_tensor(factor).abs().clamp(max=1.0)
        most = torch.where(self.error <= self.bound, torch.inf, EXPLAINED * self.error)
        anywhere = torch.minimum(bound.max() * scale + slack, most)
        return torch.fmax(bound * scale + slack, anywhere)

    def _refutable(self, candidate: Tensor, fitted: int) -> bool:
        """Elements that fail, more than were fitted, would have told the candidate from the right
        result, and hold the error: a wide bound refutes nothing, nor does a candidate that is the
        right result but for rounding explain anything."""
        wrong = ~(self.error <= self.bound)
        sharp = wrong & (self._allowed(candidate) <= SHARP * (candidate - self.oracle).abs())
        blunt = float(self.error[wrong & ~sharp].norm())
        return int(sharp.sum()) > fitted and blunt <= SHARP * float(self.error[wrong].norm())

    @property
    def error(self) -> Tensor:
        """|subject - oracle|."""
        return (self.subject - self.oracle).abs()

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
