"""Which tensors a dump may hold, and their shapes, from the network and the batch alone."""

from __future__ import annotations

from lenet_ref.architecture import Architecture
from lenet_ref.parameters import parameter_shapes
from lenet_ref.specs.layer import Shape
from verify.expected.shapes import shapes
from verify.expected.steps import steps

__all__ = [
    "IMAGES",
    "INTEGERS",
    "LABELS",
    "LARGEST_BATCH",
    "UPSTREAM",
    "expected",
    "holds_integers",
    "inputs",
]
IMAGES, LABELS, UPSTREAM = "images", "labels", "upstream"
INTEGERS = ("argmax",)
LARGEST_BATCH = 256
"""Images in a dump: what is judged is held in memory several times over."""


def inputs(arch: Architecture, n: int) -> dict[str, Shape]:
    """What a subject is given: images, labels, parameters; without a loss the gradient at the last
    output in place of labels."""
    last = {LABELS: (n,)} if arch.loss is not None else {UPSTREAM: (n, *arch.output_shape)}
    return {IMAGES: (n, *arch.input_shape)} | last | parameter_shapes(arch)


def expected(arch: Architecture, n: int) -> dict[str, Shape]:
    """Everything a dump may hold by name, the inputs included."""
    by_tensor = shapes(arch, n)
    return inputs(arch, n) | {step.tensor: by_tensor[step.tensor] for step in steps(arch)}


def holds_integers(name: str) -> bool:
    """Labels, and places of maxima."""
    return name == LABELS or name.rpartition(".")[2] in INTEGERS
