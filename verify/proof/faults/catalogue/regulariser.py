"""Mistakes about the L2 regulariser of the modern variant."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.fault import Fault

REG = (("reg", 0.3),)
WEIGHTED = "C1 C3 C5 F6 F7"
LOSS, GRADIENT = "regulariser.loss", "regulariser.gradient"
loss = partial(
    Fault, layers="loss", tensor="loss.reg", regime="competitive", options=REG, target=LOSS
)
total = partial(loss, tensor="loss.total", target="network.loss_forward")
gradient = partial(
    Fault, layers=WEIGHTED, tensor="F7.dW", regime="competitive", options=REG, target=GRADIENT
)


def summed(norm: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """reg/2 times the sum of another norm of each layer's weights."""

    def make(right: Any) -> Any:
        def wrong(weights: Any, reg: Any, like: Any) -> Any:
            values = [norm(W) for W in weights]
            return np.asarray(reg / 2 * sum(values), dtype=like.dtype)

        return wrong

    return make


def combined(how: Callable[[Any, Any, Any], Any]) -> Callable[[Any], Any]:
    """A total made otherwise from data, reg and the coefficient."""

    def make(right: Any) -> Any:
        def wrong(spec: Any, x: Any, labels: Any, weights: Any) -> Any:
            found = right(spec, x, labels, weights)
            value = how(found["data"], found["reg"], spec.reg)
            return {**found, "total": np.asarray(value, dtype=x.dtype)}

        return wrong

    return make


def biases_counted(right: Any) -> Any:
    """reg counts W and b of every layer: a loop over all parameters."""

    def wrong(arch: Any, parameters: Any, images: Any, labels: Any = None) -> Any:
        found = right(arch, parameters, images, labels)
        extra = sum((b * b).sum() for name, b in parameters.items() if name.endswith(".b"))
        reg = found["loss.reg"] + arch.loss.reg / 2 * extra
        return {**found, "loss.reg": reg, "loss.total": found["loss.data"] + reg}

    return wrong


def biases_decayed(right: Any) -> Any:
    """db gains reg * b: weight decay applied to all parameters."""

    def wrong(arch: Any, tensors: Any, labels: Any = None, upstream: Any = None) -> Any:
        found = right(arch, tensors, labels, upstream)
        biases = {name for name in found if name.endswith(".db")}
        decayed = {n: found[n] + arch.loss.reg * tensors[n.replace(".db", ".b")] for n in biases}
        return found | decayed

    return wrong


def but(classes: int) -> Callable[[Any], Any]:
    """No decay for the layer with so many outputs."""
    return lambda right: lambda W, reg: right(W, 0.0 if len(W) == classes else reg)


FAULTS = [
    loss(
        name="reg-no-half",
        about="the loss has reg, the gradient reg, so that they disagree by 2",
        source="field notes C32",
        make=lambda right: lambda weights, reg, like: right(weights, 2 * reg, like),
        cause="no-half",
    ),
    loss(
        name="reg-not-squared",
        about="norms are summed, not their squares",
        source="experience",
        make=summed(np.linalg.norm),
        cause="not-squared",
    ),
    loss(
        name="reg-modulus",
        about="moduli are summed: L1 for L2",
        source="experience",
        make=summed(lambda W: np.abs(W).sum()),
        cause="modulus",
    ),
    loss(
        name="reg-averaged",
        about="squares are averaged in each layer",
        source="experience",
        make=summed(lambda W: (W * W).mean()),
        cause="averaged",
    ),
    loss(
        name="reg-square-of-sum",
        about="the sum of the weights is squared",
        source="parenthesis slip",
        make=summed(lambda W: W.sum() ** 2),
        cause="squared-sum",
    ),
    loss(
        name="reg-coefficient-squared",
        about="the coefficient is applied twice",
        source="experience",
        make=lambda right: lambda weights, reg, like: right(weights, reg * reg, like),
        cause="coefficient-squared",
    ),
    loss(
        name="reg-no-coefficient",
        about="the coefficient is forgotten",
        source="experience",
        make=lambda right: lambda weights, reg, like: right(weights, 1.0, like),
        cause="no-coefficient",
    ),
    loss(
        name="reg-over-N",
        about="the regulariser is divided by the batch, as the data loss is",
        source="field notes C32",
        make=lambda right: lambda weights, reg, like: right(weights, reg / len(like), like),
        cause="over-N",
    ),
    loss(
        name="reg-layer-missing",
        about="the last layer's weights are left out",
        source="experience",
        make=lambda right: lambda weights, reg, like: right(weights[:-1], reg, like),
        cause="layer-missing",
    ),
    loss(
        name="reg-biases-counted",
        about="the biases are counted too",
        source="field notes C32",
        target="network.forward",
        make=biases_counted,
        cause="biases-too",
    ),
    total(
        name="reg-not-in-total",
        about="the total loss is the data loss",
        source="experience",
        make=combined(lambda data, reg, r: data),
        cause="no-regulariser",
    ),
    total(
        name="reg-subtracted",
        about="the regulariser is subtracted",
        source="sign slip",
        make=combined(lambda data, reg, r: data - reg),
        cause="subtracted",
    ),
    total(
        name="reg-added-twice",
        about="the regulariser is added twice",
        source="experience",
        make=combined(lambda data, reg, r: data + 2 * reg),
        cause="twice",
    ),
    total(
        name="reg-coefficient-again",
        about="the total multiplies the regulariser by its coefficient again",
        source="experience",
        make=combined(lambda data, reg, r: data + r * reg),
        cause="coefficient-twice",
    ),
]
