"""What a complete trace must hold: every tensor, the operation that makes it, and from what.

The list is built from the network's description alone, never from what a subject produced:
a tensor named here and absent from a trace is a failure.  A step's inputs are the *nearest*
tensors it is computed from, so that feeding the subject's own inputs isolates one formula.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from lenet_ref.architecture import Architecture, Layer, Loss, MaxPool
from lenet_ref.specs.layer import activation_of, kinked, maps_last
from verify.expected.families import LAYERS, LOSSES
from verify.expected.step import Spec, Step, Symbols, is_gradient

__all__ = ["SECTIONS", "steps", "unseen"]
SECTIONS = {"modern": "M", "1998": "H"}
"""With what the ids of the equations begin, of networks that have sections of their own."""


def steps(arch: Architecture, upstream: bool = False, backward: bool = True) -> list[Step]:
    """All steps of a network, forward from the image, then backward to it.

    Args:
        upstream: the gradient at the last output is given and replaces the loss's; without a loss
            it always is.
        backward: include the gradients.
    """
    return [*_steps(arch, upstream or arch.loss is None, backward)]


@lru_cache(maxsize=64)  # a run asks some hundred times, of a dozen networks
def _steps(arch: Architecture, upstream: bool, backward: bool) -> tuple[Step, ...]:
    forward = [s for i in range(len(arch.layers)) for s in _forward_steps(arch, i)]
    if arch.loss is not None:
        forward += _loss_steps(arch, arch.loss)
    if not backward:
        return tuple(forward)
    gradients = [] if arch.loss is None else _within(arch, arch.loss, True)
    for i in reversed(range(len(arch.layers))):
        gradients += _backward_steps(arch, i, upstream)
    return (*forward, *gradients)


def _step(arch: Architecture, spec: Spec, symbol: str, op: str, inputs: tuple[str, ...]) -> Step:
    name = "loss" if isinstance(spec, Loss) else spec.name
    return Step(f"{name}.{symbol}", op, inputs, spec, f"{_section(arch, spec, name)}-{symbol}")


def _section(arch: Architecture, spec: Spec, name: str) -> str:
    """Of the equations: a layer's own in the two networks that are derived in full, its family's in
    every other, but for a family that says where its equations stand."""
    if isinstance(spec, Loss):
        own, family = "", spec.kind
    else:
        own, family = spec.section, spec.family
    published = SECTIONS.get(arch.variant)
    return own or (f"{published}-{name}" if published else family)


def _forward_steps(arch: Architecture, i: int) -> list[Step]:
    layer = arch.layers[i]
    source = "images" if i == 0 else f"{arch.layers[i - 1].name}.y"
    found = [_step(arch, layer, "x", _down(arch, i, "flatten"), (source,))]
    for symbol in layer.parameter_shapes:
        found.append(_step(arch, layer, symbol, "link", (f"given.{layer.name}.{symbol}",)))
    return found + _within(arch, layer, False)


def _backward_steps(arch: Architecture, i: int, upstream: bool) -> list[Step]:
    layer = arch.layers[i]
    last = i == len(arch.layers) - 1
    source = "loss.dx" if last else f"{arch.layers[i + 1].name}.dx"
    if last and upstream:
        source = "upstream"
    within = [_masked(arch, i, step) for step in _within(arch, layer, True)]
    return [_step(arch, layer, "dy", _down(arch, i + 1, "unflatten"), (source,)), *within]


def _down(arch: Architecture, i: int, other: str) -> str:
    """How a volume reaches layer i, or its gradient leaves it: a link, but where the layer reads it
    in another order."""
    above = 0 < i < len(arch.layers) and len(arch.layers[i - 1].output_shape) == 3
    return other if above and maps_last(arch.layers[i]) else "link"


def _masked(arch: Architecture, i: int, step: Step) -> Step:
    """A step of layer i as it is where errors are masked before they are handed down; da, where
    it is dx itself, with it."""
    name = arch.layers[i].name
    down = _symbols(arch.layers[i]).get("dx", ("",))[0] == step.op
    if down and (made := _made(arch, i)) is not None:
        inputs = (f"{name}.dx.unmasked", f"{name}.below")
        return replace(step, op="masked.dx", inputs=inputs, spec=made)
    above = _made(arch, i + 1) if i + 1 < len(arch.layers) else None
    if step.symbol == "dz" and above is arch.layers[i]:
        return replace(step, op="link", inputs=(f"{name}.dy",))
    return step


def _made(arch: Architecture, i: int) -> Layer | None:
    """The layer whose activation's derivative layer i multiplies its dx by."""
    if arch.masked == "later" or i == 0:
        return None
    below = arch.layers[i - 1]
    if activation_of(below) not in ("", "identity"):
        return below
    through = arch.masked == "before-pooling" and isinstance(below, MaxPool) and i > 1
    return arch.layers[i - 2] if through and kinked(arch.layers[i - 2]) else None


def unseen(arch: Architecture) -> list[Step]:
    """What a trace does not hold where errors are masked earlier: dx before its mask, and the z
    that the mask is made from, ``below``; of a maximum its own, whose sign is that of z."""
    found = []
    for i, layer in enumerate(arch.layers):
        if _made(arch, i) is not None:
            (dx,) = [step for step in _within(arch, layer, True) if step.symbol == "dx"]
            found.append(replace(dx, tensor=f"{layer.name}.dx.unmasked"))
            source = f"{arch.layers[i - 1].name}.z"
            found.append(_step(arch, layer, "below", _down(arch, i, "flatten"), (source,)))
    return found


def _within(arch: Architecture, spec: Spec, backward: bool) -> list[Step]:
    """Steps of one layer or loss from its own tensors, forward or backward."""
    name = "loss" if isinstance(spec, Loss) else spec.name
    return [
        _step(arch, spec, symbol, op, tuple(_named(name, key) for key in inputs.split()))
        for symbol, (op, inputs) in _symbols(spec).items()
        if is_gradient(symbol) == backward
    ]


def _symbols(spec: Layer | Loss) -> Symbols:
    family = LOSSES[spec.kind] if isinstance(spec, Loss) else LAYERS[spec.family]
    found: Symbols = family.symbols(spec)
    return found


def _named(layer: str, key: str) -> str:
    return key if key == "labels" else f"{layer}.{key}"


def _loss_steps(arch: Architecture, loss: Loss) -> list[Step]:
    """Forward symbols of the loss."""
    found = [_step(arch, loss, "x", "link", (f"{arch.layers[-1].name}.y",))]
    found += _within(arch, loss, False)
    if LOSSES[loss.kind].REGULARISED:
        weights = tuple(f"{layer.name}.W" for layer in arch.layers if layer.decayed)
        found.append(_step(arch, loss, "reg", "regulariser.reg", weights))
        found.append(_step(arch, loss, "total", "total", ("loss.data", "loss.reg")))
    return found
