"""A network evaluated step by step, with a mistake in one operation.

Every step is the truth's formula, in the case's own precision; where the operation has the
mistake, the mistaken formula takes the right result's place, and everything downstream follows
from it.  The oracle that judges has no part in it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from verify.cases.case import Case
from verify.expected.shapes import shapes
from verify.expected.step import Step, is_gradient
from verify.expected.steps import steps, unseen
from verify.mistakes.mistake import Formula, Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.table import MISTAKES
from verify.proof.faults.difference import beyond_rounding
from verify.truth.evaluate import truth
from verify.truth.inputs import Array

ALL = -1
"""In place of the number of a layer: every one that has the operation."""
FOLLOWS = "follows-from-"
"""Start of the names of mistakes that are another tensor's: that one is spoiled first."""
TOLD_FROM = {"links-missing": "z", "flipped-pixel": "y", "mixed-codes": "y", "column-major": "da"}
"""Mistakes told from another tensor of the layer too: that one has the mistake of the same name."""


@dataclass(frozen=True)
class Planted:
    """A trace with a mistake.  at: tensors whose formula is the mistaken one; around: others that
    had to be wrong for it to show."""

    trace: dict[str, Array]
    at: tuple[str, ...] = ()
    around: tuple[str, ...] = ()


class Run:
    """A network on its way from the image to the last gradient.  known: tensors so far."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.steps = {step.tensor: step for step in steps(case.arch, case.upstream is not None)}
        self._between = {step.tensor: step for step in unseen(case.arch)}
        self.shapes = shapes(case.arch, case.batch)
        self._sizes = self.shapes | {name: self.shapes[f"{step.layer}.dx"]
                                     for name, step in self._between.items()}  # fmt: skip
        self.known: dict[str, Array] = {"images": case.images}
        self.known |= {f"given.{name}": value for name, value in case.parameters.items()}
        if case.upstream is not None:
            self.known["upstream"] = case.upstream

    def evaluated(self, name: str, known: ChainMap[str, Array]) -> Array:
        """A tensor by the truth's formula; what it needs and is not known is computed, and all of
        it kept in the first map of ``known``."""
        if name not in known:
            step = self._between.get(name) or self.steps[name]
            inputs = {n: self.evaluated(n, known) for n in step.inputs if n != "labels"}
            value = truth(self.case, step, inputs, self._sizes[name])
            integer = step.symbol == "argmax"
            known[name] = np.asarray(value, dtype=np.int64 if integer else self.case.dtype)
        return known[name]

    def right(self, name: str) -> Array:
        """A tensor by the truth's formula from all else that is known, itself left out."""
        known = {k: v for k, v in self.known.items() if k != name}
        return self.evaluated(name, ChainMap({}, known))

    def layers(self, operation: str) -> list[str]:
        """Layers that have an operation."""
        return list(dict.fromkeys(s.layer for s in self.steps.values() if s.op == operation))


class Running(Situation):
    """What a formula may use at one step of a run: what was computed so far, mistakes and all,
    and what would follow from it, rightly."""

    def __init__(self, run: Run, step: Step) -> None:
        self.step, self.spec, self.shapes = step, step.spec, run.shapes
        self.steps = run.steps
        self.batch, self.dtype = run.case.batch, run.case.dtype
        self.reg = 0.0 if run.case.arch.loss is None else run.case.arch.loss.reg
        self._run, self._known = run, ChainMap[str, Array]({}, run.known)
        self.subject = self.oracle = self.value(step.tensor)
        self.bound = torch.zeros_like(self.oracle)

    @property
    def labels(self) -> Tensor:
        """(N,) classes."""
        return torch.from_numpy(np.asarray(self._run.case.labels)).long()

    def array(self, name: str) -> Array:
        """A tensor as the trace holds it."""
        return self._run.evaluated(name, self._known)

    def value(self, name: str) -> Tensor:
        """A tensor so far, or as it will follow."""
        return torch.from_numpy(np.array(self.array(name))).to(torch.float64)

    def right(self, name: str) -> Tensor:
        """The same: whatever comes later is right."""
        return self.value(name)

    def has(self, name: str) -> bool:
        """Every tensor is there."""
        return True


def plant(
    case: Case,
    operation: str,
    mistake: Mistake,
    layer: int = ALL,
    backward: bool = True,
    known: Mapping[str, Array] = MappingProxyType({}),
) -> Planted:
    """A trace of the case with a mistake in every layer that has the operation, or in one, by its
    number in the order of computation.  backward: go on to the gradients; known: tensors that are
    there already, mistakes and all."""
    run, wrong = Run(case), list[str]()
    run.known |= known
    layers = run.layers(operation)
    where = layers if layer == ALL else layers[layer : layer + 1]
    for step in run.steps.values():
        if not backward and is_gradient(step.symbol):
            break  # whatever goes forward stands before
        if step.tensor in known:
            continue
        formulas = _formulas(operation, mistake, step) if step.layer in where else ()
        if formulas and (value := _replacement(Running(run, step), formulas)) is not None:
            run.known[step.tensor] = value
            wrong.append(step.tensor)
        run.evaluated(step.tensor, ChainMap(run.known))
    trace = {name: run.known[name] for name in run.steps if backward or name in run.known}
    return Planted(trace, *_sorted(run, operation, wrong))


def _sorted(run: Run, operation: str, wrong: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Tensors of the operation, and the others."""
    at = tuple(name for name in wrong if run.steps[name].op == operation)
    return at, tuple(name for name in wrong if name not in at)


def _formulas(operation: str, mistake: Mistake, step: Step) -> tuple[Formula, ...]:
    """What is planted in one step, if anything."""
    if step.op == operation:
        return (mistake.example or mistake.formula,)
    if mistake.name == f"{FOLLOWS}{step.symbol}":
        return (spoiled,)
    told = TOLD_FROM.get(mistake.name) == step.symbol
    same = [m for m in MISTAKES.get(step.op, ()) if told and m.name == mistake.name]
    return tuple(m.example or m.formula for m in same)


def spoiled(e: Situation) -> Tensor:
    """A tensor wrong in a way that nothing explains; a position stays inside its window."""
    count = torch.arange(e.oracle.numel(), dtype=torch.float64).reshape(e.oracle.shape)
    if e.step.symbol == "argmax":
        return (e.oracle + count % 2) % e.shape("a")[1]
    return e.oracle * (1 + torch.cos(1.7 * count) / 2)


def _replacement(e: Running, formulas: Sequence[Formula]) -> Array | None:
    """The mistaken result as the trace holds it; none where the mistake does not apply, or makes
    no difference but that of sums in another order."""
    right = e.array(e.step.tensor)
    for formula in formulas:
        with np.errstate(all="ignore"):
            wrong = formula(e)
        if tuple(wrong.shape) == right.shape:
            value = wrong.detach().numpy().astype(right.dtype)
            return value if beyond_rounding(value, right, e.dtype) else None
    return None
