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
into_db = partial(full, tensor="F7.db")
below_relu = partial(full, layers="F6")
F = "layers.affine."
Z, DW, DB = F + "pre_activation", F + "weight_gradient", F + "bias_gradient"
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
    forward("full-weights-reshaped", "the memory of W is read as (D, K)", "field notes C31", Z,
            formula(lambda a, W, b: a @ W.reshape(a.shape[1], -1) + b), cause="weight-layout"),
    full("full-flattened-by-column", "C5's output is flattened with patterns and units mixed",
         "field notes A19", "network.layer_input",
         lambda right: lambda layer, x: right(layer, x).reshape(-1, len(x)).T
         if isinstance(layer, Affine) else x,
         tensor="F6.x", cause="transposed"),
]  # fmt: skip

INPUT = [
    into_da("full-da-updated-weights", "the weights are updated before da is computed",
            "field notes C19", BACKWARD, updated_first, cause="updated-weights"),
]  # fmt: skip

PARAMETERS = [
    below_relu("full-dW-from-dy", "the derivative of relu is missing in dW", "field notes C24",
               LAYER, with_dy(lambda t, dy: {"dW": dy.T @ t["a"]}), tensor="F6.dW",
               cause="no-derivative"),
    into_db("full-db-averaged", "db is averaged over the batch", "field notes C1; erratum S20",
            DB, formula(lambda dz: dz.mean(axis=0)), cause="averaged-over-rows"),
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
