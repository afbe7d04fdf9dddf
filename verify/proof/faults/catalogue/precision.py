"""Mistakes of precision: an intermediate in fewer bits, or a dtype that drifts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.fault import Fault

leak = partial(Fault, cause="lower-precision", source="field notes E; tier float32")
CONV, FULL, SUB = "C1 C3 C5", "F6 F7", "S2 S4"


def through(dtype: str) -> Callable[[Any], Any]:
    """Arguments and result pass through another precision, and back."""

    def make(right: Any) -> Any:
        def wrong(*arguments: Any) -> Any:
            own = arguments[0].dtype
            low = [v.astype(dtype) if isinstance(v, np.ndarray) and v.dtype.kind == "f" else v
                   for v in arguments]  # fmt: skip
            return right(*low).astype(own)

        return wrong

    return make


def result_in(dtype: str) -> Callable[[Any], Any]:
    """The result is stored in another precision, and read back."""

    def make(right: Any) -> Any:
        def wrong(*arguments: Any) -> Any:
            found = right(*arguments)
            return found.astype(dtype).astype(found.dtype)

        return wrong

    return make


def drifting(right: Any) -> Any:
    """A float64 constant turns the result into float64."""
    return lambda *arguments: right(*arguments) + np.zeros(1)


S = through("float32")
FAULTS = [
    leak("float32-conv-z", "the product of a convolution is computed in float32",
         target="layers.convolution.pre_activation", make=S, layers=CONV, tensor="C1.z"),
    leak("float32-conv-dW", "dW of a convolution is accumulated in float32",
         target="layers.convolution.weight_gradient", make=S, layers=CONV, tensor="C5.dW"),
    leak("float32-conv-da", "da of a convolution is computed in float32",
         target="layers.convolution.input_matrix_gradient", make=S, layers=CONV,
         tensor="C5.da"),
    leak("float32-conv-db", "db of a convolution is summed in float32",
         target="layers.convolution.bias_gradient", make=S, layers=CONV, tensor="C5.db"),
    leak("float32-im2col", "fields are gathered into a float32 buffer", target="matrix.im2col",
         make=result_in("float32"), layers=CONV, tensor="C1.a"),
    leak("float32-col2im", "fields are put back into a float32 buffer", target="matrix.col2im",
         make=result_in("float32"), layers=CONV, tensor="C5.dx"),
    leak("float32-full-z", "the product of a full connection is computed in float32",
         target="layers.affine.pre_activation", make=S, layers=FULL, tensor="F6.z"),
    leak("float32-full-dW", "dW of a full connection is accumulated in float32",
         target="layers.affine.weight_gradient", make=S, layers=FULL, tensor="F7.dW"),
    leak("float32-relu", "relu's output is stored in float32", target="activations.relu.forward",
         make=result_in("float32"), layers="C1 C3 C5 F6", tensor="C1.y"),
    leak("float32-squash", "the squash is computed in float32", target="activations.squash.forward",
         make=S, variant="1998", layers="C1 S2 C3 S4 C5 F6", tensor="C1.y"),
    leak("float32-squash'", "the derivative is computed in float32",
         target="activations.squash.derivative", make=S, variant="1998",
         layers="C1 S2 C3 S4 C5 F6", tensor="F6.dz"),
    leak("float32-window-sum", "window sums are stored in float32",
         target="layers.subsampling.window_sum", make=result_in("float32"), variant="1998",
         layers=SUB, tensor="S2.s"),
    leak("float32-coefficient", "the coefficient's gradient is summed in float32",
         target="layers.subsampling.coefficient_gradient", make=S, variant="1998", layers=SUB,
         tensor="S4.dW"),
    leak("float32-rbf", "distances are computed in float32", target="layers.rbf.forward", make=S,
         variant="1998", layers="F7", tensor="F7.y"),
    leak("float32-probabilities", "probabilities are computed in float32",
         target="losses.cross_entropy.probabilities", make=S, layers="loss",
         tensor="loss.probs"),
    leak("float16-conv-z", "the product of a convolution is stored in half precision",
         target="layers.convolution.pre_activation", make=result_in("float16"),
         tier="float32", layers=CONV, tensor="C1.z"),
    leak("float16-full-dW", "dW of a full connection is stored in half precision",
         target="layers.affine.weight_gradient", make=result_in("float16"), tier="float32",
         layers=FULL, tensor="F7.dW"),
    leak("drift-conv-z", "a float64 constant turns z into float64",
         target="layers.convolution.pre_activation", make=drifting, tier="float32",
         layers="C1", tensor="C1.z", cause="other-dtype"),
    leak("drift-full-db", "a float64 constant turns db into float64",
         target="layers.affine.bias_gradient", make=drifting, tier="float32", layers=FULL,
         tensor="F7.db", cause="other-dtype"),
    leak("float64-inside", "a product is computed in float64 and rounded once",
         target="layers.convolution.pre_activation", make=through("float64"), tier="float32",
         cause="",
         equivalent="A wider accumulator only lowers the error; the bound holds with room."),
]  # fmt: skip
