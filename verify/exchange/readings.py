"""The network that a mapping declares: its readings, its derivatives at kinks, its loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lenet_ref.architecture import Architecture, Layer, Loss, MaxPool, Subsampling
from lenet_ref.specs.layer import activation_of
from verify.errors import InputError
from verify.exchange.layout import Layout
from verify.expected.steps import steps

__all__ = ["SUMS", "architecture", "at_kinks"]
SUMS = ("sum", "half-sum")


def architecture(arch: Architecture, layout: Layout) -> Architecture:
    """The network with the readings that a mapping declares.

    Raises:
        InputError: halved distances without the MLE loss; a kink that no layer has; what is said
            of a loss that the network does not have.
    """
    arch = at_kinks(arch, layout)
    if arch.loss is None:
        _without_a_loss(layout)
    if layout["subsampling"] == "average":
        arch = _with(arch, lambda layer: isinstance(layer, Subsampling), reading="average")
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
        found = _with(arch, lambda layer: isinstance(layer, MaxPool), ties=layout["ties"])
        arch = _other(arch, found, "ties", layout)
    if layout["relu"] != "zero-at-zero":
        found = _with(arch, lambda x: activation_of(x) == "relu", activation="relu_one_at_zero")
        arch = _other(arch, found, "relu", layout)
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


def _with(arch: Architecture, which: Callable[[Layer], bool], **options: Any) -> Architecture:
    """Some layers with other options."""
    layers = (replace(layer, **options) if which(layer) else layer for layer in arch.layers)
    return replace(arch, layers=tuple(layers))


def _other(arch: Architecture, found: Architecture, key: str, layout: Layout) -> Architecture:
    if found == arch:
        raise InputError("no layer of this network has such a kink", where=key, got=layout[key],
                         fix="leave it out of the mapping")  # fmt: skip
    return found


def _without_a_loss(layout: Layout) -> None:
    """A sum, a mean and a half are of a loss; where there is none the gradient at the output is
    handed in, and everybody's are of the same.

    Raises:
        InputError: one of them is declared.
    """
    for key in ("loss", "gradients", "regulariser"):
        if key in layout.chosen:
            raise InputError("this network has no loss", where=key, got=layout[key],
                             fix="leave it out of the mapping")  # fmt: skip


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
