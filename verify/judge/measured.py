"""Drift of a free run by measurement, for formats in which propagated bounds exceed the tensors.

A tensor is as uncertain as MULTIPLE times PyTorch's own distance from a more precise run, as the
rounding of its own step, and as the maxima and masks are that rounding may turn: those are
carried through every later tensor.  This is no theorem.  Before anybody is failed by it, PyTorch
itself, run again from inputs moved by one rounding, must stay within it on the case at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet_ref.specs.layer import activation_of
from verify.expected.step import Step, is_gradient
from verify.judge.inherited import Inherited, Propagated, Uncertainty, weakly
from verify.oracle.evaluation import Evaluation
from verify.tolerance.bound import UNIT_ROUNDOFF
from verify.tolerance.query import Query

MULTIPLE = 8
"""A subject may stand this many times as far from the truth as PyTorch does."""

GIVEN = ("images", "upstream")
Truth = Callable[[str], NDArray[Any]]


def handed_out(evaluation: Evaluation, name: str) -> bool:
    """Both sides were given these bits."""
    sources = evaluation.steps[name].inputs[:1]  # none, where a regulariser acts on no weights
    return any(source in GIVEN or source.startswith("given.") for source in sources)


class Turned(Inherited):
    """What maxima and masks that rounding may turn can do to each tensor, and nothing else.

    Args:
        near: uncertainty that decides which units may turn.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        near: Uncertainty,
        subject: Mapping[str, Tensor],
        dtype: str,
        sums: bool,
    ) -> None:
        self._near = near
        super().__init__(evaluation, subject, dtype, sums)

    def _ask(self, error: Uncertainty) -> Query:
        return Query(self._evaluation, error, self._subject, self._near, self._sums)

    def _for_sums(self) -> Inherited:
        return Turned(self._evaluation, self._near, self._subject, self._dtype, True)

    def _shared(self, name: str) -> bool:
        return handed_out(self._evaluation, name)

    def _error(self, step: Step) -> Tensor | None:
        return self.bound(step).propagated


class Measured(Inherited):
    """MULTIPLE times PyTorch's own distance from a more precise run, uniform over the tensor, and
    the rounding of the step itself: where PyTorch happens to be exact, as in 1 - tanh^2 of a
    saturated unit, nobody else need be.  A gradient that is only handed on is no less uncertain
    than where it was made.  On the way forward the propagated bound holds as well, element by
    element: the background of an image is certain to the bit.

    Args:
        true: a tensor of the more precise run by name.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        true: Truth,
        subject: Mapping[str, Tensor],
        dtype: str,
        sums: bool = False,
    ) -> None:
        super().__init__(evaluation, subject, dtype, sums)
        self._true = true
        shared = [n for n in evaluation.steps if handed_out(evaluation, n)]
        self._propagated = Propagated(evaluation, shared, subject, dtype)
        self._turned = Turned(evaluation, weakly(self), subject, dtype, sums)

    def _for_sums(self) -> Inherited:
        return Measured(self._evaluation, self._true, self._subject, self._dtype, True)

    def _shared(self, name: str) -> bool:
        return handed_out(self._evaluation, name)

    def _error(self, step: Step) -> Tensor | None:
        if is_gradient(step.symbol):
            return self._distance(step)
        most = self._propagated(step.tensor)
        return None if most is None else torch.minimum(self._distance(step), most)

    def _distance(self, step: Step) -> Tensor:
        near = self._evaluation.value(step.tensor).numpy()
        true = self._true(step.tensor)
        distance = MULTIPLE * float(np.abs(near - true).max())
        floor = UNIT_ROUNDOFF[self._dtype] * float(np.abs(true).max())
        uniform = torch.full(near.shape, max(distance, floor), dtype=torch.float64)
        bound, turned = self.bound(step), self._turned(step.tensor)
        if turned is not None:
            uniform += turned
        if handed_on(step) and bound.propagated is not None:
            return torch.maximum(uniform, bound.propagated)
        return uniform + bound.rounding(self._dtype)


def numbers(run: Evaluation) -> Truth:
    """A run's tensors as arrays."""
    return lambda name: run.value(name).numpy()


def certain(evaluation: Evaluation, dtype: str) -> bool:
    """No right forward pass of the layers rounds at all: all have the same bits, and ties."""
    steps = evaluation.steps.values()
    shared = [step.tensor for step in steps if handed_out(evaluation, step.tensor)]
    propagated = Propagated(evaluation, shared, {}, dtype)
    made = [step.tensor for step in steps if not is_gradient(step.symbol) and step.layer != "loss"]
    return all(propagated(name) is None for name in made)


def handed_on(step: Step) -> bool:
    """A gradient that is another one's copy: dy, or dz of a layer without an activation."""
    identity = activation_of(step.spec) == "identity"
    return step.symbol == "dy" or (step.symbol == "dz" and (identity or step.op == "link"))


def moved_by_one_rounding(tensor: Tensor, seed: int) -> Tensor:
    """Each number moved to a neighbour or left, at random; zeros stay."""
    rng = torch.Generator().manual_seed(seed)
    sign = torch.randint(-1, 2, tensor.shape, generator=rng).to(tensor.dtype)
    return torch.where(tensor == 0, tensor, torch.nextafter(tensor, tensor + sign * tensor.abs()))
