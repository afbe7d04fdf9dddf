"""Mistakes of state: remembering, overwriting what was handed in, mixing patterns; and
parameters exchanged."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lenet_ref.architecture import Subsampling
from verify.proof.faults.fault import Fault

state = partial(Fault, source="field notes B19, C22; the lifecycle checks")
CONV_DW, RUN = "layers.convolution.weight_gradient", "network.forward"


def accumulating(right: Any) -> Any:
    """A gradient that adds to that of the call before."""
    before: dict[Any, Any] = {}

    def wrong(a: Any, dz: Any) -> Any:
        found = right(a, dz)
        before[found.shape] = found + before.get(found.shape, 0)
        return before[found.shape]

    return wrong


def one_buffer(right: Any) -> Any:
    """The same array handed out at every call."""
    kept: dict[Any, Any] = {}

    def wrong(*arguments: Any) -> Any:
        found = right(*arguments)
        buffer = kept.setdefault((found.shape, found.dtype), found)
        buffer[...] = found
        return buffer

    return wrong


def first_kept(right: Any) -> Any:
    """Fields gathered once for each shape."""
    kept: dict[Any, Any] = {}

    def wrong(x: Any, *geometry: Any) -> Any:
        return kept.setdefault((x.shape, x.dtype), right(x, *geometry))

    return wrong


def decaying(right: Any) -> Any:
    """A factor that depends on how often it was called."""
    calls = [0]

    def wrong(a: Any, dz: Any) -> Any:
        calls[0] += 1
        return right(a, dz) * 0.99 ** calls[0]

    return wrong


def dropping(right: Any) -> Any:
    """Dropout left switched on."""
    rng = np.random.default_rng(0)
    return lambda z: right(z) * (rng.random(z.shape) > 0.5)


def centring(right: Any) -> Any:
    """The images are centred in place."""

    def wrong(arch: Any, parameters: Any, images: Any, labels: Any = None) -> Any:
        images -= images.mean()
        return right(arch, parameters, images, labels)

    return wrong


def counting_from_one(right: Any) -> Any:
    """The labels are turned over in place."""

    def wrong(arch: Any, parameters: Any, images: Any, labels: Any = None) -> Any:
        if labels is not None:
            labels[...] = 9 - labels
        return right(arch, parameters, images, labels)

    return wrong


def stepping(right: Any) -> Any:
    """The backward pass takes a gradient step."""

    def wrong(a: Any, W: Any, dz: Any) -> Any:
        found = right(a, W, dz)
        W -= W.dtype.type(0.01) * found["dW"]
        return found

    return wrong


def by_batch_statistics(right: Any) -> Any:
    """The output is centred over the batch."""
    return lambda a, W, b: right(a, W, b) - right(a, W, b).mean(axis=0)


def over_z(right: Any) -> Any:
    """Subsampling writes its output into the array of its pre-activation."""

    def wrong(layer: Any, *arguments: Any) -> Any:
        found = right(layer, *arguments)
        if isinstance(layer, Subsampling):
            found["z"][...] = found["y"]
        return found

    return wrong


def in_place(right: Any) -> Any:
    """The gradient is masked in the array it came in."""

    def wrong(dy: Any, z: Any, y: Any) -> Any:
        dy *= z > 0
        return dy

    return wrong


def exchanged(first: str, second: str) -> Any:
    """Two parameters of one shape in each other's place."""

    def make(right: Any) -> Any:
        def wrong(arch: Any, parameters: Any, *rest: Any) -> Any:
            moved = {first: parameters[second], second: parameters[first]}
            return right(arch, {**parameters, **moved}, *rest)

        return wrong

    return make


swap = partial(Fault, source="parameters of equal shape", target=RUN, variant="1998",
               cause="another-parameter")  # fmt: skip
FAULTS = [
    state("state-gradient-accumulates", "dW is added to that of the call before",
          target=CONV_DW, make=accumulating, check="same call twice"),
    state("state-call-counter", "dW decays with the number of calls", target=CONV_DW,
          make=decaying, check="same call twice"),
    state("state-dropout", "dropout is left switched on", target="activations.relu.forward",
          make=dropping, check="same call twice"),
    state("state-one-buffer", "col2im hands out one buffer", target="matrix.col2im",
          make=one_buffer, check="earlier results unchanged"),
    state("state-first-fields-kept", "im2col keeps the fields of the first call",
          target="matrix.im2col", make=first_kept, check="batch permuted"),
    state("state-images-centred", "the images are centred in place", target=RUN, make=centring,
          check="arguments unchanged"),
    state("state-labels-changed", "the labels are rewritten in place", target=RUN,
          make=counting_from_one, check="arguments unchanged"),
    state("state-weights-stepped", "the backward pass updates the weights",
          target="layers.affine.backward", make=stepping, check="arguments unchanged"),
    state("state-batch-statistics", "the output is centred over the batch",
          target="layers.affine.pre_activation", make=by_batch_statistics,
          check="batch of N equals N single runs"),
    state("state-z-overwritten", "relu writes its result into z", target="activations.relu.forward",
          make=lambda right: lambda z: np.maximum(z, 0, out=z), layers="C1 C3 C5 F6",
          tensor="C1.z", cause="changed-in-place"),
    state("state-z-overwritten-1998", "the layer writes its output into z",
          target="network.layer_forward", make=over_z, variant="1998", layers="S2 S4",
          tensor="S2.z", cause="changed-in-place"),
    state("state-dy-overwritten", "relu's backward pass masks dy in place, the dx of the layer "
          "above", target="activations.relu.backward", make=in_place, layers="F7 F6 S4 S2",
          tensor="F7.da", cause="changed-in-place"),
    swap("swap-S2-W-b", "S2's coefficients and biases are exchanged",
         make=exchanged("S2.W", "S2.b"), layers="S2", tensor="S2.W"),
    swap("swap-C1-b-S2-b", "the biases of C1 and S2 are exchanged",
         make=exchanged("C1.b", "S2.b"), layers="C1 S2", tensor="C1.b"),
    swap("swap-C3-b-S4-W", "C3's biases and S4's coefficients are exchanged",
         make=exchanged("C3.b", "S4.W"), layers="C3 S4", tensor="C3.b"),
    swap("swap-S4-W-b", "S4's coefficients and biases are exchanged",
         make=exchanged("S4.W", "S4.b"), layers="S4", tensor="S4.W"),
]  # fmt: skip
