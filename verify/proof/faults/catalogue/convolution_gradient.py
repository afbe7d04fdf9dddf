"""Mistakes in the backward pass of the convolution layers: da, dW and db."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lenet_ref import matrix
from lenet_ref.architecture import Convolution
from lenet_ref.layers import convolution
from verify.proof.faults.fault import Fault

C = "layers.convolution."
DA, DW, DB, BACKWARD = (C + "input_matrix_gradient", C + "weight_gradient", C + "bias_gradient",
                        C + "backward")  # fmt: skip
LAYER, ROWS = "network.layer_backward", "matrix.to_rows"
back = partial(Fault, layers="C1 C3 C5", variant="modern")
into_da = partial(back, tensor="C5.da")
into_dW = partial(back, tensor="C5.dW")
into_db = partial(back, tensor="C5.db")
Change = Callable[[Any, Any, Any], dict[str, Any]]


def with_dy(change: Change) -> Callable[[Any], Any]:
    """Gradients of a convolution layer changed by what the whole layer knows."""

    def make(right: Any) -> Any:
        def wrong(layer: Any, t: Any, dy: Any) -> Any:
            found = right(layer, t, dy)
            return found | change(t, dy, found) if isinstance(layer, Convolution) else found

        return wrong

    return make


def da_from_dy(t: Any, dy: Any, found: Any) -> Any:
    """da with the upstream gradient itself."""
    da = matrix.to_rows(dy) @ convolution.weight_matrix(t["W"]).T
    return {"da": da, "dx": matrix.col2im(da, t["x"].shape, t["W"].shape[2:])}


def dW_from_dy(t: Any, dy: Any, found: Any) -> Any:
    """dW with the upstream gradient itself."""
    return {"dW": (t["a"].T @ matrix.to_rows(dy)).T.reshape(t["W"].shape)}


def db_from_dy(t: Any, dy: Any, found: Any) -> Any:
    """db with the upstream gradient itself."""
    return {"db": dy.sum(axis=(0, 2, 3))}


def with_weights(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """da with other weights; dW, db and the forward pass unchanged."""

    def make(right: Any) -> Any:
        def wrong(x: Any, a: Any, W: Any, dz: Any, *rest: Any) -> Any:
            other = right(x, a, np.ascontiguousarray(change(W)), dz, *rest)
            return {**right(x, a, W, dz, *rest), "da": other["da"], "dx": other["dx"]}

        return wrong

    return make


def updated_first(right: Any) -> Any:
    """The weights take their step before da is computed."""

    def wrong(x: Any, a: Any, W: Any, dz: Any, *rest: Any) -> Any:
        found = right(x, a, W, dz, *rest)
        other = right(x, a, W - W.dtype.type(0.1) * found["dW"], dz, *rest)
        return {**found, "da": other["da"], "dx": other["dx"]}

    return wrong


def kept(index: Any) -> Callable[[Any], Any]:
    """dW and db from some patterns or positions of dz (N, K, OH, OW) only."""

    def make(right: Any) -> Any:
        def wrong(x: Any, a: Any, W: Any, dz: Any, *rest: Any) -> Any:
            some = np.zeros_like(dz)
            some[index] = dz[index]
            partly = right(x, a, W, some, *rest)
            return {**right(x, a, W, dz, *rest), "dW": partly["dW"], "db": partly["db"]}

        return wrong

    return make


def changed(name: str, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """One gradient changed after it was computed."""

    def make(right: Any) -> Any:
        def wrong(*arguments: Any) -> Any:
            found = right(*arguments)
            return {**found, name: change(found[name])}

        return wrong

    return make


def one_map(k: int) -> Callable[[Any], Any]:
    """da from one output map."""
    return lambda right: lambda dz, W: np.outer(dz[:, k], W[:, k])


def for_all(dz: Any) -> Any:
    """One number for all maps, which broadcasting accepts."""
    return np.full(dz.shape[1], dz.sum())


def without_last_row(dW: Any) -> Any:
    """The loop over kernel rows ends one too early."""
    found = dW.copy()
    found[:, :, -1] = 0
    return found


def in_memory(dW: Any) -> Any:
    """(C*kh*kw, K) reshaped to (K, C, kh, kw)."""
    return dW.reshape(len(dW), -1).T.reshape(dW.shape)


SEVERAL = "C1 C3"
INPUT = [
    into_da("conv-da-from-dy", "the activation's derivative is missing in da", "field notes C24",
            LAYER, with_dy(da_from_dy), cause="no-derivative"),
    into_da("conv-da-kernel-rotated", "the kernel is rotated for da", "field notes C12",
            BACKWARD, with_weights(lambda W: W[:, :, ::-1, ::-1]), cause="kernel-rotated"),
    into_da("conv-da-kernel-transposed", "kernel rows and columns are exchanged for da",
            "H and W swapped", BACKWARD, with_weights(lambda W: W.swapaxes(2, 3)),
            cause="kernel-transposed"),
    into_da("conv-da-axes-flipped", "rot90 on the default axes turns the maps around",
            "field notes C13", BACKWARD, with_weights(lambda W: W[::-1, ::-1]),
            cause="axes-flipped"),
    into_da("conv-da-weights-reshaped", "W is reshaped where it must be transposed",
            "field notes C15, C31", DA,
            lambda right: lambda dz, W: dz @ np.ascontiguousarray(W.T).reshape(W.shape).T,
            cause="weight-layout"),
    into_da("conv-da-last-map", "da is assigned in the loop over output maps", "field notes C7",
            DA, one_map(-1), variant="1998", cause="last-map-only"),
    into_da("conv-da-first-map", "da comes from the first output map", "field notes C7", DA,
            one_map(0), cause="first-map-only"),
    into_da("conv-da-averaged-over-maps", "da is divided by the number of output maps",
            "experience", DA, lambda right: lambda dz, W: right(dz, W) / dz.shape[1],
            cause="averaged-over-maps"),
    into_da("conv-da-updated-weights", "the weights are updated before da is computed",
            "field notes C19", BACKWARD, updated_first, cause="updated-weights"),
    into_da("conv-da-sign", "da has the wrong sign", "sign slip", DA,
            lambda right: lambda dz, W: -right(dz, W), cause="sign"),
    into_da("conv-da-zero", "the gradient stops at the layer", "field notes C17", DA,
            lambda right: lambda dz, W: 0 * right(dz, W), layers="C5", cause="zero"),
]  # fmt: skip

WEIGHTS = [
    into_dW("conv-dW-from-dy", "the activation's derivative is missing in dW", "field notes C24",
            LAYER, with_dy(dW_from_dy), cause="no-derivative"),
    into_dW("conv-dW-averaged-over-rows", "dW is averaged over the rows", "field notes C1", DW,
            lambda right: lambda a, dz: right(a, dz) / len(dz), cause="averaged-over-rows"),
    into_dW("conv-dW-averaged-over-positions", "dW is averaged over the positions",
            "field notes C1", BACKWARD, lambda right: lambda x, a, W, dz, *rest: (
                lambda found: {**found, "dW": found["dW"] / dz[0, 0].size})(
                right(x, a, W, dz, *rest)),
            layers=SEVERAL, tensor="C3.dW", cause="averaged-over-positions"),
    into_dW("conv-dW-last-pattern", "dW and db are assigned in the batch loop", "field notes C5",
            BACKWARD, kept(-1), cause="last-pattern-only"),
    into_dW("conv-dW-first-pattern", "dW and db read the first pattern", "field notes C5",
            BACKWARD, kept(0), cause="first-pattern-only"),
    into_dW("conv-dW-last-position", "dW and db are assigned in the loop over positions",
            "field notes C5", BACKWARD, kept(np.s_[:, :, -1, -1]), layers=SEVERAL,
            tensor="C3.dW", cause="last-position-only"),
    into_dW("conv-dW-rotated", "dW is rotated as if the forward pass rotated the kernel",
            "field notes C16", BACKWARD, changed("dW", lambda dW: dW[:, :, ::-1, ::-1]),
            cause="rotated"),
    into_dW("conv-dW-transposed-in-space", "rows and columns of dW are exchanged",
            "H and W swapped", BACKWARD, changed("dW", lambda dW: dW.swapaxes(2, 3)),
            cause="transposed-space"),
    into_dW("conv-dW-maps-reversed", "output maps of dW are in reverse order", "channel order",
            BACKWARD, changed("dW", lambda dW: dW[::-1]), cause="permuted-axis-0"),
    into_dW("conv-dW-reshaped", "the matrix of dW is reshaped where it must be transposed",
            "field notes C31", BACKWARD, changed("dW", in_memory),
            cause="reshape-for-transpose"),
    into_dW("conv-dW-last-kernel-row-missing", "the loop over kernel rows ends one too early",
            "off by one", BACKWARD, changed("dW", without_last_row), cause="last-row-missing"),
    into_dW("conv-dW-not-stored", "dW is computed and never stored", "field notes C17", BACKWARD,
            changed("dW", np.zeros_like), cause="zero"),
    into_dW("conv-dW-sign", "dW has the wrong sign", "sign slip", DW,
            lambda right: lambda a, dz: -right(a, dz), cause="sign"),
    into_dW("conv-dW-doubled", "dW is accumulated twice", "field notes C2", DW,
            lambda right: lambda a, dz: 2 * right(a, dz), cause="double"),
    into_dW("conv-dz-rows-reshaped", "dz (N, K, OH, OW) is reshaped to rows, axes not moved",
            "erratum S27", ROWS, lambda right: lambda volume: volume.reshape(
                -1, volume.shape[1]),
            layers=SEVERAL, tensor="C3.da", cause="reshape-for-transpose"),
    into_dW("conv-dz-rows-by-position", "the rows of dz run over (i, j, n)", "erratum S27", ROWS,
            lambda right: lambda volume: volume.transpose(2, 3, 0, 1).reshape(
                -1, volume.shape[1]), layers=SEVERAL, tensor="C3.da",
            cause="rows-by-position"),
]  # fmt: skip

BIAS = [
    into_db("conv-db-averaged", "db is averaged over the rows",
            "field notes C1; errata S17, S18", DB, lambda right: lambda dz: dz.mean(axis=0),
            cause="averaged-over-rows"),
    into_db("conv-db-averaged-over-positions", "db is averaged over positions, summed over "
            "patterns", "field notes C1; errata S17, S18", BACKWARD,
            lambda right: lambda x, a, W, dz, *rest: {
                **right(x, a, W, dz, *rest), "db": dz.mean(axis=(2, 3)).sum(axis=0)},
            layers=SEVERAL, tensor="C3.db", cause="averaged-over-positions"),
    into_db("conv-db-one-number", "db is summed over the maps as well", "field notes C4", DB,
            lambda right: for_all, cause="one-number"),
    into_db("conv-db-from-dy", "the activation's derivative is missing in db",
            "field notes C24", LAYER, with_dy(db_from_dy), cause="no-derivative"),
    into_db("conv-db-last-row", "db is assigned in the loop over rows", "field notes C5", DB,
            lambda right: lambda dz: dz[-1], cause="last-pattern-only"),
    into_db("conv-db-bias-itself", "the update reads the bias for its gradient",
            "field notes C3", LAYER, with_dy(lambda t, dy, found: {"db": t["b"].copy()}),
            cause="bias-itself"),
    into_db("conv-db-moduli", "db sums moduli", "sign slip", DB,
            lambda right: lambda dz: np.abs(dz).sum(axis=0), cause="sum-of-moduli"),
    into_db("conv-db-largest", "db takes the largest dz", "experience", DB,
            lambda right: lambda dz: dz.max(axis=0), cause="largest"),
    into_db("conv-db-reversed", "db is stored in reverse order", "index slip", DB,
            lambda right: lambda dz: right(dz)[::-1], cause="permuted-axis-0"),
    into_db("conv-db-sign", "db has the wrong sign", "sign slip", DB,
            lambda right: lambda dz: -right(dz), cause="sign"),
    into_db("conv-db-not-stored", "db is computed and never stored", "field notes C17", DB,
            lambda right: lambda dz: 0 * right(dz), cause="zero"),
]  # fmt: skip

EQUIVALENT = [
    Fault("conv-db-as-product", "db is a row of ones times dz", "another form", DB,
          lambda right: lambda dz: np.ones(len(dz), dz.dtype) @ dz,
          equivalent="1^T dz is the sum over the rows; products with 1 are exact and sums obey "
          "the bound in any order."),
    Fault("conv-da-einsum", "da by einsum instead of a matrix product", "another algorithm", DA,
          lambda right: lambda dz, W: np.einsum("rk,dk->rd", dz, W),
          equivalent="The same sum over output maps in another order."),
]  # fmt: skip

FAULTS = [*INPUT, *WEIGHTS, *BIAS, *EQUIVALENT]
