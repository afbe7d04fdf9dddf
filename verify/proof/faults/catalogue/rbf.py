"""Mistakes in the code of the RBF layer: the distance of eq. 7, its gradients, its codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.fault import Fault

rbf = partial(Fault, layers="F7", tensor="F7.y", variant="1998")
learned = partial(Fault, layers="F7", variant="1998", regime="competitive")
R = "layers.rbf."
DIFFERENCES, FORWARD = R + "differences", R + "forward"


def expanded(x: Any, W: Any) -> Any:
    """|x|^2 - 2 x w + |w|^2, one matrix product."""
    return (x * x).sum(axis=1)[:, None] - 2 * x @ W.T + (W * W).sum(axis=1)


def using(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Differences to changed codes, forward and backward."""
    return lambda right: lambda x, W: right(x, change(W))


def one_pixel(W: Any) -> Any:
    """The 8 with its third row's last pixel but one inked the wrong way."""
    return np.where((np.arange(10)[:, None] == 8) & (np.arange(84) == 19), -W, W)


FAULTS = [
    rbf("rbf-class-index", "x_i - w_ij as the source prints it: the class's index for the unit's",
        "erratum S12; field notes B1", DIFFERENCES,
        lambda right: lambda x, W: x[:, : len(W), None] - W, cause="class-index"),
    rbf("rbf-square-root", "the distance itself instead of its square", "eq. 7", FORWARD,
        lambda right: lambda x, W: np.sqrt(right(x, W)), cause="not-squared"),
    rbf("rbf-gaussian", "a Gaussian of the distance, as RBF means elsewhere", "eq. 7", FORWARD,
        lambda right: lambda x, W: np.exp(-right(x, W)), cause="gaussian"),
    rbf("rbf-half-cross-term", "the expanded square without the 2 of its cross term",
        "expansion slip", FORWARD, lambda right: lambda x, W: expanded(x, W) + x @ W.T,
        cause="half-cross-term"),
    rbf("codes-one-pixel", "one pixel of one digit redrawn", "field notes B2", DIFFERENCES,
        using(one_pixel), cause="flipped-pixel"),
    rbf("codes-permuted", "digits in a permuted order: 3 and 5 exchanged", "field notes B2",
        DIFFERENCES, using(lambda W: W[[0, 1, 2, 5, 4, 3, 6, 7, 8, 9]]), cause="mixed-codes"),
    rbf("codes-one-used-twice", "the code of the 6 used for the 9 too", "field notes B2",
        DIFFERENCES, using(lambda W: W[[*range(9), 6]]), cause="mixed-codes"),
    learned("rbf-dx-no-upstream", "the upstream gradient is not multiplied",
            "field notes B8, C24", R + "input_gradient",
            lambda right: lambda x, W, dy: 2 * (x[:, None, :] - W).sum(axis=1), tensor="F7.dx",
            cause="no-upstream"),
    learned("codes-dW-sign", "the minus of the inner derivative is missing: learned codes flee",
            "field notes B8", R + "code_gradient",
            lambda right: lambda x, W, dy: -right(x, W, dy), tensor="F7.dW", cause="sign"),
    Fault("rbf-reversed-difference", "w - x for x - w in the forward pass", "eq. 7", FORWARD,
          lambda right: lambda x, W: ((W - x[:, None, :]) ** 2).sum(axis=2), variant="1998",
          equivalent="(w - x) and (x - w) differ in sign alone, in rounding too; the square is "
          "the same number."),
    Fault("rbf-expanded-square", "|x|^2 - 2 x w + |w|^2 for the sum of squares",
          "usual optimisation", FORWARD, lambda right: expanded, variant="1998",
          equivalent="The same polynomial; its roundings act on |x|^2 + 2 |x||w| + |w|^2, the "
          "magnitude (|x| + |w|)^2 of the bound."),
]  # fmt: skip
