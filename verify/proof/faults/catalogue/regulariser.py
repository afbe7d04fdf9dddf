"""Mistakes about the L2 regulariser in the code: what is counted, and what decays."""

from __future__ import annotations

from functools import partial
from typing import Any

from verify.proof.faults.fault import Fault

loss = partial(Fault, layers="loss", tensor="loss.reg", regime="competitive",
               options=(("reg", 0.3),))  # fmt: skip
gradient = partial(loss, layers="C1 C3 C5 F6 F7", tensor="F7.dW")
R = "regulariser."


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


def not_in_total(right: Any) -> Any:
    """The total is the data loss."""

    def wrong(*arguments: Any) -> Any:
        found = right(*arguments)
        return {**found, "total": found["data"]}

    return wrong


FAULTS = [
    loss("reg-no-half", "the loss has reg, the gradient reg, so that they disagree by 2",
         "field notes C32", R + "loss",
         lambda right: lambda weights, reg, like: right(weights, 2 * reg, like),
         cause="no-half"),
    loss("reg-biases-counted", "the biases are counted too", "field notes C32",
         "network.forward", biases_counted, cause="biases-too"),
    loss("reg-not-in-total", "the total loss is the data loss", "experience",
         "network.loss_forward", not_in_total, tensor="loss.total", cause="no-regulariser"),
    gradient("decay-missing", "the regulariser has no gradient", "erratum S16; field notes C32",
             R + "gradient", lambda right: lambda W, reg: 0 * W, cause="no-decay"),
    gradient("decay-not-at-output", "the output layer is left out", "experience",
             R + "gradient",
             lambda right: lambda W, reg: right(W, 0.0 if len(W) == 10 else reg), layers="F7",
             cause="no-decay"),
    gradient("decay-on-biases", "the biases decay too", "field notes C32", "network.backward",
             biases_decayed, tensor="F7.db", cause="decay-on-bias"),
]  # fmt: skip
