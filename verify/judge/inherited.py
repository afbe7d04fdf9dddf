"""How far a tensor may drift in a free run: the uncertainty each step inherits.

float64: every step's bound from its inputs' bounds, back to what both sides were given.
float32, where that is many times too loose after seven layers, and wherever it says nothing: see
:mod:`verify.judge.measured`.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from torch import Tensor

from verify.expected.step import Step
from verify.judge.trust import coarse, inexact
from verify.oracle.evaluation import Evaluation
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

__all__ = ["SUMS", "Inherited", "Propagated", "Uncertainty", "weakly"]
SUMS = ("convolution.dW", "convolution.db")
"""Sums over places: where their inputs are equal, it does not matter to which a gradient goes."""


Uncertainty = Callable[[str], Tensor | None]


def weakly(owner: Inherited) -> Uncertainty:
    """An object's uncertainties for its own parts to ask: a cycle would keep every tensor of a run
    until the collector comes by."""
    proxy = weakref.proxy(owner)
    return lambda name: proxy(name)


class Inherited:
    """Bounds of a free run's steps, each evaluated once.

    Args:
        evaluation: supplies values.
        subject: the subject's tensors, to see which units flipped.
        dtype: of the case.
        sums: of sums over places alone (:class:`verify.tolerance.query.Query`).
    """

    def __init__(
        self,
        evaluation: Evaluation,
        subject: Mapping[str, Tensor],
        dtype: str,
        sums: bool = False,
    ) -> None:
        self._evaluation, self._subject, self._dtype = evaluation, subject, dtype
        self._sums = sums
        self._query = self._ask(weakly(self))
        self._bounds: dict[str, Bound] = {}
        self._errors: dict[str, Tensor | None] = {}
        self._of_sums: Inherited | None = None

    def _ask(self, error: Uncertainty) -> Query:
        return Query(self._evaluation, error, self._subject, sums=self._sums)

    @property
    def query(self) -> Query:
        """What the rules are asked on."""
        return self._query

    def bound(self, step: Step) -> Bound:
        """What rounding and the inputs' uncertainty allow in a step's tensor."""
        if step.tensor not in self._bounds:
            self._bounds[step.tensor] = self._bound(step)
        return self._bounds[step.tensor]

    def forget(self, name: str) -> None:
        """Keep no bound of a tensor that nobody is uncertain about because of it."""
        self._bounds.pop(name, None)

    def _bound(self, step: Step) -> Bound:
        if step.op in SUMS and not self._sums:
            self(f"{step.layer}.dz")  # this looks for maxima that may stand elsewhere
            if self._query.moved:
                return self._summed().bound(step)
        return RULES[step.op](self._query, step)

    def _summed(self) -> Inherited:
        if self._of_sums is None:
            self._of_sums = self._for_sums()
        return self._of_sums

    def _for_sums(self) -> Inherited:
        """The same, of sums over places."""
        raise NotImplementedError

    def __call__(self, name: str) -> Tensor | None:
        """Bound of the difference in a tensor, None where there can be none."""
        if name not in self._evaluation.steps or self._shared(name):
            return None
        if name not in self._errors:
            self._errors[name] = self._error(self._evaluation.steps[name])
        return self._errors[name]

    def _shared(self, name: str) -> bool:
        """Both sides hold the same bits."""
        raise NotImplementedError

    def _error(self, step: Step) -> Tensor | None:
        """Uncertainty of a tensor that both sides compute."""
        raise NotImplementedError


class Propagated(Inherited):
    """Each step's bound from its inputs' bounds, back to what both sides share.

    Args:
        shared: names that both sides were given, bit for bit; blur: how far some of them are from
            those bits none the less.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        shared: Collection[str],
        subject: Mapping[str, Tensor],
        dtype: str,
        sums: bool = False,
        blur: Mapping[str, Tensor] = MappingProxyType({}),
    ) -> None:
        super().__init__(evaluation, subject, dtype, sums)
        self._given, self._blur = shared, blur
        self._grid: dict[str, bool] = {}

    def _for_sums(self) -> Inherited:
        return Propagated(
            self._evaluation, self._given, self._subject, self._dtype, True, self._blur
        )

    def __call__(self, name: str) -> Tensor | None:
        return self._blur[name] if name in self._blur else super().__call__(name)

    def _shared(self, name: str) -> bool:
        return name in self._given

    def _bound(self, step: Step) -> Bound:
        bound = super()._bound(step)
        if bound.roundings and bound.propagated is None and self._exactly(step, bound):
            return Bound("exact", 0, bound.sizes)
        return bound

    def _exactly(self, step: Step, bound: Bound) -> bool:
        """No order of evaluation rounds: all sums are of numbers on a coarse grid."""
        names = [name for name in step.inputs if name != "labels"]
        if not all(map(self._coarse, names)):
            return False
        inputs = [self._evaluation.value(name) for name in names]
        result = self._evaluation.value(step.tensor)
        return not inexact(step, bound, result, self._dtype, inputs)

    def _coarse(self, name: str) -> bool:
        """A tensor stands on the grid; several steps ask."""
        if name not in self._grid:
            self._grid[name] = coarse(self._evaluation.value(name))
        return self._grid[name]

    def _error(self, step: Step) -> Tensor | None:
        bound = self.bound(step)
        return None if bound.is_zero else bound.value(self._dtype)
