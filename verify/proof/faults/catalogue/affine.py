"""Mistakes in the fully connected layers F6 and F7."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lenet_ref.architecture import Affine
from verify.proof.faults.fault import Fault

full = partial(Fault, layers="F6 F7", variant="modern")
forward = partial(full, tensor="F6.z")
into_da = partial(full, tensor="F7.da")
into_dW = partial(full, tensor="F7.dW")
into_db = partial(full, tensor="F7.db")
below_relu = partial(full, layers="F6")
F = "layers.affine."
Z, DA, DW, DB = (F + n for n in ("pre_activation", "input_gradient", "weight_gradient",
                                 "bias_gradient"))  # fmt: skip
BACKWARD, LAYER = F + "backward", "network.layer_backward"


def formula(wrong: Callable[..., Any]) -> Callable[[Any], Any]:
    """Another formula of the same arguments."""
    return lambda right: wrong


def with_dy(change: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """Gradients of a fully connected layer computed from dy."""

    def make(right: Any) -> Any:
        def wrong(layer: Any, t: Any, dy: Any) -> Any:
            found = right(layer, t, dy)
            return found | change(t, dy) if isinstance(layer, Affine) else found

        return wrong

    return make


def updated_first(right: Any) -> Any:
    """The weights take their step before da is computed."""

    def wrong(a: Any, W: Any, dz: Any) -> Any:
        found = right(a, W, dz)
        da = dz @ (W - W.dtype.type(0.1) * found["dW"])
        return {**found, "da": da, "dx": da}

    return wrong


FORWARD = [
    forward("full-no-bias", "the bias is not added", "field notes A12", Z,
            formula(lambda a, W, b: a @ W.T), cause="no-bias"),
    forward("full-bias-twice", "the bias is added twice", "experience", Z,
            formula(lambda a, W, b: a @ W.T + b + b), cause="bias-twice"),
    forward("full-bias-subtracted", "the bias is subtracted, as a threshold", "sign slip", Z,
            formula(lambda a, W, b: a @ W.T - b), cause="bias-subtracted"),
    forward("full-bias-multiplied", "the bias multiplies", "field notes A6", Z,
            formula(lambda a, W, b: a @ W.T * b), cause="bias-multiplied"),
    forward("full-bias-reversed", "the biases are added in reverse order", "index slip", Z,
            formula(lambda a, W, b: a @ W.T + b[::-1]), cause="bias-of-another-unit"),
    forward("full-bias-next-unit", "each unit gets the bias of the next", "off by one", Z,
            formula(lambda a, W, b: a @ W.T + np.roll(b, -1)), cause="bias-of-another-unit"),
    forward("full-bias-shared", "all units get the first one's bias", "field notes A14", Z,
            formula(lambda a, W, b: a @ W.T + b[0]), cause="one-bias"),
    forward("full-averaged", "the products are averaged over the inputs", "experience", Z,
            formula(lambda a, W, b: a @ W.T / a.shape[1] + b), cause="averaged-over-inputs"),
    forward("full-inputs-reversed", "the inputs are read in reverse order", "index slip", Z,
            formula(lambda a, W, b: a[:, ::-1] @ W.T + b), cause="inputs-reversed"),
    forward("full-weights-reshaped", "the memory of W is read as (D, K)", "field notes C31", Z,
            formula(lambda a, W, b: a @ W.reshape(a.shape[1], -1) + b), cause="weight-layout"),
    forward("full-first-pattern", "every pattern gets the first one's result", "index slip", Z,
            formula(lambda a, W, b: np.repeat((a @ W.T + b)[:1], len(a), axis=0)),
            layers="F6", cause="first-pattern-for-all"),
    full("full-flattened-by-column", "C5's output is flattened with patterns and units mixed",
         "field notes A19", "network.layer_input",
         lambda right: lambda layer, x: right(layer, x).reshape(-1, len(x)).T
         if isinstance(layer, Affine) else x,
         tensor="F6.x", cause="transposed"),
]  # fmt: skip

INPUT = [
    into_da("full-da-weights-reshaped", "W is reshaped where it must be transposed",
            "field notes C31", DA,
            formula(lambda dz, W: dz @ np.ascontiguousarray(W.T).reshape(W.shape)),
            cause="weight-layout"),
    into_da("full-da-last-unit", "da is assigned in the loop over units", "field notes C7", DA,
            formula(lambda dz, W: np.outer(dz[:, -1], W[-1])), variant="1998", layers="F6",
            tensor="F6.da", cause="last-unit-only"),
    into_da("full-da-first-unit", "da comes from the first unit", "field notes C7", DA,
            formula(lambda dz, W: np.outer(dz[:, 0], W[0])), variant="1998", layers="F6",
            tensor="F6.da", cause="first-unit-only"),
    into_da("full-da-averaged", "da is divided by the number of units", "experience", DA,
            formula(lambda dz, W: dz @ W / len(W)), cause="averaged-over-units"),
    into_da("full-da-sign", "da has the wrong sign", "sign slip", DA,
            formula(lambda dz, W: -(dz @ W)), cause="sign"),
    into_da("full-da-zero", "the gradient stops at the layer", "field notes C17", DA,
            formula(lambda dz, W: 0 * (dz @ W)), layers="F7", cause="zero"),
    into_da("full-da-updated-weights", "the weights are updated before da is computed",
            "field notes C19", BACKWARD, updated_first, cause="updated-weights"),
    below_relu("full-da-from-dy", "the derivative of relu is missing in da", "field notes C24",
               LAYER, with_dy(lambda t, dy: {"da": dy @ t["W"], "dx": dy @ t["W"]}),
               tensor="F6.da", cause="no-derivative"),
]  # fmt: skip

PARAMETERS = [
    into_dW("full-dW-averaged", "dW is averaged over the batch", "field notes C2", DW,
            formula(lambda a, dz: dz.T @ a / len(a)), cause="averaged-over-rows"),
    into_dW("full-dW-last-pattern", "dW is assigned in the batch loop", "field notes C5", DW,
            formula(lambda a, dz: np.outer(dz[-1], a[-1])), cause="last-pattern-only"),
    into_dW("full-dW-first-pattern", "dW reads the first pattern", "field notes C5", DW,
            formula(lambda a, dz: np.outer(dz[0], a[0])), cause="first-pattern-only"),
    into_dW("full-dW-sums-apart", "dz and a are summed first, multiplied afterwards",
            "experience", DW, formula(lambda a, dz: np.outer(dz.sum(0), a.sum(0))),
            cause="sums-apart"),
    into_dW("full-dW-reshaped", "the matrix (D, K) is reshaped instead of transposed",
            "field notes C31", DW, formula(lambda a, dz: (a.T @ dz).reshape(dz.shape[1], -1)),
            cause="reshape-for-transpose"),
    into_dW("full-dW-sign", "dW has the wrong sign", "sign slip", DW,
            formula(lambda a, dz: -(dz.T @ a)), cause="sign"),
    into_dW("full-dW-doubled", "dW is accumulated twice", "field notes C2", DW,
            formula(lambda a, dz: 2 * (dz.T @ a)), cause="double"),
    into_dW("full-dW-not-stored", "dW is computed and never stored", "field notes C17", DW,
            formula(lambda a, dz: 0 * (dz.T @ a)), cause="zero"),
    below_relu("full-dW-from-dy", "the derivative of relu is missing in dW", "field notes C24",
               LAYER, with_dy(lambda t, dy: {"dW": dy.T @ t["a"]}), tensor="F6.dW",
               cause="no-derivative"),
    into_db("full-db-averaged", "db is averaged over the batch", "field notes C1; erratum S20",
            DB, formula(lambda dz: dz.mean(axis=0)), cause="averaged-over-rows"),
    into_db("full-db-one-number", "db is summed over the units as well", "field notes C4", DB,
            formula(lambda dz: np.full(dz.shape[1], dz.sum())), variant="1998", layers="F6",
            tensor="F6.db", cause="one-number"),
    into_db("full-db-last-pattern", "db is assigned in the batch loop", "field notes C5", DB,
            formula(lambda dz: dz[-1].copy()), cause="last-pattern-only"),
    into_db("full-db-moduli", "db sums moduli", "sign slip", DB,
            formula(lambda dz: np.abs(dz).sum(axis=0)), cause="sum-of-moduli"),
    into_db("full-db-bias-itself", "the update reads the bias for its gradient",
            "field notes C3", LAYER, with_dy(lambda t, dy: {"db": t["b"].copy()}),
            cause="bias-itself"),
    into_db("full-db-reversed", "db is stored in reverse order", "index slip", DB,
            formula(lambda dz: dz.sum(axis=0)[::-1]), cause="permuted-axis-0"),
    below_relu("full-db-from-dy", "the derivative of relu is missing in db", "field notes C24",
               LAYER, with_dy(lambda t, dy: {"db": dy.sum(axis=0)}), tensor="F6.db",
               cause="no-derivative"),
]  # fmt: skip

EQUIVALENT = [
    Fault("full-flattened-hwc", "C5's output is flattened as (N, H, W, C)", "field notes A19",
          "network.layer_input",
          lambda right: lambda layer, x: right(layer, x.transpose(0, 2, 3, 1))
          if x.ndim == 4 and isinstance(layer, Affine) else right(layer, x),
          equivalent="C5's maps are 1 x 1, so (N, C, 1, 1) and (N, 1, 1, C) are the same memory; "
          "at S4 they would not be."),
    Fault("full-loops", "dW is accumulated pattern by pattern", "another algorithm", DW,
          formula(lambda a, dz: sum(np.outer(g, x) for g, x in zip(dz, a, strict=True))),
          equivalent="The same sum of the same products, one after the other."),
]  # fmt: skip

FAULTS = [*FORWARD, *INPUT, *PARAMETERS, *EQUIVALENT]
