"""Wrong by one factor: match it against the quantities that mistakes are made of."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor

from verify.judge.findings import Cause
from verify.mistakes.hypothesis import Candidate, Evidence

A, S = 1.7159, 2 / 3


def hypotheses(e: Evidence) -> Iterator[Candidate]:
    """The oracle's result times each named quantity that is near the factor measured, the most
    telling first: a bound wider than the tensor itself would let any of them fit."""
    measured = fitted(e)
    for factor, cause in named_factors(e):
        if factor not in (0.0, 1.0) and abs(factor - measured) <= NEAR * abs(factor):
            yield Candidate(cause, partial(torch.mul, e.oracle, factor))


NEAR = 0.01


def fitted(e: Evidence) -> float:
    """The factor from oracle to subject that leaves least; NaN where there is none."""
    size = float((e.oracle * e.oracle).sum())
    return float((e.subject * e.oracle).sum()) / size if size > 0 else math.nan


def named_factors(e: Evidence) -> Iterator[tuple[float, Cause]]:
    """Factors with their explanation."""
    name, n = e.step.tensor, e.batch
    yield -1.0, Cause("sign", f"{name} has the wrong sign")
    rows = row_count(e)
    if rows > n and e.step.symbol in ("db", "dW"):
        text = f"{name} equals the reference x 1/{rows}: averaged over the rows, must be summed"
        yield 1 / rows, Cause("averaged-over-rows", text)
        positions = rows // n
        text = (
            f"{name} equals the reference x 1/{positions}: averaged over the {positions} positions"
        )
        yield 1 / positions, Cause("averaged-over-positions", f"{text}, must be summed")
    elif e.step.symbol in ("db", "dW"):
        text = f"{name} equals the reference x 1/{n}: averaged over the batch rows, must be summed"
        text += ", or halved" if n == 2 else ""
        yield 1 / n, Cause("averaged-over-rows", text)
    if holds_mean(e):
        other = f", or a factor {n} of another origin" if n in (2, 4) else ""
        text = f"{name} is N = {n} times too"
        yield float(n), Cause("times-N", f"{text} large: 1/N is missing{other}")
        yield 1 / n, Cause("over-N", f"{text} small: 1/N was applied twice{other}")
    squashed = e.judge.case.arch.variant == "1998"
    for factor, cause, text in FIXED if squashed else GENERAL:
        yield factor, Cause(cause, f"{name} equals the reference x {text}")


FIXED = (
    (0.5, "half", "1/2: a factor 2 is lost, or a 1/2 too many"),
    (2.0, "double", "2: a factor 1/2 is lost, or counted twice"),
    (0.25, "quarter", "1/4: averaged over the window, must be summed"),
    (4.0, "four", "4: summed over the window, must be averaged"),
    (1 / (A * S), "lost-AS", "1/(A S): both constants of the squash are lost"),
    (A * S, "extra-AS", "A S: the constants of the squash are applied twice"),
    (1 / S, "lost-S", "1/S = 3/2: the slope S of the squash is lost"),
    (S, "extra-S", "S = 2/3: the slope S of the squash is applied twice"),
    (1 / A, "lost-A", "1/A: the amplitude A of the squash is lost"),
    (A, "extra-A", "A: the amplitude A of the squash is applied twice"),
    (1 / 25, "over-kernel", "1/25: divided by the kernel's area"),
    (1.14393 / (A * S), "rounded-AS", "1.14393/(A S): the constant was rounded"),
)


GENERAL = tuple(row for row in FIXED if "A" not in row[1] and "S" not in row[1])
"""Those that have nothing to do with the squash: the modern variant has none."""


def holds_mean(e: Evidence) -> bool:
    """Losses and gradients hold the mean over the batch; nothing else knows N."""
    return e.step.layer == "loss" or e.step.symbol.startswith("d")


def row_count(e: Evidence) -> int:
    """Terms summed into one element of a parameter gradient."""
    name = f"{e.step.layer}.dz"
    if name not in e.shapes:
        return e.batch
    n, _, *positions = e.shapes[name]
    return n * math.prod(positions)


def anonymous(e: Evidence) -> Iterator[Candidate]:
    """One factor that matches nothing by name; last resort, still worth saying."""
    factor = fitted(e)
    if not math.isfinite(factor) or e.oracle.numel() < 4:
        return

    def scaled() -> Tensor:
        return e.oracle * factor

    text = f"{e.step.tensor} equals the reference x {factor:.10g}: one constant factor"
    yield Candidate(Cause("constant-factor", text), scaled, 1)
