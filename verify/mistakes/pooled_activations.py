"""An activation at the wrong place of a pooling layer: before it, not behind it, or where the layer
has none."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from lenet_ref.specs.pool import Pool
from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.strides import Reduction, largest, mean
from verify.mistakes.windows import windows
from verify.oracle import activation


def before(e: Situation, reduce: Reduction) -> Tensor:
    """What is pooled went through the layer's activation first."""
    if e.spec.activation in ("", "identity"):
        return NOTHING
    return reduce(e, windows(e, activation.apply(e["x"], e.spec.activation)))


def in_place(e: Situation) -> Tensor:
    """z after the activation wrote its result into it."""
    if e.spec.activation in ("", "identity"):
        return NOTHING
    return activation.apply(e.oracle, e.spec.activation)


def behind(e: Situation) -> Tensor:
    """The gradient of an activation that stands before the pooling."""
    if e.spec.activation in ("", "identity"):
        return NOTHING
    x = e["x"].detach().requires_grad_()
    y = activation.apply(x, e.spec.activation)
    return e.oracle * torch.autograd.grad(y.sum(), x)[0]


def unasked(e: Situation, name: str) -> Tensor:
    """y of a pooling layer without an activation, through one."""
    if e.step.symbol != "y" or not isinstance(e.spec, Pool):
        return NOTHING
    return activation.apply(e["z"], name)


def unasked_mask(e: Situation) -> Tensor:
    """Its dz through the derivative of relu."""
    if e.step.symbol != "dz" or not isinstance(e.spec, Pool):
        return NOTHING
    return e["dy"] * (e["z"] > 0)


ORDER = "the layer's activation stands behind the pooling"
Z = "is of numbers that went through the activation already"
BEHIND = Mistake("activation-before", f"is multiplied by the activation's derivative at x; {ORDER}",
                 "experience", behind)  # fmt: skip
NONE = "this pooling layer has no activation"

MISTAKES = {
    "average_pool.z": (
        Mistake("activation-before", f"{Z}; {ORDER}", "experience", partial(before, reduce=mean)),
        Mistake("changed-in-place", "holds y: the activation wrote into the array it was handed",
                "field notes B19, C22", in_place),
    ),
    "max_pool.z": (
        Mistake("activation-before", f"{Z} (or the activation wrote into the array of z); {ORDER}",
                "experience; field notes B19", partial(before, reduce=largest)),
    ),
    "average_pool.dx": (BEHIND,),
    "max_pool.dx": (BEHIND,),
    "link": (
        *(
            Mistake(f"on-a-linear-layer:{name}", f"is {name} of z; {NONE}", "experience",
                    partial(unasked, name=name))
            for name in ("relu", "logistic", "tanh", "squash")
        ),
        Mistake("relu-mask", f"is multiplied by 1(z > 0), the derivative of relu; {NONE}",
                "experience", unasked_mask),
    ),
}  # fmt: skip
