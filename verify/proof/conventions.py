"""The convention ledger: choices that are not theorems, each with the rival it is told from.

Where a derivative or a result is a matter of convention, the reference follows PyTorch on CPU or
the paper.  Every rival is an entry of the table of mistakes; planted in a network, it must be
rejected at the tensor named.  docs/conventions.md is the list for readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lenet_ref import network
from lenet_ref.activations import relu
from lenet_ref.layers import average_pool, max_pool
from verify.cases import idx
from verify.cases.plan import Job
from verify.checks.check import Check
from verify.mistakes.table import mistake
from verify.pipeline.judging import OWN, judged
from verify.proof.planting.run import plant
from verify.subjects.reference import reference

__all__ = ["CONVENTIONS", "Convention", "Rival", "check", "convention_checks"]


@dataclass(frozen=True)
class Rival:
    """An entry of the table, the tensor that must fail first, and a case that shows it."""

    operation: str
    name: str
    tensor: str
    variant: str = "modern"
    regime: str = "digits"


@dataclass(frozen=True)
class Convention:
    """name; ours: what holds here; rival: what it is told from, planted as ``planted`` says; or
    ``holds``, for choices no trace shows.  concerns: patterns of the equations that depend on
    it."""

    name: str
    ours: str
    rival: str
    concerns: str
    planted: Rival | None = None
    holds: Callable[[], bool] | None = None


def _pads_before_mapping() -> bool:
    byte = np.zeros((1, 28, 28), dtype=np.uint8)
    return bool((idx.to_input(byte, "1998") == -0.1).all())


def _minus_zero_is_zero() -> bool:
    one, minus = np.ones(1), np.full(1, -0.0)
    shut = float(relu.backward(one, minus, minus)[0]) == 0.0
    tied = int(max_pool.position_of_maximum(np.array([[-0.0, 0.0]]))[0]) == 0
    return shut and tied


def _last_nan_wins() -> bool:
    nan = np.nan
    windows = np.array([[1.0, nan, nan, 2.0], [nan, 1.0, 2.0, nan], [3.0, 1.0, 3.0, 2.0]])
    return list(max_pool.position_of_maximum(windows)) == [2, 3, 0]


def _rests_are_not_read() -> bool:
    x, dy = np.arange(5.0).reshape(1, 1, 1, 5), np.ones((1, 1, 1, 2))
    read = average_pool.forward(x, (1, 2))["y"].size == 2
    return read and average_pool.backward(x, dy, (1, 2))["dx"][..., 4].item() == 0.0


def _nearest_code_wins() -> bool:
    case = Job("1998", "digits", "float64", 2).case()
    tensors = dict(reference(case))
    y = tensors["F7.y"]
    nearest = [min(range(10), key=lambda k, row=row: row[k]) for row in y]  # type: ignore[misc]
    return list(network.predict(case.arch, tensors)) == nearest


CONVENTIONS = (
    Convention("relu'(0)", "0", "1", "M-C?-dz M-F6-dz",
               Rival("activation.dz", "relu'(0):1", "C3.dz", regime="zero-bias")),
    Convention("leaky'(0)", "the slope, the derivative from below", "1",
               "affine-dz average_pool-dz max_pool-dz subsampling-dz",
               Rival("activation.dz", "leaky'(0)", "S2.dz", "options", "probe-max-leaky")),
    Convention("pooling at the edge", "sizes by floor: what no window reaches is not read",
               "sizes rounded up", "average_pool-dx max_pool-dx subsampling-dx",
               holds=_rests_are_not_read),
    Convention("-0.0", "equals 0.0 at ReLU and in a pooling tie", "is smaller than 0.0",
               "M-C?-y M-C?-dz M-F6-y M-F6-dz M-S?-argmax", holds=_minus_zero_is_zero),
    Convention("pooling tie", "the first maximum in row-major order", "the last", "M-S?-argmax",
               Rival("max_pool.argmax", "last-maximum", "S2.argmax", regime="zero-bias")),
    Convention("NaN in a pooling window", "the last NaN wins", "the first", "M-S?-argmax",
               holds=_last_nan_wins),
    Convention("gradient of a pooling tie", "to the first maximum alone", "to every maximum",
               "M-S?-da M-S?-dx",
               Rival("max_pool.da", "all-tied-maxima", "S4.da", regime="zero-bias")),
    Convention("loss", "the mean over the batch", "the sum",
               "M-loss-data M-loss-total M-loss-dx",
               Rival("cross_entropy.data", "times-N", "loss.data")),
    Convention("loss of 1998", "the mean over the batch", "the sum", "H-loss-data H-loss-dx",
               Rival("mle.data", "times-N", "loss.data", "1998")),
    Convention("regulariser", "loss reg/2 ||W||^2, gradient reg W", "gradient reg W / 2",
               "M-loss-reg M-loss-total M-??-dW",
               Rival("affine.dW", "decay-half", "F7.dW", regime="competitive")),
    Convention("regulariser on biases", "weights only", "biases too", "M-loss-reg M-??-db",
               Rival("affine.db", "decay-on-bias", "F7.db", regime="competitive")),
    Convention("subsampling", "the sum of the window (paper, II-B)", "the average (II-A)",
               "H-S?-s H-S?-da H-S?-dx", Rival("subsampling.s", "averaged", "S2.s", "1998")),
    Convention("squash amplitude", "A = 1.7159", "A = 1.716",
               "H-[CS]?-y H-[CS]?-dz H-F6-y H-F6-dz",
               Rival("activation.y", "rounded-A:1.716", "C1.y", "1998")),
    Convention("squash slope", "S = 2/3", "S = 0.6667", "H-[CS]?-y H-[CS]?-dz H-F6-y H-F6-dz",
               Rival("activation.y", "rounded-S:0.6667", "C1.y", "1998")),
    Convention("im2col columns", "map, kernel row, kernel column", "kernel row, column, map",
               "?-C?-a ?-C?-da", Rival("convolution.a", "columns-by-position", "C3.a")),
    Convention("padding", "before the bytes are mapped: the border is background", "after",
               "?-C1-x", holds=_pads_before_mapping),
    Convention("class of 1998", "the nearest code: argmin", "argmax", "H-F7-y",
               holds=_nearest_code_wins),
)  # fmt: skip


def check(convention: Convention) -> Check:
    """The rival is rejected where it must be."""
    title = f"{convention.name}: {convention.ours}, not {convention.rival}"
    rival = convention.planted
    if rival is None:
        passed = convention.holds is not None and convention.holds()
        return Check("convention", "both", title, passed, "holds" if passed else "does not hold")
    case = Job(rival.variant, rival.regime, "float64", 3).case()
    trace = plant(case, rival.operation, mistake(rival.operation, rival.name)).trace
    findings = judged(case, trace, OWN)
    first = next((f.step.tensor for f in findings if f.guilty), "nothing")
    detail = f"the rival fails first at {first}"
    return Check("convention", rival.variant, title, first == rival.tensor, detail)


def convention_checks() -> Iterator[Check]:
    """Every entry of the ledger."""
    return map(check, CONVENTIONS)
