"""One tensor of a trace: its name, the operation that makes it, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from lenet_ref.specs.layer import Layer
from lenet_ref.specs.loss import Loss

__all__ = ["HANDED_ON", "Spec", "Step", "Symbols", "is_gradient", "spec_of", "unbiased"]
Spec: TypeAlias = Layer | Loss
Symbols: TypeAlias = Mapping[str, tuple[str, str]]
"""Of a family: symbol to (operation, inputs within the layer), in order of computation."""
HANDED_ON = ("link", "flatten", "unflatten")
"""Operations that hand numbers on as they are: with other axes; a volume as a vector with its maps
last; and such a vector as a volume again."""


@dataclass(frozen=True)
class Step:
    """One tensor of the trace.

    tensor: its name, ``<layer>.<symbol>``.
    op: the operation, ``<family>.<symbol>``; oracle and tolerance look it up.
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
        """The layer's name, or ``loss``."""
        return self.tensor.split(".")[0]

    @property
    def symbol(self) -> str:
        """The symbol within the layer, ``z`` or ``dW``."""
        return self.tensor.split(".")[1]

    @property
    def handed(self) -> bool:
        """It is what was handed in with the case, and nobody computes it: a parameter, the images
        as the first layer reads them."""
        return all("." not in name or name.startswith("given.") for name in self.inputs)


def unbiased(symbols: Symbols) -> Symbols:
    """Those of a layer without b."""
    return {symbol: (op, " ".join(name for name in inputs.split() if name != "b"))
            for symbol, (op, inputs) in symbols.items() if symbol != "db"}  # fmt: skip


def is_gradient(symbol: str) -> bool:
    """Gradients carry a d; the data loss is none."""
    return symbol.startswith("d") and symbol != "data"


def spec_of(step: Step) -> Any:
    """The layer or loss, as the family that reads it knows it."""
    return step.spec
