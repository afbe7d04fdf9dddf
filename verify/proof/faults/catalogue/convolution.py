"""Mistakes in the convolution layers, forward: bias, weights, maps."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.fault import Fault

conv = partial(Fault, layers="C1 C3 C5", tensor="C1.z", variant="modern")
Z, FORWARD = "layers.convolution.pre_activation", "layers.convolution.forward"
SEVERAL = "C3 C5"
Change = Callable[[Any], Any]


def formula(wrong: Callable[[Any, Any, Any], Any]) -> Callable[[Any], Any]:
    """z by another formula of a, W and b."""
    return lambda right: wrong


def reading(change: Change) -> Callable[[Any], Any]:
    """The forward pass with the weights read otherwise."""
    return lambda right: lambda x, W, *rest: right(x, np.ascontiguousarray(change(W)), *rest)


def taken_for(*order: int) -> Change:
    """The memory of W read as a bank whose axes (K, C, kh, kw) stand in another order."""

    def change(W: Any) -> Any:
        back = [order.index(axis) for axis in range(4)]
        return W.reshape([W.shape[axis] for axis in order]).transpose(back)

    return change


def one_input_map(right: Any) -> Any:
    """z assigned instead of accumulated in the loop over input maps."""

    def wrong(x: Any, W: Any, *rest: Any) -> Any:
        only = np.zeros_like(W)
        only[:, -1] = W[:, -1]
        return {**right(x, only, *rest), "a": right(x, W, *rest)["a"]}

    return wrong


def bias_per_input_map(right: Any) -> Any:
    """The bias added inside the loop over input maps."""
    return lambda x, W, b, *rest: right(x, W, W.shape[1] * b, *rest)


def for_all_patterns(right: Any) -> Any:
    """z of pattern 0 written for every pattern."""

    def wrong(*arguments: Any) -> Any:
        found = right(*arguments)
        return {**found, "z": np.repeat(found["z"][:1], len(found["z"]), axis=0)}

    return wrong


def last_row_missing(right: Any) -> Any:
    """The loop over rows of positions ends one too early."""

    def wrong(*arguments: Any) -> Any:
        found = right(*arguments)
        z = found["z"].copy()
        if z.shape[2] > 1:
            z[:, :, -1] = 0
        return {**found, "z": z}

    return wrong


BIAS = [
    conv("conv-no-bias", "the bias is not added in the forward pass", "field notes A12", Z,
         formula(lambda a, W, b: a @ W), cause="no-bias"),
    conv("conv-bias-twice", "the bias is added twice", "experience", Z,
         formula(lambda a, W, b: a @ W + 2 * b), cause="bias-twice"),
    conv("conv-bias-subtracted", "the bias is subtracted, as a threshold", "sign slip", Z,
         formula(lambda a, W, b: a @ W - b), cause="bias-subtracted"),
    conv("conv-bias-multiplied", "the bias multiplies", "field notes A6", Z,
         formula(lambda a, W, b: a @ W * b), cause="bias-multiplied"),
    conv("conv-bias-reversed", "the biases are added in reverse order", "index slip", Z,
         formula(lambda a, W, b: a @ W + b[::-1]), cause="bias-of-another-map"),
    conv("conv-bias-next-map", "each map gets the bias of the next one", "off by one", Z,
         formula(lambda a, W, b: a @ W + np.roll(b, -1)), cause="bias-of-another-map"),
    conv("conv-bias-shared", "all maps get the first map's bias", "index slip", Z,
         formula(lambda a, W, b: a @ W + b[0]), cause="one-bias"),
    conv("conv-bias-per-input-map", "the bias is added in the loop over input maps",
         "experience", FORWARD, bias_per_input_map, layers=SEVERAL, tensor="C3.z",
         cause="bias-per-input-map"),
    conv("conv-field-averaged", "the products are averaged over the receptive field",
         "experience", Z, formula(lambda a, W, b: a @ W / len(W) + b),
         cause="averaged-over-field"),
]  # fmt: skip

WEIGHTS = [
    conv("conv-true-convolution", "the kernel is rotated: a convolution, not a correlation",
         "field notes A15", FORWARD, reading(lambda W: W[:, :, ::-1, ::-1]),
         cause="true-convolution"),
    conv("conv-kernel-upside-down", "the kernel's rows are in reverse order", "field notes A15",
         FORWARD, reading(lambda W: W[:, :, ::-1]), cause="kernel-upside-down"),
    conv("conv-kernel-mirrored", "the kernel's columns are in reverse order", "field notes A15",
         FORWARD, reading(lambda W: W[..., ::-1]), cause="kernel-mirrored"),
    conv("conv-kernel-transposed", "rows and columns of the kernel are exchanged",
         "H and W swapped", FORWARD, reading(lambda W: W.transpose(0, 1, 3, 2)),
         cause="kernel-transposed"),
    conv("conv-input-maps-reversed", "the kernels read the input maps in reverse order",
         "channel order", FORWARD, reading(lambda W: W[:, ::-1]), layers=SEVERAL, tensor="C3.z",
         cause="maps-reversed"),
    conv("conv-weights-as-hwio", "the weights' memory is taken for (kh, kw, C, K)",
         "another framework's layout", FORWARD, reading(taken_for(2, 3, 1, 0)),
         cause="weight-layout"),
    conv("conv-weights-as-khwc", "the weights' memory is taken for (K, kh, kw, C)",
         "another framework's layout", FORWARD, reading(taken_for(0, 2, 3, 1)), layers=SEVERAL,
         tensor="C3.z", cause="weight-layout"),
    conv("conv-weights-as-ckhw", "input and output maps of the weights are exchanged in memory",
         "field notes C15", FORWARD, reading(taken_for(1, 0, 2, 3)), layers=SEVERAL,
         tensor="C3.z", cause="weight-layout"),
    conv("conv-weights-as-matrix", "the weights' memory is taken for the matrix (C*kh*kw, K)",
         "field notes C31", FORWARD, reading(taken_for(1, 2, 3, 0)), cause="weight-layout"),
    conv("conv-weights-column-major", "the weights are read column-major, from a Fortran array",
         "ported code", FORWARD, reading(taken_for(3, 2, 1, 0)), cause="weight-layout"),
]  # fmt: skip

PLACES = [
    conv("conv-last-input-map-only", "z is assigned in the loop over input maps",
         "field notes C7, forward", FORWARD, one_input_map, layers=SEVERAL, tensor="C3.z",
         cause="last-map-only"),
    conv("conv-first-pattern-for-all", "every pattern gets the result of the first",
         "index slip", FORWARD, for_all_patterns, layers="C1", cause="first-pattern-for-all"),
    conv("conv-last-row-missing", "the loop over rows of positions ends one too early",
         "field notes A20, A21", FORWARD, last_row_missing, layers="C1 C3",
         cause="last-windows-missing"),
    conv("conv-z-reshaped", "the rows of z are reshaped to a volume, the axes not moved",
         "erratum S27", "matrix.to_volume", lambda right: lambda rows, shape: rows.reshape(shape),
         layers="C1 C3", cause="reshape-for-transpose"),
    conv("conv-z-transposed", "height and width of z are exchanged", "H and W swapped",
         "matrix.to_volume",
         lambda right: lambda rows, shape: right(rows, shape).transpose(0, 1, 3, 2),
         layers="C1 C3", cause="transposed-space"),
    conv("conv-z-maps-reversed", "the maps of z are stored in reverse order", "channel order",
         "matrix.to_volume", lambda right: lambda rows, shape: right(rows[:, ::-1], shape),
         cause="permuted-axis-1"),
    conv("conv-z-patterns-reversed", "the patterns of z are stored in reverse order",
         "batch order", "matrix.to_volume",
         lambda right: lambda rows, shape: right(rows, shape)[::-1], cause="permuted-axis-0"),
]  # fmt: skip

EQUIVALENT = [
    Fault("conv-by-sums", "the product is a sum over kernel elements, one after the other",
          "another algorithm", Z,
          formula(lambda a, W, b: sum(np.multiply.outer(a[:, k], W[k]) for k in range(len(W)))
                  + b),
          equivalent="The same products in another order of summation: within the rounding "
          "bound, which holds for any order."),
    Fault("conv-kernel-and-fields-rotated", "kernel and fields are both rotated",
          "field notes C16", Z, formula(lambda a, W, b: a[:, ::-1] @ W[::-1] + b),
          equivalent="The same products in reverse order: a sum does not depend on the order "
          "beyond rounding."),
    Fault("conv-bias-as-a-column", "the bias is one more row of W and a has a column of ones",
          "another form", Z,
          formula(lambda a, W, b: np.hstack([a, np.ones_like(a[:, :1])]) @ np.vstack([W, b])),
          equivalent="1 b is the product of a column of ones with b: one more exact product in "
          "the same sum."),
]  # fmt: skip

FAULTS = [*BIAS, *WEIGHTS, *PLACES, *EQUIVALENT]
