"""What a complete trace must hold: every tensor, the operation that makes it, and from what.

The list is built from the network's description alone, never from what a subject produced:
a tensor named here and absent from a trace is a failure.  A step's inputs are the *nearest*
tensors it is computed from, so that feeding the subject's own inputs isolates one formula.
"""

from __future__ import annotations

from dataclasses import dataclass

from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    Loss,
    MaxPool,
    RadialBasis,
    Subsampling,
)

Spec = Layer | Loss


@dataclass(frozen=True)
class Step:
    """One tensor of the trace.

    tensor: its name, ``<layer>.<symbol>``.
    op: the operation, ``<kind>.<symbol>``; oracle and tolerance look it up.
    inputs: names of the tensors it is computed from; names without a dot are given with
        the case (images, labels, upstream), ``given.C1.W`` is the shared parameter.
    spec: the layer (or loss) it belongs to.
    equation: its id in docs/derivation.md.
    """

    tensor: str
    op: str
    inputs: tuple[str, ...]
    spec: Spec
    equation: str

    @property
    def layer(self) -> str:
        """The layer's name, ``C1`` ... ``F7`` or ``loss``."""
        return self.tensor.split(".")[0]

    @property
    def symbol(self) -> str:
        """The symbol within the layer, ``z`` or ``dW``."""
        return self.tensor.split(".")[1]


# symbol: (operation, inputs within the layer), in order of computation.
_CONVOLUTION = {
    "a": ("convolution.a", "x"),
    "z": ("convolution.z", "x W b"),
    "y": ("activation.y", "z"),
    "dz": ("activation.dz", "dy z"),
    "da": ("convolution.da", "dz W"),
    "dx": ("convolution.dx", "dz W"),
    "dW": ("convolution.dW", "x dz W"),
    "db": ("convolution.db", "dz"),
}
_AFFINE = {
    "a": ("link", "x"),
    "z": ("affine.z", "x W b"),
    "y": ("activation.y", "z"),
    "dz": ("activation.dz", "dy z"),
    "da": ("affine.dx", "dz W"),
    "dx": ("affine.dx", "dz W"),
    "dW": ("affine.dW", "x dz W"),
    "db": ("affine.db", "dz"),
}
_MAX_POOL = {
    "a": ("max_pool.a", "x"),
    "argmax": ("max_pool.argmax", "x"),
    "z": ("max_pool.z", "x"),
    "y": ("link", "z"),
    "dz": ("link", "dy"),
    "da": ("max_pool.da", "x dz"),
    "dx": ("max_pool.dx", "x dz"),
}
_SUBSAMPLING = {
    "a": ("subsampling.a", "x"),
    "s": ("subsampling.s", "x"),
    "z": ("subsampling.z", "s W b"),
    "y": ("activation.y", "z"),
    "dz": ("activation.dz", "dy z"),
    "ds": ("subsampling.ds", "dz W"),
    "da": ("subsampling.da", "ds"),
    "dx": ("subsampling.dx", "ds"),
    "dW": ("subsampling.dW", "s dz"),
    "db": ("subsampling.db", "dz"),
}
_RBF = {"y": ("rbf.y", "x W"), "dx": ("rbf.dx", "x W dy"), "dW": ("rbf.dW", "x W dy")}

_TABLES: dict[type, dict[str, tuple[str, str]]] = {
    Convolution: _CONVOLUTION,
    Affine: _AFFINE,
    MaxPool: _MAX_POOL,
    Subsampling: _SUBSAMPLING,
    RadialBasis: _RBF,
}
FORWARD = ("x", "W", "b", "a", "s", "argmax", "z", "y", "probs", "data", "reg", "total")


def steps(arch: Architecture, upstream: bool = False, backward: bool = True) -> list[Step]:
    """All steps of a network, forward from the image, then backward to it.

    Args:
        upstream: the gradient at the last output is given and replaces the loss's.
        backward: include the gradients.
    """
    forward = [s for i in range(len(arch.layers)) for s in _forward_steps(arch, i)]
    if arch.loss is not None:
        forward += _loss_steps(arch, arch.loss)
    if not backward or (arch.loss is None and not upstream):
        return forward
    gradients = _loss_gradient(arch) if arch.loss is not None else []
    for i in reversed(range(len(arch.layers))):
        gradients += _backward_steps(arch, i, upstream)
    return forward + gradients


def _step(arch: Architecture, spec: Spec, symbol: str, op: str, inputs: tuple[str, ...]) -> Step:
    layer = "loss" if isinstance(spec, Loss) else spec.name
    letter = "M" if arch.variant == "modern" else "H"
    return Step(f"{layer}.{symbol}", op, inputs, spec, f"{letter}-{layer}-{symbol}")


def _forward_steps(arch: Architecture, i: int) -> list[Step]:
    layer = arch.layers[i]
    source = "images" if i == 0 else f"{arch.layers[i - 1].name}.y"
    found = [_step(arch, layer, "x", "link", (source,))]
    for symbol in ("W", "b"):
        if any(symbol in inputs.split() for _, inputs in _TABLES[type(layer)].values()):
            found.append(_step(arch, layer, symbol, "link", (f"given.{layer.name}.{symbol}",)))
    return found + [_inner(arch, layer, symbol) for symbol in _table(layer, FORWARD)]


def _backward_steps(arch: Architecture, i: int, upstream: bool) -> list[Step]:
    layer = arch.layers[i]
    last = i == len(arch.layers) - 1
    source = "loss.dx" if last else f"{arch.layers[i + 1].name}.dx"
    if last and upstream:
        source = "upstream"
    dy = _step(arch, layer, "dy", "link", (source,))
    gradients = tuple(s for s in _TABLES[type(layer)] if s not in FORWARD)
    return [dy] + [_inner(arch, layer, symbol) for symbol in _table(layer, gradients)]


def _table(layer: Layer, wanted: tuple[str, ...]) -> list[str]:
    fixed_codes = isinstance(layer, RadialBasis) and not layer.learned
    skip = {"dW"} if fixed_codes else set()
    return [s for s in _TABLES[type(layer)] if s in wanted and s not in skip]


def _inner(arch: Architecture, layer: Layer, symbol: str) -> Step:
    op, inputs = _TABLES[type(layer)][symbol]
    names = tuple(f"{layer.name}.{key}" for key in inputs.split())
    return _step(arch, layer, symbol, op, names)


def _loss_steps(arch: Architecture, loss: Loss) -> list[Step]:
    """Forward symbols of the loss."""
    x = ("loss.x", "labels")
    found = [_step(arch, loss, "x", "link", (f"{arch.layers[-1].name}.y",))]
    if loss.kind != "mle":
        found.append(_step(arch, loss, "probs", f"{loss.kind}.probs", ("loss.x",)))
    found.append(_step(arch, loss, "data", f"{loss.kind}.data", x))
    if loss.kind == "cross_entropy":
        weights = tuple(
            f"{layer.name}.W" for layer in arch.layers if isinstance(layer, Convolution | Affine)
        )
        found.append(_step(arch, loss, "reg", "regulariser.reg", weights))
        found.append(_step(arch, loss, "total", "total", ("loss.data", "loss.reg")))
    return found


def _loss_gradient(arch: Architecture) -> list[Step]:
    if arch.loss is None:
        return []
    op = f"{arch.loss.kind}.dx"
    return [_step(arch, arch.loss, "dx", op, ("loss.x", "labels"))]
