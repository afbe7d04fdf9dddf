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
ROWS = "erratum S27"


def sizes(x: Any, kernel: Any, stride: Any) -> tuple[int, ...]:
    """n, oh, ow, c, kh, kw."""
    n, c, h, w = x
    oh, ow = (matrix.output_size(*s) for s in zip((h, w), kernel, stride, strict=True))
    return n, oh, ow, c, *kernel


def listed(*order: int) -> Callable[[Any], Any]:
    """a with rows and columns in another order of (n, i, j, c, u, v)."""

    def make(right: Any) -> Any:
        def wrong(x: Any, kernel: Any, stride: Any = (1, 1)) -> Any:
            a = right(x, kernel, stride)
            fields = a.reshape(sizes(x.shape, kernel, stride))
            return fields.transpose(order).reshape(a.shape)

        return wrong

    return make


def of(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The fields of another volume."""
    return lambda right: lambda x, kernel, stride=(1, 1): right(change(x), kernel, stride)


def last_row_missing(right: Any) -> Any:
    """The loop over rows of positions ends one too early."""

    def wrong(x: Any, kernel: Any, stride: Any = (1, 1)) -> Any:
        a = right(x, kernel, stride)
        fields = a.reshape(sizes(x.shape, kernel, stride)).copy()
        fields[:, -1] = 0
        return fields.reshape(a.shape)

    return wrong


def first_pattern(x: Any) -> Any:
    """In C1 only: from there on all patterns are equal, but for a rounding that BLAS may do
    differently from row to row, and then C5 would be guilty on one machine and not on another."""
    return np.repeat(x[:1], len(x), axis=0) if x.shape[1] == 1 else x


def one_step_apart(right: Any) -> Any:
    """Positions counted without the stride."""

    def wrong(x: Any, kernel: Any, stride: Any = (1, 1)) -> Any:
        n, oh, ow, c, kh, kw = sizes(x.shape, kernel, stride)
        a = right(x, kernel, (1, 1)).reshape(n, -1, x.shape[3] - kw + 1, c * kh * kw)
        return a[:, :oh, :ow].reshape(n * oh * ow, -1)

    return wrong


IM2COL = [
    gather("im2col-columns-by-position", "columns run over (u, v, c)", ROWS,
           make=listed(0, 1, 2, 4, 5, 3), layers="C3 C5", tensor="C3.a",
           cause="columns-by-position"),
    gather("im2col-columns-transposed", "columns run over (c, v, u)", ROWS,
           make=listed(0, 1, 2, 3, 5, 4), cause="columns-transposed"),
    gather("im2col-rows-by-position", "rows run over (i, j, n)", ROWS,
           make=listed(1, 2, 0, 3, 4, 5), layers="C1 C3", cause="rows-by-position"),
    gather("im2col-rows-transposed", "rows run over (n, j, i)", "H and W swapped",
           make=listed(0, 2, 1, 3, 4, 5), layers="C1 C3", cause="rows-transposed"),
    gather("im2col-reshaped", "the columns are reshaped to rows instead of transposed", ROWS,
           make=listed(3, 4, 5, 0, 1, 2), cause="reshape-for-transpose"),
    gather("im2col-one-row-late", "fields start one row too late", "off by one",
           make=of(lambda x: np.roll(x, -1, axis=2)), cause="fields-shifted"),
    gather("im2col-one-column-late", "fields start one column too late", "off by one",
           make=of(lambda x: np.roll(x, -1, axis=3)), cause="fields-shifted"),
    gather("im2col-one-based", "rows and columns are counted from 1", "ported code",
           make=of(lambda x: np.roll(x, (-1, -1), axis=(2, 3))), cause="fields-shifted"),
    gather("im2col-last-row-missing", "the loop over rows ends one too early",
           "field notes A20, A21", make=last_row_missing, cause="last-windows-missing",
           layers="C1 C3 C5"),
    gather("im2col-first-pattern", "the pattern's index is missing: always the first",
           "index slip", make=of(first_pattern),
           layers="C1", cause="first-pattern-for-all"),
    gather("im2col-first-map", "the map's index is missing: always the first", "index slip",
           make=of(lambda x: np.repeat(x[:, :1], x.shape[1], axis=1)), layers="C3 C5",
           tensor="C3.a", cause="first-map-for-all"),
    gather("im2col-integers", "fields are gathered into an integer buffer", "field notes E9",
           make=of(np.trunc), cause="truncated"),
    gather("im2col-stride-ignored", "positions are one step apart whatever the stride",
           "off by one", make=one_step_apart, layers="C1", regime="probe-convolution",
           cause="stride-ignored"),
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


def from_columns(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """da changed as (n, i, j, c, u, v) before it is put back."""

    def make(right: Any) -> Any:
        def wrong(da: Any, shape: Any, kernel: Any, stride: Any = (1, 1)) -> Any:
            fields = da.reshape(sizes(shape, kernel, stride))
            return right(change(fields).reshape(da.shape), shape, kernel, stride)

        return wrong

    return make


def after(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """dx changed."""
    return lambda right: lambda *arguments: change(right(*arguments))


def down(dx: Any) -> Any:
    """Moved one row down, zeros following: full padding of F instead of F - 1."""
    return np.concatenate([np.zeros_like(dx[:, :, :1]), dx[:, :, :-1]], axis=2)


def only(n: int) -> Callable[[Any], Any]:
    """One pattern's gradient, the others zero."""

    def change(fields: Any) -> Any:
        kept = np.zeros_like(fields)
        kept[n] = fields[n]
        return kept

    return change


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
    scatter("col2im-kernel-rotated", "the kernel is rotated where im2col's adjoint does not",
            "field notes C12", make=from_columns(lambda f: f[..., ::-1, ::-1]),
            cause="kernel-rotated"),
    scatter("col2im-kernel-transposed", "kernel rows and columns are exchanged",
            "H and W swapped", make=from_columns(lambda f: f.swapaxes(4, 5)),
            cause="kernel-transposed"),
    scatter("col2im-one-row-down", "full correlation padded by F instead of F - 1",
            "field notes C14", make=after(down), cause="shifted"),
    scatter("col2im-maps-reversed", "the maps of dx are in reverse order", "field notes C13",
            make=after(lambda dx: dx[:, ::-1]), layers="C3 C5", cause="permuted-axis-1"),
    scatter("col2im-transposed", "height and width of dx are exchanged", "H and W swapped",
            make=after(lambda dx: dx.swapaxes(2, 3)), cause="kernel-transposed"),
    scatter("col2im-last-pattern", "only the last pattern's gradient is kept",
            "field notes C5", make=from_columns(only(-1)), layers="C5", cause="last-pattern-only"),
    scatter("col2im-first-pattern", "only the first pattern's gradient is kept", "index slip",
            make=from_columns(only(0)), layers="C5", cause="first-pattern-only"),
    scatter("col2im-zero", "the gradient is computed and not returned", "field notes C17",
            make=after(np.zeros_like), layers="C5", cause="zero"),
    scatter("col2im-sign", "the gradient has the wrong sign", "sign slip",
            make=after(np.negative), cause="sign"),
    scatter("col2im-halved", "the gradient is halved", "factor slip",
            make=after(lambda dx: dx / 2), cause="half"),
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
