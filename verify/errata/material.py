"""What the statements are evaluated on: autograd's free runs, in the matrix forms of the source."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lenet_ref.connections import TABLE_I
from verify.cases.case import Case, generator
from verify.cases.plan import Job
from verify.judge.inherited import Propagated
from verify.judge.runs import TORCH, Runs
from verify.mistakes.situation import Situation
from verify.mistakes.table import mistake as entry
from verify.oracle import convolution
from verify.oracle.evaluation import Evaluation
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

Array = NDArray[Any]

# name: case, and what readers are told
RUNS: dict[str, tuple[Job, str]] = {
    "one": (Job("modern", "digits", "float64", 1), "a digit"),
    "batch": (Job("modern", "digits", "float64", 7), "7 digits"),
    "zero": (Job("modern", "zero-bias", "float64", 7), "7 digits, zero biases"),
    "decay": (Job("modern", "competitive", "float64", 2), "2 digits, reg = 0.3"),
    "large": (Job("modern", "saturated", "float64", 7), "7 digits, large weights"),
    "integers": (Job("modern", "integers", "exact", 1), "small integers"),
    "1998": (Job("1998", "digits", "float64", 7), "7 digits, 1998"),
}


class Run:
    """Autograd's run of one case: ``run["C3.dW"]`` is its tensor as the source shapes it.

    Rows of a convolution's matrices are positions, of a pooling layer's windows, of a fully
    connected layer's images; W is (inputs, outputs) and b is one row.  Inputs x stay volumes.
    """

    def __init__(self, job: Job) -> None:
        self.case = job.case()
        self.free = Runs(self.case).free(TORCH[self.case.dtype])
        self.labels, self.reg = self.case.labels, self.free.reg
        shared = Propagated(self.free, self.free.base, {}, self.case.dtype)
        self._query = Query(self.free, shared, {})

    def __getitem__(self, name: str) -> Array:
        return matrix_form(name, self.free.value(name).numpy())

    def mistaken(self, name: str, mistake: str) -> Array:
        """A tensor by an entry of the table of mistakes."""
        situation = OnRun(self.case, self.free, name)
        wrong = entry(situation.step.op, mistake).formula(situation)
        return matrix_form(name, wrong.detach().numpy())

    def bound(self, name: str) -> Array:
        """What rounding explains of a formula for a tensor, from the inputs that autograd had."""
        bound = RULES[self.free.steps[name].op](self._query, self.free.steps[name])
        if self.case.tier == "exact" or bound.is_zero:
            return np.zeros(self[name].shape)
        return matrix_form(name, bound.value(self.case.dtype).numpy())

    def tensor(self, name: str) -> Tensor:
        """A fresh copy for torch to differentiate, in the matrix form."""
        return torch.tensor(self[name]).requires_grad_()

    def size(self, name: str) -> tuple[int, ...]:
        """Height, width and maps of a volume, or columns of a matrix, for one image."""
        found = tuple(self.free.value(name).shape[1:])
        return (*found[1:], found[0]) if len(found) == 3 else found

    def count(self, layer: str = "") -> int:
        """Trainable parameters of a layer, or of all: no fixed codes, no dead links."""
        values, links = self.case.parameters, convolution.links(TABLE_I, 6)
        historic = self.case.arch.variant == "1998"
        skipped = "F7" if historic else "none"
        total = sum(v.size for k, v in values.items() if k.startswith(layer) and skipped not in k)
        return total - (25 * int((1 - links).sum()) if historic and layer in ("", "C3") else 0)

    @property
    def codes_of_labels(self) -> Array:
        """Y: (N, 10), 1 at the class of each image."""
        return (np.asarray(self.labels)[:, None] == np.arange(10)).astype(float)


class OnRun(Situation):
    """What a mistaken formula may use of autograd's run: every tensor is right."""

    def __init__(self, case: Case, free: Evaluation, name: str) -> None:
        self.step, self.spec = free.steps[name], free.steps[name].spec
        self.shapes, self.reg, self._free = free.shapes, free.reg, free
        self.batch, self.dtype = case.batch, case.dtype
        self.subject = self.oracle = self.value(name)
        self.bound = torch.zeros_like(self.oracle)

    @property
    def labels(self) -> Tensor:
        """(N,) classes."""
        return self._free.labels

    def value(self, name: str) -> Tensor:
        """A tensor of the run."""
        return self._free.value(name).to(torch.float64)

    def right(self, name: str) -> Tensor:
        """The same."""
        return self.value(name)

    def has(self, name: str) -> bool:
        """Every tensor is there."""
        return True


@functools.cache
def run(name: str) -> Run:
    """A run by its name in RUNS."""
    return Run(RUNS[name][0])


def matrix_form(name: str, array: Array) -> Array:
    """A stored tensor in the shape it has in the source."""
    layer, symbol = name.split(".")
    if symbol in ("W", "dW"):
        return array.reshape(len(array), -1).T if array.ndim > 1 else array[None]
    if symbol in ("b", "db"):
        return array[None]
    if symbol in ("x", "dx", "a", "da") or array.ndim < 3:
        return array
    if layer in ("S2", "S4"):
        return array.reshape(-1, 1)
    return array.transpose(0, 2, 3, 1).reshape(-1, array.shape[1])


def direction(shape: tuple[int, ...], key: str) -> Array:
    """A change of a variable: random integers, so that what follows from them stays exact."""
    return generator("errata", key).integers(-3, 4, size=shape).astype(float)


def change(function: Callable[..., Tensor], *variables: tuple[Array, Array]) -> Array:
    """The differential of a function of (value, change) pairs, by autograd: the gradient is
    linear in the cotangent, so its own gradient there is the Jacobian times the change."""
    leaves = [torch.tensor(value).requires_grad_() for value, _ in variables]
    result = function(*leaves)
    cotangent = torch.zeros_like(result, requires_grad=True)
    gradients = torch.autograd.grad((result * cotangent).sum(), leaves, create_graph=True)
    moved = [(g * torch.tensor(d)).sum() for g, (_, d) in zip(gradients, variables, strict=True)]
    return torch.autograd.grad(torch.stack(moved).sum(), cotangent)[0].numpy()
