"""What a formula of the truth may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from verify.expected.step import Step

__all__ = ["Array", "Formulas", "Inputs", "bias_gradient", "blocks", "scattered"]
Array = NDArray[Any]


class Inputs:
    """The step's inputs by position, its spec, and the facts a formula may need."""

    def __init__(
        self,
        step: Step,
        arrays: list[Array],
        shape: tuple[int, ...],
        labels: Array | None,
        reg: float,
    ) -> None:
        self.step, self.arrays, self.shape, self.reg = step, arrays, shape, reg
        self.spec: Any = step.spec
        self.labels: Any = labels

    def __getitem__(self, i: int) -> Array:
        return self.arrays[i]

    @property
    def bias(self) -> Array:
        """b, the third input of z, or a zero where the layer has none."""
        return self.arrays[2] if len(self.arrays) > 2 else np.zeros((), self.arrays[0].dtype)


Formulas: TypeAlias = Mapping[str, Callable[[Inputs], Array]]


def bias_gradient(i: Inputs) -> Array:
    """The sum of dz over all but the map axis, for every family with a bias."""
    return np.moveaxis(i[0], 1, 0).reshape(i.shape[0], -1).sum(axis=1)


def blocks(x: Array, i: Inputs) -> Array:
    """(N, C, OH, OW, kh*kw) pooling windows."""
    (kh, kw), (sh, sw) = i.spec.window, i.spec.step
    fields = sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    return fields.reshape(*fields.shape[:4], kh * kw)


def scattered(rows: Array, i: Inputs) -> Array:
    """The volume of the result's shape to which every element of the windows is added where
    :func:`blocks` finds it."""
    _, c, h, w = i.shape
    places = blocks(np.arange(c * h * w).reshape(1, c, h, w), i).reshape(-1)
    found = np.zeros((i.shape[0], c * h * w), dtype=rows.dtype)
    for image, values in zip(found, rows.reshape(i.shape[0], -1), strict=True):
        np.add.at(image, places, values)
    return found.reshape(i.shape)
