"""How subjects that follow another convention look: what they would hand over, how they declare it.

Each row is written by hand from the convention's own words, so that what a mapping undoes has
something independent to undo.  It works on any subject, a mistaken one too: what is exported is
the mistake as somebody with that convention would have made it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture, Subsampling
from verify.cases.case import Case
from verify.exchange.layout import Layout
from verify.proof.faults.convention import Arrays, Convention, Export, Rewrite, Subject, read_as
from verify.proof.faults.kinks import KINKS


def as_it_is(case: Case, subject: Subject) -> Arrays:
    """Our own conventions."""
    return dict(subject(case))


def summed(loss: bool) -> Export:
    """Every gradient that of the sum over the batch, and perhaps the loss the sum.

    The subject's own backward pass is started from N times its own gradient, for that is what
    rounds as theirs does; the regulariser is added once, whatever the loss is.
    """

    def export(case: Case, subject: Subject) -> Arrays:
        first = dict(subject(case))
        start = np.asarray(first["loss.dx"] * case.batch, dtype=first["loss.dx"].dtype)
        upstream = start.astype(case.dtype)  # a mistaken dtype is theirs; ours would be refused
        found = dict(subject(replace(case, upstream=upstream)))
        found |= {name: first[name] for name in first if name.startswith("loss.")}
        found["loss.dx"] = start
        return found | (_summed_loss(first, case.batch) if loss else {})

    return export


def _summed_loss(first: Arrays, n: int) -> Arrays:
    data = first["loss.data"]
    found = {"loss.data": np.asarray(data * n, dtype=data.dtype)}
    if "loss.total" in first:
        total = found["loss.data"] + (first["loss.total"] - data)
        found["loss.total"] = np.asarray(total, dtype=data.dtype)
    return found


def at_parameters(case: Case, subject: Subject) -> Arrays:
    """Gradients on the way without 1/N, which stands at the parameters."""
    found = summed(loss=False)(case, subject)
    share = np.dtype(case.dtype).type(1 / case.batch)
    return {k: np.asarray(v * share) if _of_parameter(k) else v for k, v in found.items()}


def loss_alone(case: Case, subject: Subject) -> Arrays:
    """The sum is what is printed; the gradients are those of the mean."""
    found = dict(subject(case))
    return found | _summed_loss(found, case.batch)


def halved(case: Case, subject: Subject) -> Arrays:
    """1/2 of the sum, loss and gradients."""
    found = summed(loss=True)(case, subject)
    return {k: half_gradient(k, v) for k, v in found.items()}


def half_gradient(name: str, value: NDArray[Any]) -> NDArray[Any]:
    """1/2 of the loss and of every gradient."""
    half = _is_gradient(name) or name in ("loss.data", "loss.total")
    return np.asarray(value / 2, dtype=value.dtype) if half else value


def ascending(name: str, value: NDArray[Any]) -> NDArray[Any]:
    """Every gradient with the other sign."""
    return np.asarray(-value) if _is_gradient(name) else value


def updated(rate: float) -> Export:
    """No gradient is stored: it is read from the parameters before and after a step."""

    def export(case: Case, subject: Subject) -> Arrays:
        found, lr = dict(subject(case)), np.dtype(case.dtype).type(rate)
        for name in filter(_of_parameter, found):
            before = case.parameters[name.replace(".d", ".")]
            if found[name].shape == before.shape:
                found[name] = np.asarray((before - (before - lr * found[name])) / lr)
        return found

    return export


def _is_gradient(name: str) -> bool:
    return symbol(name) != name.rpartition(".")[2]


def _of_parameter(name: str) -> bool:
    return _is_gradient(name) and symbol(name) in ("W", "b")


def _filters(name: str, value: NDArray[Any]) -> bool:
    return symbol(name) == "W" and value.ndim == 4


def _plain_loss(arch: Architecture) -> bool:
    return arch.loss is not None and not arch.loss.reg


def rewritten(change: Rewrite) -> Export:
    """Each tensor by itself in another form."""

    def export(case: Case, subject: Subject) -> Arrays:
        return {name: np.asarray(change(name, value)) for name, value in subject(case).items()}

    return export


def channels_last(name: str, value: NDArray[Any]) -> NDArray[Any]:
    """Volumes NHWC, filters HWIO, full connections in-out."""
    weights = symbol(name) == "W"
    if value.ndim == 4:
        return value.transpose(2, 3, 1, 0) if weights else np.moveaxis(value, 1, 3)
    return value.T if weights and value.ndim == 2 else value


def half_distances(name: str, value: NDArray[Any]) -> NDArray[Any]:
    """1/2 sum (x - w)^2: half of every distance, of the loss, and of every gradient below F7."""
    layer = name.rpartition(".")[0]
    below = symbol(name) != name.rpartition(".")[2] and layer != "loss" and name != "F7.dy"
    halved = below or name in ("F7.y", "loss.x", "loss.data")
    return np.asarray(value / 2, dtype=value.dtype) if halved else value


def symbol(name: str) -> str:
    """W of C3.dW, data of loss.data."""
    last = name.rpartition(".")[2]
    return last if last == "data" else last.removeprefix("d")


def averaged(arch: Architecture) -> Architecture:
    """Windows averaged."""
    layers = tuple(
        replace(layer, reading="average") if isinstance(layer, Subsampling) else layer
        for layer in arch.layers
    )
    return replace(arch, layers=layers)


def undivided(arch: Architecture) -> Architecture:
    """reg ||W||^2 in place of reg/2 ||W||^2."""
    if arch.loss is None:
        return arch
    return replace(arch, loss=replace(arch.loss, reg=2 * arch.loss.reg))


def _sums_windows(arch: Architecture) -> bool:
    pools = [layer for layer in arch.layers if isinstance(layer, Subsampling)]
    return any(layer.reading == "sum" for layer in pools)


CONVENTIONS = (
    Convention("as it is", Layout(), as_it_is),
    Convention("loss = sum", Layout(chosen={"loss": "sum"}), summed(loss=True)),
    Convention("gradients = sum", Layout(chosen={"gradients": "sum"}), summed(loss=False)),
    Convention(
        "gradients = parameters",
        Layout(chosen={"gradients": "parameters"}),
        at_parameters,
        _plain_loss,
    ),
    Convention("loss = sum alone", Layout(chosen={"loss": "sum", "gradients": "mean"}), loss_alone),
    Convention(
        "loss = half", Layout(chosen={"loss": "half"}), rewritten(half_gradient), _plain_loss
    ),
    Convention("loss = half-sum", Layout(chosen={"loss": "half-sum"}), halved, _plain_loss),
    Convention("sign = negative", Layout(chosen={"sign": "negative"}), rewritten(ascending)),
    Convention("update = 0.01", Layout(chosen={"update": "0.01"}), updated(0.01)),
    Convention(
        "IOHW",
        Layout(chosen={"convolution": "IOHW"}),
        rewritten(lambda name, v: v.swapaxes(0, 1) if _filters(name, v) else v),
    ),
    Convention(
        "axes reversed",
        Layout(chosen={"convolution": "WHIO"}),
        rewritten(lambda name, v: v.T if _filters(name, v) else v),
    ),
    Convention(
        "channels last",
        Layout(chosen={"volumes": "NHWC", "convolution": "HWIO", "affine": "in-out"}),
        rewritten(channels_last),
    ),
    Convention(
        "regulariser = no-half",
        Layout(chosen={"regulariser": "no-half"}),
        read_as(undivided),
        lambda arch: arch.loss is not None and arch.loss.reg > 0,
    ),
    Convention(
        "rbf = half",
        Layout(chosen={"rbf": "half"}),
        rewritten(half_distances),
        lambda arch: arch.loss is not None and arch.loss.kind == "mle",
    ),
    Convention(
        "subsampling = average",
        Layout(chosen={"subsampling": "average"}),
        read_as(averaged),
        _sums_windows,
    ),
    *KINKS,
)
