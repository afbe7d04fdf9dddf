"""One subject on one case, beside what PyTorch says of it: what every policy is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lenet_ref.parameters import without_dead_links
from verify.cases.case import Case
from verify.exchange.conventions import as_trace
from verify.exchange.layout import PLAIN, Layout
from verify.expected.steps import steps
from verify.judge.trace import Trace
from verify.oracle.free_run import free_run
from verify.oracle.plain import plain

Array = NDArray[Any]
Run = Callable[[Case], Trace]


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A subject on a case.

    run: the subject, from a case to its trace; forward: its forward pass alone; declared: a
    convention of its own, which ours is told; right: the same case without the mistake; backward:
    the mistake is planted in the backward pass alone, and the forward one is the right one's.
    """

    case: Case
    run: Run
    forward: Run
    declared: Layout = PLAIN
    right: Exhibit | None = None
    backward: bool = False

    @cached_property
    def handed(self) -> Trace:
        """What the subject hands over, in its own conventions; empty if it raises."""
        return _answer(self.run, self.case)

    @cached_property
    def trace(self) -> Trace:
        """The same, with what is declared undone: a person would do so before comparing."""
        if self.declared == PLAIN:
            return self.handed
        return as_trace(self.case, self.handed, self.declared)[1]

    @cached_property
    def expected(self) -> Mapping[str, Array]:
        """PyTorch from the same images and parameters."""
        return expected(self.case)

    @cached_property
    def with_ones(self) -> Exhibit:
        """The same subject where every output has the gradient 1: ``y.sum().backward()``."""
        shape = (self.case.batch, *self.case.arch.output_shape)
        ones = np.ones(shape, self.case.dtype)
        right = None if self.right is None else self.right.with_ones
        return replace(self, case=replace(self.case, upstream=ones), right=right)

    @cached_property
    def unchanged(self) -> frozenset[str]:
        """Tensors that have the bits that they have without the mistake."""
        right = {} if self.right is None else self.right.handed
        alike = (n for n, value in self.handed.items() if n in right and _bits(value, right[n]))
        return frozenset(alike)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Names of tensors as they are computed."""
        return tuple(s.tensor for s in steps(self.case.arch, self.case.upstream is not None))

    @cached_property
    def goes_forward(self) -> Trace:
        """The forward pass of this very case."""
        return _answer(self.forward, self.case)

    def changed(self, name: str, index: tuple[int, ...], by: float) -> float:
        """The objective with one number of the images or parameters moved."""
        case = moved(self.case, name, index, by)
        return objective(case, _answer(self.forward, case))


def _bits(one: Array, other: Array) -> bool:
    alike = (one.shape, one.dtype) == (other.shape, other.dtype)
    return alike and one.tobytes() == other.tobytes()


def _answer(run: Run, case: Case) -> Trace:
    try:
        with np.errstate(all="ignore"):
            return run(case.handed_out())
    except Exception:  # whatever a mistake raises, it hands nothing over
        return {}


def moved(case: Case, name: str, index: tuple[int, ...], by: float) -> Case:
    """The case with one number of the images or of a parameter another."""
    if name == "images":
        images = case.images.copy()
        images[index] += by
        return replace(case, images=images)
    value = case.parameters[name].copy()
    value[index] += by
    layer, _, symbol = name.partition(".")
    (spec,) = (each for each in case.arch.layers if each.name == layer)
    value = without_dead_links(spec, symbol, value)  # such a weight is none
    return replace(case, parameters={**case.parameters, name: value})


def objective(case: Case, tensors: Trace) -> float:
    """What the gradients are the derivatives of: the loss or, of a given upstream gradient g,
    sum y g; with the regulariser, where there is one.  NaN if nothing was handed over."""
    last = tensors.get(f"{case.arch.layers[-1].name}.y")
    if case.upstream is not None and last is not None:
        decay = tensors.get("loss.reg", 0.0)
        return float((np.asarray(last) * case.upstream).sum() + decay)
    loss = tensors.get("loss.total", tensors.get("loss.data", np.nan))
    return float(np.asarray(loss))


def expected(case: Case) -> Mapping[str, Array]:
    """Every tensor that autograd has of a case, as arrays; what is sent back to the loss's own
    input, as dy of the last layer, under both names."""
    with plain():
        labels = None if case.labels is None else torch.from_numpy(np.asarray(case.labels)).long()
        given = None if case.upstream is None else torch.from_numpy(case.upstream)
        parameters = {name: torch.from_numpy(value) for name, value in case.parameters.items()}
        found = free_run(case.arch, parameters, torch.from_numpy(case.images), labels, given)
    return {name: value.detach().numpy() for name, value in found.items()}


def lowered(case: Case, tier: str) -> Case:
    """The case in another tier's number format."""
    dtype = "float32" if tier == "float32" else "float64"
    return replace(
        case,
        tier=tier,
        images=case.images.astype(dtype),
        parameters={name: value.astype(dtype) for name, value in case.parameters.items()},
        upstream=None if case.upstream is None else case.upstream.astype(dtype),
    )
