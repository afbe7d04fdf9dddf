"""Small cases that the gate is proved on, and the oracle's own traces of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Affine, Architecture, Convolution, Layer, Loss, MaxPool
from lenet_ref.parameters import parameter_shapes
from verify.cases.case import Case, generator
from verify.expected.shapes import shapes
from verify.judge.findings import Finding
from verify.judge.judge import Judge
from verify.judge.runs import TORCH, Runs
from verify.judge.verdict import Verdict
from verify.pipeline import judging

Arrays = dict[str, NDArray[Any]]
Proof = Callable[[], list[str]]
"""What is wrong with the judge, each in a few words; empty: nothing."""

LAYERS: tuple[Layer, ...] = (
    Convolution("C1", 1, 2, (6, 7), kernel=(3, 2)),
    MaxPool("S2", 2, (4, 6), window=(2, 2)),
    Affine("F7", 12, 4, activation="identity"),
)
ALONE = (Affine("F6", 3, 2),)


def network(dtype: str = "float64", layers: tuple[Layer, ...] = LAYERS) -> Case:
    """Three layers and a loss: a mask, a maximum, sums."""
    arch = Architecture("modern", layers, Loss("cross_entropy", reg=0.25), options="probe")
    case = _case(arch, dtype, dtype, 2)
    return replace(case, labels=np.array([1, 3]))


def layer(tier: str = "float64", layers: tuple[Layer, ...] = ALONE) -> Case:
    """One layer with a mask; the upstream gradient is given."""
    arch = Architecture("modern", layers, None, options="probe")
    case = _case(arch, tier, "float64", 2)
    rng = generator("self-test", "upstream")
    upstream = rng.integers(1, 4, shapes(arch, 2)[f"{layers[-1].name}.y"]).astype(float)
    upstream[0] *= -1
    return replace(case, upstream=upstream)


def _case(arch: Architecture, tier: str, dtype: str, batch: int) -> Case:
    rng = generator("self-test", tier)

    def drawn(shape: tuple[int, ...]) -> NDArray[Any]:
        grid = rng.integers(-2, 3, shape).astype(dtype)
        return grid if tier == "exact" else rng.standard_normal(shape).astype(dtype)

    images = drawn((batch, *arch.input_shape))
    parameters = {name: drawn(shape) for name, shape in parameter_shapes(arch).items()}
    return Case(arch, tier, "self-test", batch, 0, images, parameters)


def oracle_trace(case: Case) -> Arrays:
    """The oracle's result for every tensor, as a trace: a wrong subject cannot confuse a proof."""
    free = Runs(case).free(TORCH[case.dtype])
    return {step.tensor: free.value(step.tensor).numpy() for step in free.steps.values()}


def following(case: Case, tensor: str, value: NDArray[Any], wanted: Iterable[str]) -> Arrays:
    """What follows from one tensor that was changed."""
    own = Judge(case, {tensor: value}, with_truth=False, partial=True).own
    return {name: own.value(name).numpy() for name in wanted}


def judged(
    case: Case, trace: Mapping[str, NDArray[Any]], partial: bool = False
) -> dict[str, Finding]:
    """Findings by tensor."""
    found = judging.judged(case, trace, judging.Terms(truth=False, partial=partial, causes=False))
    return {finding.step.tensor: finding for finding in found}


def said(found: Mapping[str, Finding], expected: Mapping[str, Verdict]) -> list[str]:
    """Tensors with another verdict than expected."""
    got = {name: found[name].verdict if name in found else None for name in expected}
    return [
        f"{name} is {got[name] or 'no row'}, not {verdict}"
        for name, verdict in expected.items()
        if got[name] is not verdict
    ]


def moved(value: NDArray[Any], by: NDArray[Any]) -> NDArray[Any]:
    """The element with the largest allowance moved by so much."""
    changed, place = value.copy(), int(np.asarray(by).argmax())
    changed.flat[place] += np.asarray(by).flat[place]
    return changed
