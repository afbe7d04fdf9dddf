"""Mistakes in the code of the convolution layers, forward and backward."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.fault import Fault

conv = partial(Fault, layers="C1 C3 C5", tensor="C1.z")
back = partial(Fault, layers="C1 C3 C5")
C = "layers.convolution."
Z, FORWARD, BACKWARD = C + "pre_activation", C + "forward", C + "backward"
DA, DB = C + "input_matrix_gradient", C + "bias_gradient"
Change = Callable[[Any], Any]


def formula(wrong: Callable[..., Any]) -> Callable[[Any], Any]:
    """Another formula of the same arguments."""
    return lambda right: wrong


def reading(change: Change) -> Callable[[Any], Any]:
    """The forward pass with the weights read otherwise."""
    return lambda right: lambda x, W, *rest: right(x, np.ascontiguousarray(change(W)), *rest)


def one_input_map(right: Any) -> Any:
    """z assigned instead of accumulated in the loop over input maps."""

    def wrong(x: Any, W: Any, *rest: Any) -> Any:
        only = np.zeros_like(W)
        only[:, -1] = W[:, -1]
        return {**right(x, only, *rest), "a": right(x, W, *rest)["a"]}

    return wrong


def with_weights(change: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """da with weights made of W and dW; dW, db and the forward pass unchanged."""

    def make(right: Any) -> Any:
        def wrong(x: Any, a: Any, W: Any, dz: Any, *rest: Any) -> Any:
            found = right(x, a, W, dz, *rest)
            other = right(x, a, np.ascontiguousarray(change(W, found["dW"])), dz, *rest)
            return {**found, "da": other["da"], "dx": other["dx"]}

        return wrong

    return make


def last_pattern(right: Any) -> Any:
    """dW and db from the last pattern of dz (N, K, OH, OW) only."""

    def wrong(x: Any, a: Any, W: Any, dz: Any, *rest: Any) -> Any:
        some = np.zeros_like(dz)
        some[-1] = dz[-1]
        partly = right(x, a, W, some, *rest)
        return {**right(x, a, W, dz, *rest), "dW": partly["dW"], "db": partly["db"]}

    return wrong


PLANTED = [
    conv("conv-no-bias", "the bias is not added in the forward pass", "field notes A12", Z,
         formula(lambda a, W, b: a @ W), cause="no-bias"),
    conv("conv-true-convolution", "the kernel is rotated: a convolution, not a correlation",
         "field notes A15", FORWARD, reading(lambda W: W[:, :, ::-1, ::-1]),
         cause="true-convolution"),
    conv("conv-weights-as-hwio", "the weights' memory is taken for (kh, kw, C, K)",
         "another framework's layout", FORWARD,
         reading(lambda W: W.reshape(*W.shape[2:], W.shape[1], -1).transpose(3, 2, 0, 1)),
         cause="weight-layout"),
    conv("conv-last-input-map-only", "z is assigned in the loop over input maps",
         "field notes C7, forward", FORWARD, one_input_map, layers="C3 C5", tensor="C3.z",
         cause="last-map-only"),
    conv("conv-z-maps-reversed", "the maps of z are stored in reverse order", "channel order",
         "matrix.to_volume", lambda right: lambda rows, shape: right(rows[:, ::-1], shape),
         cause="permuted-axis-1"),
    back("conv-da-kernel-rotated", "the kernel is rotated for da", "field notes C12", BACKWARD,
         with_weights(lambda W, dW: W[:, :, ::-1, ::-1]), tensor="C5.da",
         cause="kernel-rotated"),
    back("conv-da-updated-weights", "the weights are updated before da is computed",
         "field notes C19", BACKWARD, with_weights(lambda W, dW: W - W.dtype.type(0.1) * dW),
         tensor="C5.da", cause="updated-weights"),
    back("conv-dW-last-pattern", "dW and db are assigned in the batch loop", "field notes C5",
         BACKWARD, last_pattern, tensor="C5.dW", cause="last-pattern-only"),
    back("conv-dz-rows-reshaped", "dz (N, K, OH, OW) is reshaped to rows, axes not moved",
         "erratum S27", "matrix.to_rows",
         lambda right: lambda volume: volume.reshape(-1, volume.shape[1]), layers="C1 C3",
         tensor="C3.da", cause="reshape-for-transpose"),
    back("conv-db-averaged", "db is averaged over the rows", "field notes C1; errata S17, S18",
         DB, formula(lambda dz: dz.mean(axis=0)), tensor="C5.db", cause="averaged-over-rows"),
    back("conv-db-sign", "db has the wrong sign", "sign slip", DB,
         lambda right: lambda dz: -right(dz), tensor="C5.db", cause="sign"),
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
    Fault("conv-db-as-product", "db is a row of ones times dz", "another form", DB,
          formula(lambda dz: np.ones(len(dz), dz.dtype) @ dz),
          equivalent="1^T dz is the sum over the rows; products with 1 are exact and sums obey "
          "the bound in any order."),
    Fault("conv-da-einsum", "da by einsum instead of a matrix product", "another algorithm", DA,
          formula(lambda dz, W: np.einsum("rk,dk->rd", dz, W)),
          equivalent="The same sum over output maps in another order."),
]  # fmt: skip

FAULTS = [*PLANTED, *EQUIVALENT]
