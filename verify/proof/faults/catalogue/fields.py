"""Mistakes in gathering receptive fields (im2col) and putting them back (col2im)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lenet_ref import matrix
from verify.proof.faults.fault import Fault

GATHER, SCATTER = "matrix.im2col", "matrix.col2im"
gather = partial(Fault, target=GATHER, layers="C1 C3 C5", tensor="C1.a", variant="modern")
scatter = partial(Fault, target=SCATTER, layers="C1 C3 C5", tensor="C5.dx", variant="modern")
OVERLAPS = "C1 C3"


def by_position(right: Any) -> Any:
    """Columns of a listed by (u, v, c)."""

    def wrong(x: Any, kernel: Any, stride: Any = (1, 1)) -> Any:
        a = right(x, kernel, stride)
        fields = a.reshape(len(a), x.shape[1], *kernel)
        return fields.transpose(0, 2, 3, 1).reshape(a.shape)

    return wrong


def of(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The fields of another volume."""
    return lambda right: lambda x, kernel, stride=(1, 1): right(change(x), kernel, stride)


IM2COL = [
    gather("im2col-columns-by-position", "columns run over (u, v, c)", "erratum S27",
           make=by_position, layers="C3 C5", tensor="C3.a",
           cause="columns-by-position"),
    gather("im2col-one-row-late", "fields start one row too late", "off by one",
           make=of(lambda x: np.roll(x, -1, axis=2)), cause="fields-shifted"),
    gather("im2col-integers", "fields are gathered into an integer buffer", "field notes E9",
           make=of(np.trunc), cause="truncated"),
]  # fmt: skip


def overwritten(by_kernel: bool) -> Callable[[Any], Any]:
    """Assigned instead of added: by the loop over the kernel, or with repeated indices."""

    def make(right: Any) -> Any:
        def wrong(da: Any, shape: Any, kernel: Any, stride: Any = (1, 1)) -> Any:
            count = np.arange(np.prod(shape), dtype=float).reshape(shape)
            places = matrix.im2col(count, kernel, stride).astype(int)
            dx = np.zeros(int(np.prod(shape)), dtype=da.dtype)
            if by_kernel:
                for k in range(places.shape[1]):
                    dx[places[:, k]] = da[:, k]
            else:
                dx[places.ravel()] += da.ravel()
            return dx.reshape(shape)

        return wrong

    return make


def averaged(right: Any) -> Any:
    """Divided by how many fields cover each pixel."""

    def wrong(da: Any, *geometry: Any) -> Any:
        return right(da, *geometry) / np.maximum(right(np.ones_like(da), *geometry), 1)

    return wrong


COL2IM = [
    scatter("col2im-overwritten", "fields overwrite each other instead of adding up",
            "field notes C11; erratum S26", make=overwritten(True), layers=OVERLAPS,
            tensor="C3.dx", cause="overwritten"),
    scatter("col2im-repeated-indices", "x[index] += v with repeated indices keeps the last",
            "field notes C10", make=overwritten(False), layers=OVERLAPS, tensor="C3.dx",
            cause="overwritten"),
    scatter("col2im-averaged", "the sum is divided by the number of fields at each pixel",
            "field notes C11", make=averaged, layers=OVERLAPS, tensor="C3.dx",
            cause="averaged-over-overlaps"),
]  # fmt: skip


def where_one_position(wrong: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A change where the kernel covers the image, as in C5; nothing elsewhere."""

    def make(right: Any) -> Any:
        def either(da: Any, shape: Any, kernel: Any, stride: Any = (1, 1)) -> Any:
            covers = tuple(shape[2:]) == tuple(kernel)
            return (wrong(right) if covers else right)(da, shape, kernel, stride)

        return either

    return make


EQUIVALENT = [
    scatter("col2im-overwritten-in-C5", "in C5 the fields overwrite each other",
            "field notes C11", make=where_one_position(overwritten(True)), layers="", tensor="",
            equivalent="C5 has one position: no two elements of da come from the same pixel, so "
            "adding to zero and writing are the same."),
    scatter("col2im-averaged-in-C5", "in C5 the sum is divided by the number of fields",
            "field notes C11", make=where_one_position(averaged), layers="", tensor="",
            equivalent="C5 has one position: every pixel is covered once, and division by 1 is "
            "exact."),
    gather("im2col-by-strides", "fields are a view with repeated strides, then copied",
           "another algorithm",
           make=lambda right: lambda x, kernel, stride=(1, 1): np.lib.stride_tricks
           .sliding_window_view(x, kernel, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]
           .transpose(0, 2, 3, 1, 4, 5).reshape(right(x, kernel, stride).shape),
           layers="", tensor="",
           equivalent="The same elements in the same order; no arithmetic."),
]  # fmt: skip

FAULTS = [*IM2COL, *COL2IM, *EQUIVALENT]
