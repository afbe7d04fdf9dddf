"""The oracle's own runs of a case: on a subject's tensors, free, and from inputs moved by one
rounding."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from lenet_ref.specs.layer import Shape, activation_of, kinked
from verify.cases.case import Case
from verify.expected.shapes import shapes
from verify.expected.step import Step
from verify.expected.steps import steps, unseen
from verify.judge.measured import certain, moved_by_one_rounding
from verify.judge.trace import to_torch
from verify.oracle.evaluation import Evaluation
from verify.oracle.free_run import free_run
from verify.tolerance.activation import live

__all__ = ["DRAWS", "HANDED", "TORCH", "Runs", "flips", "unfed"]
TORCH = {"float32": torch.float32, "float64": torch.float64}

HANDED = ("dy", "dz", "dx")
"""Gradients that are others where errors are masked before they are handed down."""

DRAWS = 3
"""Runs of PyTorch from inputs moved by one rounding that a measured bound must hold for."""


class Runs:
    """Makes them, each from what both sides were handed.

    Args:
        case: what the subject was given.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self.steps = steps(case.arch, case.upstream is not None)
        self.shapes: dict[str, Shape] = shapes(case.arch, case.batch)
        self._unseen = unseen(case.arch)
        for step in self._unseen:
            self.shapes[step.tensor] = self.shapes[f"{step.layer}.x"]
        self._labels = None if case.labels is None else to_torch(case.labels).long()
        self._draws: list[Evaluation] = []

    def on(self, base: Mapping[str, Tensor], dtype: torch.dtype) -> Evaluation:
        """Every step on what is known of its inputs."""
        loss = self._case.arch.loss
        reg = 0.0 if loss is None else loss.reg
        every = [*self._unseen, *self.steps]
        return Evaluation(every, self.shapes, base, self._labels, dtype, reg)

    def given(self, dtype: torch.dtype, moved: int = 0) -> dict[str, Tensor]:
        """What both sides are handed: images, parameters, the upstream gradient; moved: the seed
        of the roundings they are moved by."""
        found = {"images": to_torch(self._case.images).to(dtype)}
        for name, value in self._case.parameters.items():
            found[f"given.{name}"] = to_torch(value).to(dtype)
        if self._case.upstream is not None:
            found["upstream"] = to_torch(self._case.upstream).to(dtype)
        return {k: moved_by_one_rounding(v, moved) for k, v in found.items()} if moved else found

    def free(
        self, dtype: torch.dtype, moved: int = 0, upstream: Tensor | None = None
    ) -> Evaluation:
        """The oracle's own run: autograd end to end, matrix forms from its steps.

        upstream: where the backward pass starts, if not where the case says.
        """
        given = self.given(dtype, moved)
        start = given.get("upstream") if upstream is None else upstream
        parameters = {k.removeprefix("given."): v for k, v in given.items() if "given." in k}
        tensors = free_run(self._case.arch, parameters, given["images"], self._labels, start)
        if self._unseen:  # what autograd hands down is not masked: those follow step by step
            other = {f"{layer.name}.{key}" for layer in self._case.arch.layers for key in HANDED}
            tensors = {k: v for k, v in tensors.items() if k not in other}
        return self.on(given | tensors, dtype)

    def moved(self, unmoved: Evaluation) -> list[Evaluation]:
        """PyTorch again: from moved inputs; where every right program's forward pass has the same
        bits, ties among them, from a moved start of the backward pass alone."""
        if not self._draws:
            seeds = range(1, DRAWS + 1)
            if certain(unmoved, self._case.dtype):
                self._draws = [self._backwards(unmoved, seed) for seed in seeds]
            else:
                self._draws = [self.free(unmoved.dtype, seed) for seed in seeds]
        return self._draws

    def _backwards(self, unmoved: Evaluation, moved: int) -> Evaluation:
        start = "loss.dx" if self._case.upstream is None else "upstream"
        again = moved_by_one_rounding(unmoved.value(start), moved)
        return self.free(unmoved.dtype, 0, again)


def unfed(step: Step, steps: Mapping[str, Step], supplied: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Tensors of other layers that would have to be computed to judge a step alone."""
    wanted, found = [name for name in step.inputs if name in steps], []
    while wanted:
        name = wanted.pop()
        if name in supplied:
            continue
        if steps[name].layer != step.layer:
            found.append(name)
        else:
            wanted += [n for n in steps[name].inputs if n in steps]
    return tuple(found)


def flips(step: Step, subject: Mapping[str, Tensor], free: Evaluation) -> int:
    """Units whose ReLU mask or argmax differs between a subject and the free run."""
    if step.op == "max_pool.argmax":
        theirs, ours = subject[step.tensor], free.value(step.tensor)
    elif kinked(step.spec) and step.inputs[1] in subject:
        name, made = step.inputs[1], activation_of(step.spec)
        theirs, ours = live(subject[name], made), live(free.value(name), made)
    else:
        return 0
    return int((theirs != ours).sum())
