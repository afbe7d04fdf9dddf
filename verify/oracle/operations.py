"""Every operation a step can name, as torch code: forward values and gradients by autograd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from lenet_ref import families
from verify.expected.families import OPERATIONS as EXPECTED
from verify.expected.step import Step
from verify.oracle import activation, regulariser
from verify.oracle.flatten import flattened
from verify.oracle.node import Node, Operation

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

LAYERS = families.room("verify.oracle", tuple(families.layers()), "NODES", "OPERATIONS", "run")
LOSSES = families.room("verify.oracle", families.losses(), "OPERATIONS", "data_loss")


def _link(ev: Evaluation, step: Step) -> Tensor:
    return ev.value(step.inputs[0]).reshape(ev.shapes[step.tensor])


def _unflatten(ev: Evaluation, step: Step) -> Tensor:
    n, c, h, w = ev.shapes[step.tensor]
    return ev.value(step.inputs[0]).reshape(n, h, w, c).movedim(-1, 1)


NODES: dict[str, Node] = {**activation.NODES, **families.merged(LAYERS.values(), "NODES")}
OPERATIONS: dict[str, Operation] = {
    "link": _link,
    "flatten": lambda ev, step: flattened(ev.value(step.inputs[0])),
    "unflatten": _unflatten,
    **activation.OPERATIONS,
    **regulariser.OPERATIONS,
    **families.merged((*LAYERS.values(), *LOSSES.values()), "OPERATIONS"),
}
families.agree("verify.oracle", OPERATIONS, EXPECTED)
