"""Errors multiplied by the derivative of the layer below before they are handed down to it."""

from __future__ import annotations

import torch
from torch import Tensor

from lenet_ref.specs.layer import activation_of, kinked
from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle import activation
from verify.oracle.flatten import flattened


def masked(e: Situation) -> Tensor:
    """dx times the derivative of the activation that made x; through a maximum that of relu or
    leaky, which its output shows."""
    name, through, last = f"{e.step.layer}.x", False, False
    while name in e.steps and e.steps[name].op in ("link", "flatten", "max_pool.z"):
        through |= e.steps[name].op == "max_pool.z"
        last |= e.steps[name].op == "flatten"
        name = e.steps[name].inputs[0]
    if name not in e.steps or e.steps[name].op != "activation.y":
        return NOTHING
    made, function = e.steps[name], activation_of(e.steps[name].spec)
    if through and not kinked(made.spec):
        return NOTHING
    z = e.value(f"{e.step.layer}.x" if through else made.inputs[0]).detach().requires_grad_()
    y = activation.apply(z, function)
    slope = torch.autograd.grad(y.sum(), z)[0]
    return e.oracle * (flattened(slope) if last and not through else slope).reshape(e.oracle.shape)


ENTRY = Mistake(
    "changed-in-place",
    "is multiplied by the derivative of the layer below: errors masked already when handed down, or"
    " that layer's backward pass wrote into the array it was handed",
    "field notes B19, C22",
    masked,
)

OPERATIONS = ("affine", "average_pool", "convolution", "max_pool", "rbf", "subsampling")
MISTAKES = {f"{family}.dx": (ENTRY,) for family in OPERATIONS}
