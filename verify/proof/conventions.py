"""The convention ledger: choices that are not theorems, each with the rival it is told from.

Where a derivative or a result is a matter of convention, the reference follows PyTorch on CPU or
the paper.  Every entry plants its rival in the reference; the verification must then fail at the
tensor named.  docs/conventions.md is the list for readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lenet_ref import matrix, network
from lenet_ref.activations import relu
from lenet_ref.layers import max_pool
from verify.cases import idx
from verify.cases.plan import Job
from verify.checks.check import Check
from verify.pipeline.run import judge_subject
from verify.proof.faults.fault import Fault, planted
from verify.subjects.reference import reference


@dataclass(frozen=True)
class Convention:
    """name; ours: what holds here; rival: what it is told from, planted by ``fault``, which must
    fail first at the fault's tensor; or ``holds``, for choices no trace shows.
    concerns: patterns of the equations that depend on it."""

    name: str
    ours: str
    rival: str
    concerns: str
    fault: Fault | None = None
    holds: Callable[[], bool] | None = None


def _fault(target: str, make: Callable[[Any], Any], tensor: str, **case: Any) -> Fault:
    return Fault("rival", "", "", target, make, tensor=tensor, **case)


def _relu_at_zero(right: Any) -> Any:
    return lambda dy, z, y: np.where(z >= 0, dy, 0)


def _last_maximum(right: Any) -> Any:
    return lambda a: a.shape[1] - 1 - a[:, ::-1].argmax(axis=1)


def _all_tied(right: Any) -> Any:
    def backward(x: Any, argmax: Any, dy: Any, window: Any) -> Any:
        found = right(x, argmax, dy, window)
        a = matrix.windows(x, window)
        da = np.where(a == a.max(axis=1, keepdims=True), dy.reshape(-1, 1), 0)
        return {**found, "da": da, "dx": matrix.from_windows(da, x.shape, window)}

    return backward


def _summed_loss(right: Any) -> Any:
    return lambda x, labels: np.asarray(right(x, labels) * len(x))


def _halved_reg_gradient(right: Any) -> Any:
    return lambda W, reg: reg / 2 * W


def _biases_too(right: Any) -> Any:
    def backward(a: Any, W: Any, dz: Any) -> Any:
        found = right(a, W, dz)
        return {**found, "db": found["db"] + 0.5 * 0.1}

    return backward


def _average(right: Any) -> Any:
    return lambda reading, window: 1.0 / (window[0] * window[1])


def _height_width_channels(right: Any) -> Any:
    def gather(x: Any, kernel: Any, stride: Any = (1, 1)) -> Any:
        a = right(x, kernel, stride)
        rows, c = len(a), x.shape[1]
        return a.reshape(rows, c, -1).transpose(0, 2, 1).reshape(rows, -1)

    return gather


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


def _nearest_code_wins() -> bool:
    case = Job("1998", "digits", "float64", 2).case()
    tensors = dict(reference(case))
    y = tensors["F7.y"]
    nearest = [min(range(10), key=lambda k, row=row: row[k]) for row in y]  # type: ignore[misc]
    return list(network.predict(case.arch, tensors)) == nearest


ZERO = {"regime": "zero-bias"}
HISTORIC = {"variant": "1998"}

CONVENTIONS = (
    Convention("relu'(0)", "0", "1",
               "M-C?-dz M-F6-dz",
               _fault("activations.relu.backward", _relu_at_zero, "C3.dz", **ZERO)),
    Convention("-0.0", "equals 0.0 at ReLU and in a pooling tie", "is smaller than 0.0",
               "M-C?-y M-C?-dz M-F6-y M-F6-dz M-S?-argmax",
               holds=_minus_zero_is_zero),
    Convention("pooling tie", "the first maximum in row-major order", "the last",
               "M-S?-argmax",
               _fault("layers.max_pool.position_of_maximum", _last_maximum, "S2.argmax", **ZERO)),
    Convention("NaN in a pooling window", "the last NaN wins", "the first",
               "M-S?-argmax", holds=_last_nan_wins),
    Convention("gradient of a pooling tie", "to the first maximum alone", "to every maximum",
               "M-S?-da M-S?-dx",
               _fault("layers.max_pool.backward", _all_tied, "S4.da", **ZERO)),
    Convention("loss", "the mean over the batch", "the sum",
               "M-loss-data M-loss-total M-loss-dx",
               _fault("losses.cross_entropy.data_loss", _summed_loss, "loss.data")),
    Convention("loss of 1998", "the mean over the batch", "the sum",
               "H-loss-data H-loss-dx",
               _fault("losses.mle.data_loss", _summed_loss, "loss.data", **HISTORIC)),
    Convention("regulariser", "loss reg/2 ||W||^2, gradient reg W", "gradient reg W / 2",
               "M-loss-reg M-loss-total M-??-dW",
               _fault("regulariser.gradient", _halved_reg_gradient, "F7.dW",
                      regime="competitive")),
    Convention("regulariser on biases", "weights only", "biases too",
               "M-loss-reg M-??-db",
               _fault("layers.affine.backward", _biases_too, "F7.db", regime="competitive")),
    Convention("subsampling", "the sum of the window (paper, II-B)", "the average (II-A)",
               "H-S?-s H-S?-da H-S?-dx",
               _fault("layers.subsampling.window_scale", _average, "S2.s", **HISTORIC)),
    Convention("squash amplitude", "A = 1.7159", "A = 1.716",
               "H-[CS]?-y H-[CS]?-dz H-F6-y H-F6-dz",
               _fault("activations.squash.A", lambda right: 1.716, "C1.y", **HISTORIC)),
    Convention("squash slope", "S = 2/3", "S = 0.6667",
               "H-[CS]?-y H-[CS]?-dz H-F6-y H-F6-dz",
               _fault("activations.squash.S", lambda right: 0.6667, "C1.y", **HISTORIC)),
    Convention("im2col columns", "map, kernel row, kernel column", "kernel row, column, map",
               "?-C?-a ?-C?-da",
               _fault("matrix.im2col", _height_width_channels, "C3.a")),
    Convention("padding", "before the bytes are mapped: the border is background", "after",
               "?-C1-x",
               holds=_pads_before_mapping),
    Convention("class of 1998", "the nearest code: argmin", "argmax",
               "H-F7-y", holds=_nearest_code_wins),
)  # fmt: skip


def check(convention: Convention) -> Check:
    """The rival is rejected where it must be."""
    title = f"{convention.name}: {convention.ours}, not {convention.rival}"
    if convention.fault is None:
        passed = convention.holds is not None and convention.holds()
        return Check("convention", "both", title, passed, "holds" if passed else "does not hold")
    fault = convention.fault
    case = Job(fault.variant, fault.regime, fault.tier, fault.batch).case()
    with planted(fault):
        guilty = [
            f.step.tensor
            for f in judge_subject(case, reference, truth=False, inherited=False)
            if f.guilty
        ]
    first = guilty[0] if guilty else "nothing"
    detail = f"the rival fails first at {first}"
    return Check("convention", fault.variant, title, first == fault.tensor, detail)


def convention_checks() -> Iterator[Check]:
    """Every entry of the ledger."""
    return map(check, CONVENTIONS)
