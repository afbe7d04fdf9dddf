"""The network that a mapping declares: its readings, its derivatives at kinks, its loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    Loss,
    MaxPool,
    Subsampling,
)
from verify.errors import InputError
from verify.exchange.layout import Layout
from verify.expected.steps import steps

__all__ = ["SUMS", "UNITS", "architecture", "at_kinks"]
UNITS = (Convolution, Affine, Subsampling)
SUMS = ("sum", "half-sum")


def architecture(arch: Architecture, layout: Layout) -> Architecture:
    """The network with the readings that a mapping declares.

    Raises:
        InputError: halved distances without the MLE loss; a kink that no layer has.
    """
    arch = at_kinks(arch, layout)
    if layout["subsampling"] == "average":
        layers = tuple(
            replace(layer, reading="average") if isinstance(layer, Subsampling) else layer
            for layer in arch.layers
        )
        arch = replace(arch, layers=layers)
    if layout["rbf"] == "half" and (arch.loss is None or arch.loss.kind != "mle"):
        raise InputError("halved distances are a convention of the MLE loss only", where="rbf",
                         got="half", fix="under eq. 9 they change the probabilities")  # fmt: skip
    if isinstance(arch.loss, Loss):
        arch = replace(arch, loss=_loss(arch.loss, layout))
    return arch


def at_kinks(arch: Architecture, layout: Layout) -> Architecture:
    """The network whose derivatives at ties and at the zero of ReLU are the declared ones, and
    stand where it is declared: other functions, for nothing can be converted.

    Raises:
        InputError: declared of a network without such a layer.
    """
    if layout["ties"] != "first":
        pools = [replace(layer, ties=layout["ties"]) for layer in arch.layers
                 if isinstance(layer, MaxPool)]  # fmt: skip
        arch = _with(arch, pools, "ties", layout)
    if layout["relu"] != "zero-at-zero":
        units = [replace(layer, activation="relu_one_at_zero") for layer in arch.layers
                 if isinstance(layer, UNITS) and layer.activation == "relu"]  # fmt: skip
        arch = _with(arch, units, "relu", layout)
    return _masked(arch, layout)


def _masked(arch: Architecture, layout: Layout) -> Architecture:
    """Nothing can be undone where a derivative is 0: their dx is another tensor than ours."""
    if layout["masked"] == "before-pooling" and layout["relu"] != "zero-at-zero":
        raise InputError("above a maximum of ReLUs no z says which zeros let a gradient through",
                         where="masked", got="before-pooling", expected="earlier")  # fmt: skip
    changed = replace(arch, masked=layout["masked"])
    if changed != arch and steps(changed, True) == steps(replace(changed, masked="later"), True):
        raise InputError("no layer of this network hands an error down through an activation",
                         where="masked", got=layout["masked"],
                         fix="leave it out of the mapping")  # fmt: skip
    return changed


def _with(arch: Architecture, changed: Sequence[Layer], key: str, layout: Layout) -> Architecture:
    if not changed:
        raise InputError("no layer of this network has such a kink", where=key, got=layout[key],
                         fix="leave it out of the mapping")  # fmt: skip
    new = {layer.name: layer for layer in changed}
    return replace(arch, layers=tuple(new.get(layer.name, layer) for layer in arch.layers))


def _loss(loss: Loss, layout: Layout) -> Loss:
    """A summed loss has summed gradients, unless it is said that they are not."""
    if layout["regulariser"] == "no-half":
        loss = replace(loss, reg=2 * loss.reg)
    if loss.reg and layout["loss"].startswith("half"):
        raise InputError("1/2 of a loss and of its gradients, but not of the regulariser's",
                         where="loss", got=layout["loss"], fix="set --option reg=0")  # fmt: skip
    reduction = "sum" if layout["loss"] in SUMS else "mean"
    gradients = layout.chosen.get("gradients", reduction)
    return replace(loss, reduction=reduction, gradient="sum" if gradients == "sum" else "mean")
