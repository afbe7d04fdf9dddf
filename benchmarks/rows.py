"""What is measured: each function yields rows (name, setting, ratio, target)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch

from benchmarks import by_hand as hand
from benchmarks import eager
from benchmarks.measure import Ratio, compared, seconds
from lenet_ref import initial, lenet_1998, modern, run
from lenet_ref.fast.gradients import gradients
from verify.cases.plan import Job
from verify.judge.judge import Judge
from verify.subjects.reference import reference

COLUMNS = (
    *("what", "variant", "dtype", "batch", "threads", "ours", "theirs"),
    *("ratio", "low", "high", "pairs", "target", "met"),
)
ARCHITECTURES = {"modern": modern(), "1998": lenet_1998()}
BATCHES = (1, 8, 64, 256, 1024)


@dataclass(frozen=True)
class Row:
    """One line of benchmarks.csv.  ours, theirs: medians in seconds, or bytes; target: the most
    the ratio may be, None where there is none."""

    what: str
    variant: str
    dtype: str
    batch: int
    threads: int
    found: Ratio
    target: float | None

    @property
    def met(self) -> str:
        """yes, no, or nothing."""
        if self.target is None:
            return ""
        return "yes" if self.found.ratio <= self.target else "no"

    def cells(self) -> dict[str, Any]:
        """As COLUMNS names them."""
        return asdict(self) | asdict(self.found) | {"met": self.met}


def target_of_step(dtype: str, batch: int, threads: int) -> float | None:
    """What the project set itself for the step."""
    if threads > 1:
        return 1.2 if (dtype, batch) == ("float32", 256) else None
    if dtype == "float64":
        return {1: 0.9, 256: 0.7}.get(batch, 0.8)
    return 0.6 if batch <= 8 else 1.2 if batch <= 256 else 1.5


def drawn(variant: str, dtype: str, batch: int) -> tuple[Any, ...]:
    """Network, initial parameters, random images and labels."""
    rng = np.random.default_rng(batch)
    arch = ARCHITECTURES[variant]
    images = rng.random((batch, 1, 32, 32)).astype(dtype)
    return arch, initial(arch, 0, dtype), images, rng.integers(0, 10, batch)


def steps(batches: tuple[int, ...], threads: int, budget: float) -> Iterator[Row]:
    """1. forward and backward, all gradients, over the same step in eager PyTorch."""
    for variant in ARCHITECTURES:
        for dtype in ("float64", "float32"):
            for batch in batches:
                arch, parameters, images, labels = drawn(variant, dtype, batch)
                theirs = eager.step(variant, parameters, images, labels)
                agree(gradients(arch, parameters, images, labels), theirs())
                found = compared(
                    lambda: gradients(arch, parameters, images, labels),  # noqa: B023
                    theirs,
                    budget,
                )
                target = target_of_step(dtype, batch, threads)
                yield Row("step", variant, dtype, batch, threads, found, target)


def agree(ours: dict[str, Any], theirs: dict[str, torch.Tensor]) -> None:
    """Both sides compute the same gradients, or the race is not one.

    Raises:
        ValueError: a gradient is missing or differs.
    """
    for name, value in theirs.items():
        layer, _, symbol = name.partition(".")
        found = ours["C1.dx" if name == "images" else f"{layer}.d{symbol}"]
        scale = float(value.abs().max())
        if np.abs(found - value.numpy()).max() > 1e-4 * scale:
            raise ValueError(f"{name}: the two sides differ")


def traced(threads: int, budget: float) -> Iterator[Row]:
    """The traced path, every symbol kept, over the same step: no target, for information."""
    for variant in ARCHITECTURES:
        for dtype in ("float64", "float32"):
            arch, parameters, images, labels = drawn(variant, dtype, 64)
            theirs = eager.step(variant, parameters, images, labels)
            found = compared(lambda: run(arch, parameters, images, labels), theirs, budget)  # noqa: B023
            yield Row("traced step", variant, dtype, 64, threads, found, None)


def judged(batch: int, budget: float) -> Iterator[Row]:
    """2. every own and inherited error with its bound, over subject step plus oracle step."""
    for variant in ARCHITECTURES:
        for dtype in ("float64", "float32"):
            case = Job(variant, "digits", dtype, batch).case()
            case = replace(case, upstream=None)
            trace = reference(case)
            labels = np.asarray(case.labels)
            theirs = eager.step(variant, dict(case.parameters), case.images, labels)
            found = compared(
                lambda: Judge(case, trace, with_truth=False).findings(),  # noqa: B023
                lambda: (reference(case), theirs()),  # noqa: B023
                budget,
            )
            target = 3.0 if (batch, dtype) == (64, "float64") else None
            yield Row("judge", variant, dtype, batch, 1, found, target)


def by_hand(batch: int, budget: float) -> Iterator[Row]:
    """2. subject and judge, over subject and the comparison that people write."""
    for variant in ARCHITECTURES:
        for dtype in ("float64", "float32"):
            case = replace(Job(variant, "digits", dtype, batch).case(), upstream=None)
            given = (variant, case.parameters, case.images, np.asarray(case.labels))
            found = compared(
                lambda: Judge(case, reference(case), with_truth=False).findings(),  # noqa: B023
                lambda: hand.compared(*given, reference(case)),  # noqa: B023
                budget,
            )
            target = 4.0 if batch == 64 else None
            yield Row("judge over by hand", variant, dtype, batch, 1, found, target)


def gradcheck() -> Iterator[Row]:
    """3. the whole network's gradients at N = 2: run and judge, over torch.autograd.gradcheck of
    the same network, every parameter and pixel; once, for it takes minutes."""
    _, parameters, images, labels = drawn("modern", "float64", 2)
    names = list(parameters)
    leaves = [torch.tensor(v, requires_grad=True) for v in (images, *parameters.values())]
    target = torch.tensor(labels)

    def loss(x: torch.Tensor, *values: torch.Tensor) -> torch.Tensor:
        return eager.modern(dict(zip(names, values, strict=True)), x, target)

    theirs = seconds(lambda: torch.autograd.gradcheck(loss, leaves, raise_exception=False))
    case = replace(Job("modern", "digits", "float64", 2).case(), upstream=None)
    ours = [seconds(lambda: Judge(case, reference(case)).findings()) for _ in range(9)]
    middle = sorted(ours)[4]
    found = Ratio(middle, theirs, middle / theirs, min(ours) / theirs, max(ours) / theirs, 1)
    yield Row("verification over gradcheck", "modern", "float64", 2, 1, found, 0.01)
