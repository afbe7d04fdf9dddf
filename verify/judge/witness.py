"""The third oracle's word on a row: how far each side is from the truth, and who is believed."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from verify.cases.case import Case
from verify.expected.step import Step
from verify.judge.reasons import Disputed
from verify.oracle.evaluation import Evaluation
from verify.tolerance.bound import Bound
from verify.truth.evaluate import precision, truth

TRUTH_SLACK = 1 + 2.0**-10
"""Truth is itself rounded, with a unit roundoff at least 2^11 times smaller."""

Distances: TypeAlias = tuple[float, float]


class Witness:
    """Evaluates steps of a case in higher precision, from the inputs both sides were fed.

    Args:
        evaluation: supplies those inputs.
    """

    def __init__(self, case: Case, evaluation: Evaluation) -> None:
        self._case, self._evaluation = case, evaluation
        self._precision = precision(case)
        self._values: dict[str, NDArray[Any]] = {}

    def distances(
        self, step: Step, subject: Tensor, oracle: Tensor, bound: Bound
    ) -> tuple[Distances, Disputed | None]:
        """Distance of subject and oracle from truth (NaN where there is none), and the dispute if
        the oracle's is too large: then two of three methods disagree and neither may judge."""
        if self._precision is None:
            return (nan, nan), None
        if bound.is_zero and self._same(step, subject, oracle):
            return (0.0, 0.0), None
        true = self.truth(step)
        with np.errstate(all="ignore"):
            ours = np.abs(subject.numpy() - true)
            other = np.abs(oracle.numpy() - true)
            allowed = bound.value(self._case.dtype, sides=1).numpy() * TRUTH_SLACK
        found, within = (float(ours.max()), float(other.max())), other <= allowed
        if within.all():
            return found, None
        # what overflows in one precision and not in the other is nobody's mistake
        sayable = np.isfinite(true) & np.isfinite(oracle.numpy())
        subject_is_wrong = not bool((ours <= allowed).all())
        if within[sayable].all() or (subject_is_wrong and not found[0] <= found[1]):
            return found, None
        return found, Disputed(found[1])

    def _same(self, step: Step, subject: Tensor, oracle: Tensor) -> bool:
        """Of what nobody rounds both have the numbers of the truth, which is evaluated in the
        format of the case: more digits would be zeros."""
        true = self._evaluated(step, self._as_given)
        with np.errstate(all="ignore"):  # a NaN is no zero, nor is an infinity less itself
            return not ((subject.numpy() - true).any() or (oracle.numpy() - true).any())

    @property
    def speaks(self) -> bool:
        """There is a more precise format."""
        return self._precision is not None

    def truth(self, step: Step) -> NDArray[Any]:
        """Of the inputs that both sides were fed, where it speaks."""
        return self._evaluated(step, self._value)

    def _evaluated(self, step: Step, value: Callable[[str], NDArray[Any]]) -> NDArray[Any]:
        known = {name: value(name) for name in step.inputs if name != "labels"}
        with np.errstate(all="ignore"):
            return truth(self._case, step, known, self._evaluation.shapes[step.tensor])

    def _as_given(self, name: str) -> NDArray[Any]:
        given: NDArray[Any] = self._evaluation.value(name).numpy()
        return given

    def _value(self, name: str) -> NDArray[Any]:
        if name not in self._values:
            self._values[name] = self._as_given(name).astype(self._precision)
        return self._values[name]
