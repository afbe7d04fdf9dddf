"""Whether a cause that was offered is true, without asking the judge.

What it names is put in the place of the right result, and what follows from it is computed rightly,
all by the truth's formulas from what was handed in: true is what gives the numbers that were handed
in.  Several names can be one function on these numbers; then each of them is true.
"""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from verify.cases.case import Case
from verify.expected.step import Step
from verify.judge.findings import Cause, Finding
from verify.judge.trace import Converted
from verify.mistakes import geometry, scale, slices
from verify.mistakes.diagnosis import BEFORE_DECAY
from verify.mistakes.mistake import Mistake
from verify.mistakes.table import MISTAKES
from verify.proof.faults.difference import beyond_rounding, off_and_size
from verify.proof.planting.run import FOLLOWS, Run, Running
from verify.tolerance.bound import UNIT_ROUNDOFF

__all__ = ["FORMATS", "LEFT", "ROUNDINGS", "SEARCHED", "SEEN_AT_ONCE", "Array", "Claimed", "Claims",
           "untrue"]  # fmt: skip
Array = NDArray[Any]
LEFT = 1 / 4
"""Part of the error, by norm, that what is put in place may leave at most."""
SEARCHED = (geometry.hypotheses, slices.hypotheses, scale.anonymous)
"""General causes that read what they name off the numbers."""
FORMATS = {"float32": np.float32, "float16": np.float16}
ROUNDINGS = 64
"""Of the largest number of a tensor: what is more is not called lost precision."""


def untrue(case: Case, trace: Mapping[str, Array], findings: Sequence[Finding]) -> Iterator[Cause]:
    """Causes that are not true of what was handed in."""
    claims = Claims(case, trace)
    for finding in findings:
        said = finding.cause
        if said is not None and not claims.true(finding.step, said):
            yield said


class Claims:
    """What causes say of one trace.

    Args:
        case: what the subject was given.
        trace: what it handed over, its conventions undone.
    """

    def __init__(self, case: Case, trace: Mapping[str, Array]) -> None:
        self.case, self._run = case, Run(case)
        sizes = {name: math.prod(self._run.shapes[name]) for name in self._run.steps}
        self.handed = {
            name: np.asarray(value).reshape(self._run.shapes[name])
            for name, value in trace.items()
            if sizes.get(name) == np.size(value)
        }
        self._run.known |= self.handed
        self._blur = trace.blur if isinstance(trace, Converted) else {}

    def true(self, step: Step, said: Cause) -> bool:
        """Everything that a cause says a tensor may be gives the numbers handed in."""
        if said.reason is not None:
            return True  # another shape or dtype: seen, and not supposed
        with np.errstate(all="ignore"):
            return all(self._one(step, said, name) for name in said.options or (said.name,))

    def _one(self, step: Step, said: Cause, name: str) -> bool:
        if told := SEEN_AT_ONCE.get(name):
            return told(self, step, said)
        at, _, kind = name.rpartition("/")
        if not at or at == step.tensor:
            return any(self._gives(step, value) for value in self._named(step, said, kind))
        hidden = self._run.steps[at]
        entries = [m for m in MISTAKES.get(hidden.op, ()) if m.kind == kind]
        told_ones = [m for m in entries if f"{at} {m.sentence}" in said.text]
        return any(self._follows(step, hidden, m) for m in told_ones)

    def _named(self, step: Step, said: Cause, kind: str) -> Iterator[Tensor]:
        """What a cause names, in the place of a tensor."""
        without = said.text.endswith(BEFORE_DECAY)
        e = Claimed(self._run, step, self.handed.get(step.tensor), decay=without)
        back = e.decay if without else 0
        for entry in MISTAKES.get(step.op, ()):
            if entry.kind == kind and entry.sentence.partition("{")[0] in said.text:
                for formula in (entry.formula, entry.example or entry.formula):
                    yield formula(e) + back  # one may ask a bound, which nobody has here
        if kind == "zero":
            yield torch.zeros_like(e.oracle) + back
        for factor in scale.factors(e):
            if factor.name == kind:
                yield e.oracle * factor.value + back
        for candidate in (c for search in SEARCHED for c in search(e)):
            if candidate.cause.name == kind and candidate.formula is not None:
                yield candidate.formula() + back
        for name, value in self._run.known.items():
            if kind == "another-parameter" and f"holds {name.removeprefix('given.')}:" in said.text:
                yield torch.from_numpy(np.array(value))

    def value(self, name: str) -> Array:
        """A tensor as it was handed in, or as it follows."""
        return self._run.evaluated(name, ChainMap({}, self._run.known))

    def right(self, step: Step) -> Array:
        """A tensor by the truth's formula from what was handed in."""
        return self._run.right(step.tensor)

    def _gives(self, step: Step, wrong: Tensor) -> bool:
        """The handed tensor is this one, and the right one is not as near."""
        handed = self.handed[step.tensor]
        value = wrong.detach().numpy()
        if value.shape != handed.shape or self._apart(step.tensor, value):
            return False
        left, error = (off_and_size(handed, other)[0] for other in (value, self.right(step)))
        return float(np.linalg.norm(left)) <= LEFT * float(np.linalg.norm(error))

    def _follows(self, step: Step, hidden: Step, entry: Mistake) -> bool:
        """A mistake in a tensor that was not handed over gives the handed one, and nothing else
        that was handed over and is made of it is right."""
        wrong = entry.formula(Claimed(self._run, hidden, None))
        if tuple(wrong.shape) != self._run.shapes[hidden.tensor]:
            return False
        made = self._made({hidden.tensor: wrong.detach().numpy()})
        if step.tensor not in made or not self._gives(step, torch.from_numpy(made[step.tensor])):
            return False
        others = self._made({hidden.tensor: wrong.detach().numpy()}, sides=False)
        return not any(self._refuted(n, value) for n, value in others.items() if n != step.tensor)

    def _refuted(self, name: str, value: Array) -> bool:
        """A handed tensor would be another one, and is right."""
        if name not in self.handed or not self._apart(name, value):
            return False
        return not self._apart(name, self.right(self._run.steps[name]))

    def _apart(self, name: str, value: Array) -> bool:
        """What was handed in is another tensor, by more than rounding and conversion make it."""
        blur = self._blur.get(name, 0.0)
        return beyond_rounding(self.handed[name], value, self.case.dtype, blur)

    def _made(self, wrong: dict[str, Array], sides: bool = True) -> dict[str, Array]:
        """What follows from a wrong tensor, up to what was handed over; sides: by matrix forms,
        too, that others need not be made of."""
        order = list(self._run.steps)
        start = order.index(next(iter(wrong)))
        entering = dict(wrong)
        for name in order[start + 1 :]:
            step = self._run.steps[name]
            if (value := self._next(step, entering, sides)) is not None:
                wrong[name] = value
                if name not in self.handed:
                    entering[name] = value
        return wrong

    def _next(self, step: Step, entering: Mapping[str, Array], sides: bool) -> Array | None:
        """A tensor that something wrong enters."""
        run = Run(self.case)
        run.known |= {k: v for k, v in self.handed.items() if k != step.tensor} | dict(entering)
        for entry in MISTAKES.get(step.op, ()) if sides else ():
            side = f"{step.layer}.{entry.name.removeprefix(FOLLOWS)}"
            if entry.name.startswith(FOLLOWS) and side in entering:
                return entry.formula(Claimed(run, step, None)).detach().numpy()
        if entering.keys() & set(step.inputs):
            return run.evaluated(step.tensor, ChainMap({}, run.known))
        return None


class Claimed(Running):
    """What a named formula may use: what was handed over, and what follows from it, rightly.

    handed: the tensor itself, of which some formulas read a number; decay: the regulariser's part
    is taken from it, and from the right one.
    """

    def __init__(self, run: Run, step: Step, handed: Array | None, decay: bool = False) -> None:
        super().__init__(run, step)
        right = np.asarray(run.right(step.tensor), dtype=np.float64)
        self.oracle = torch.from_numpy(np.array(right))
        self.subject = self.oracle
        if handed is not None:
            self.subject = torch.from_numpy(np.array(handed, dtype=np.float64))
        self._handed = run.known
        self.decay = self.reg * self["W"] if decay else torch.zeros(())
        self.oracle, self.subject = self.oracle - self.decay, self.subject - self.decay

    def right(self, name: str) -> Tensor:
        """As it follows from what stands before it."""
        return torch.from_numpy(np.array(self._run.right(name), dtype=np.float64))

    def has(self, name: str) -> bool:
        """It was handed over."""
        return name in self._handed


def _not_finite(claims: Claims, step: Step, said: Cause) -> bool:
    return not bool(np.isfinite(claims.handed[step.tensor]).all())


def _cancelled(claims: Claims, step: Step, said: Cause) -> bool:
    """Nothing but rounding of large numbers is wrong."""
    handed, right = claims.handed[step.tensor], claims.right(step)
    return not beyond_rounding(handed, right, claims.case.dtype)


def _lower(claims: Claims, step: Step, said: Cause) -> bool:
    """The bits of the format that is named, or of products with such; no more off than it
    rounds."""
    name = next(n for n in FORMATS if n in said.text)
    handed, right = claims.handed[step.tensor], claims.right(step)
    off, size = off_and_size(handed, right)
    if not bool((off <= ROUNDINGS * UNIT_ROUNDOFF[name] * size.max(initial=0.0)).all()):
        return False
    if step.op == "activation.dz":
        dy = claims.value(f"{step.layer}.dy")
        quotient = handed[dy != 0] / dy[dy != 0]
        near = quotient.astype(FORMATS[name]).astype(quotient.dtype)
        if np.allclose(near, quotient, rtol=8 * UNIT_ROUNDOFF[claims.case.dtype], atol=0):
            return True
    return bool(np.array_equal(handed.astype(FORMATS[name]).astype(handed.dtype), handed))


SEEN_AT_ONCE: dict[str, Callable[[Claims, Step, Cause], bool]] = {
    "not-finite": _not_finite,
    "cancellation": _cancelled,
    "lower-precision": _lower,
}
"""Causes that are no formula: what they say is seen."""
