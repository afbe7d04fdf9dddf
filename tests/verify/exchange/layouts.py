"""Golden tensors as somebody else would have written them: every layout and convention, undone by
hand here so that the mapping has something independent to undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]
Write = Callable[[Arrays], Arrays]


def each(change: Callable[[str, NDArray[Any]], NDArray[Any]]) -> Write:
    """A change of every tensor by name."""
    return lambda arrays: {name: change(name, value) for name, value in arrays.items()}


def symbol(name: str) -> str:
    """W of C3.dW."""
    return name.rpartition(".")[2].removeprefix("d")


def is_filter(name: str, value: NDArray[Any]) -> bool:
    return symbol(name) == "W" and value.ndim == 4


def nhwc(name: str, value: NDArray[Any]) -> NDArray[Any]:
    volume = value.ndim == 4 and symbol(name) != "W"
    return np.ascontiguousarray(np.moveaxis(value, 1, 3)) if volume else value


def filters(order: Callable[[NDArray[Any]], NDArray[Any]]) -> Write:
    return each(lambda name, value: order(value) if is_filter(name, value) else value)


def in_out(name: str, value: NDArray[Any]) -> NDArray[Any]:
    return value.T if symbol(name) == "W" and value.ndim == 2 else value


def flattened(order: str, value: NDArray[Any], volume: tuple[int, ...], axis: int) -> NDArray[Any]:
    """An axis that is a volume (C, H, W) flattened, flattened in another order."""
    kept = np.moveaxis(value, axis, 0)
    moved = kept.reshape(*volume, *kept.shape[1:])
    letters = [order.index(letter) for letter in "CHW"]
    moved = moved.transpose(*np.argsort(letters), *range(3, moved.ndim))
    return np.moveaxis(moved.reshape(kept.shape), 0, axis)


def covering(order: str, turned: bool = False) -> Write:
    """C5 fully connected, its 400 inputs in that order; perhaps (D, K)."""

    def change(name: str, value: NDArray[Any]) -> NDArray[Any]:
        if not name.startswith("C5."):
            return value
        flat = value.reshape(len(value), -1)
        if symbol(name) in ("W", "x", "a"):
            flat = flattened(order, flat, (16, 5, 5), 1)
        return flat.T if turned and symbol(name) == "W" else flat if value.ndim > 1 else value

    return each(change)


def full_c5(last: bool) -> Write:
    """C5's tensors without spatial axes; its 400 inputs in the order volumes lie in memory."""

    def change(name: str, value: NDArray[Any]) -> NDArray[Any]:
        if not name.startswith("C5.") or value.ndim != 4:
            return nhwc(name, value) if last else value
        moved = np.moveaxis(value, 1, 3) if last else value
        return moved.reshape(len(value), -1)

    return each(change)


def renamed(prefix: str) -> Write:
    return lambda arrays: {f"{prefix}{n.replace('.', '_')}": v for n, v in arrays.items()}


def without(*symbols: str) -> Write:
    return lambda arrays: {n: v for n, v in arrays.items() if n.rpartition(".")[2] not in symbols}


def summed(case: Case, loss: bool) -> Arrays:
    """The reference's trace with gradients (and the loss) of the sum over the batch; made by
    starting the backward pass from N times the gradient, for that is what rounds as theirs does."""
    trace = dict(reference(case))
    n = case.batch
    found = dict(reference(replace(case, upstream=trace["loss.dx"] * n)))
    scaled = ("loss.dx", "loss.data", "loss.total") if loss else ("loss.dx",)
    return found | {k: np.asarray(trace[k] * n, trace[k].dtype) for k in scaled if k in trace}


def half_rbf(name: str, value: NDArray[Any]) -> NDArray[Any]:
    """1/2 sum (x - w)^2."""
    layer, _, s = name.rpartition(".")
    below = s.startswith("d") and layer != "loss" and name not in ("F7.dy", "loss.data")
    halved = below or name in ("F7.y", "loss.x", "loss.data")
    return np.asarray(value / 2, dtype=value.dtype) if halved else value


LAYOUTS: dict[str, tuple[str, Write]] = {
    "NHWC": ('[layout]\nvolumes = "NHWC"', each(nhwc)),
    "HWIO": ('[layout]\nconvolution = "HWIO"', filters(lambda W: W.transpose(2, 3, 1, 0))),
    "matrix": ('[layout]\nconvolution = "matrix"', filters(lambda W: W.reshape(len(W), -1).T)),
    "matrix-transposed": (
        '[layout]\nconvolution = "matrix-transposed"',
        filters(lambda W: W.reshape(len(W), -1)),
    ),
    "matrix-HWIO": (
        '[layout]\nconvolution = "matrix-HWIO"',
        filters(lambda W: W.transpose(2, 3, 1, 0).reshape(-1, len(W))),
    ),
    "OHWI": ('[layout]\nconvolution = "OHWI"', filters(lambda W: W.transpose(0, 2, 3, 1))),
    "IOHW": ('[layout]\nconvolution = "IOHW"', filters(lambda W: W.transpose(1, 0, 2, 3))),
    "WHIO": ('[layout]\nconvolution = "WHIO"', filters(lambda W: W.T)),
    "matrix-OHWI": (
        '[layout]\nconvolution = "matrix-OHWI"',
        filters(lambda W: W.transpose(0, 2, 3, 1).reshape(len(W), -1)),
    ),
    "affine": ('[layout]\naffine = "in-out"', each(in_out)),
    "C5": ('[layout]\nC5 = "full"', full_c5(False)),
    "C5-NHWC": ('[layout]\nC5 = "full"\nvolumes = "NHWC"', full_c5(True)),
    "covering": ('[layout]\ncovering = "full"', covering("CHW")),
    "covering-HWC": ('[layout]\ncovering = "full"\nflatten = "HWC"', covering("HWC")),
    "covering-WHC": ('[layout]\nC5 = "full"\nflatten = "WHC"', covering("WHC")),
    "covering-NHWC-CHW": (
        '[layout]\ncovering = "full"\nvolumes = "NHWC"\nflatten = "CHW"',
        lambda arrays: each(nhwc)(covering("CHW")(arrays)),
    ),
    "covering-in-out": (
        '[layout]\ncovering = "full"\nflatten = "HWC"\naffine = "in-out"',
        lambda arrays: covering("HWC", turned=True)(each(in_out)(arrays)),
    ),
    "flat": ("", each(lambda name, value: value.reshape(-1))),
    "big-endian": ("", each(lambda name, value: value.astype(value.dtype.newbyteorder(">")))),
    "Fortran": ("", each(lambda name, value: np.asfortranarray(value))),
    "fused": ('[expect]\nabsent = ["*.z", "*.dz"]', without("z", "dz")),
    "no matrices": ('[expect]\nabsent = ["*.a", "*.da"]', without("a", "da")),
}
Make = Callable[[Case], Arrays]
CONVENTIONS: dict[str, tuple[str, str, Make]] = {
    "summed loss": ("modern", '[conventions]\nloss = "sum"', lambda c: summed(c, True)),
    "summed gradients": ("modern", '[conventions]\ngradients = "sum"', lambda c: summed(c, False)),
    "summed loss 1998": ("1998", '[conventions]\nloss = "sum"', lambda c: summed(c, True)),
    "half distances": (
        "1998",
        '[conventions]\nrbf = "half"',
        lambda c: each(half_rbf)(dict(reference(c))),
    ),
}


@cache
def traced(variant: str, tier: str) -> tuple[Case, Arrays]:
    """Three digits and the reference's trace, from the loss down."""
    case = replace(Job(variant, "digits", tier, 3).case(), upstream=None)
    return case, dict(reference(case))
