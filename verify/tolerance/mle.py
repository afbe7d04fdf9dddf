"""Rounding bounds of the maximum likelihood criterion (paper, eq. 8)."""

from __future__ import annotations

import torch
from torch import Tensor

from verify.expected.step import Step, spec_of
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.sums import Rules, patterns, through


def mle_data(q: Query, step: Step) -> Bound:
    """A mean of n numbers, by a quotient or a rounded 1/n: gamma_{n+1} on the mean modulus."""
    n = len(q.value("loss.x"))
    total = patterns(spec_of(step).reduction, n)

    def mean(t: Tensor) -> Tensor:
        return t.gather(1, q.labels[:, None]).mean() * total

    return Bound(
        "sum", n + 1 + (total > 1), mean(q.magnitude("loss.x")), through(mean, q.error("loss.x"))
    )


def mle_dx(q: Query, step: Step) -> Bound:
    """Y / n: one division, or a rounded 1/n times 1; Y where nothing is divided, or n Y / n."""
    x = q.value("loss.x")
    Y = torch.nn.functional.one_hot(q.labels, x.shape[1]).to(torch.float64)
    total = patterns(spec_of(step).gradient, len(x))
    return Bound("sum", 2 + (total > 1), Y * (total / len(x)))


RULES: Rules = {"mle.data": mle_data, "mle.dx": mle_dx}
