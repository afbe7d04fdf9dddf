"""Oracle of the maximum a posteriori criterion (paper, eq. 9)."""

from __future__ import annotations

import torch
from torch import Tensor

from lenet_ref.specs.loss import Loss
from verify.oracle import loss as common
from verify.oracle.node import Operations

__all__ = ["OPERATIONS", "data_loss", "probabilities", "with_rubbish"]


def with_rubbish(y: Tensor, j: float) -> Tensor:
    """Logits -y and -j (paper, eq. 9)."""
    return torch.cat([-y, y.new_full((len(y), 1), -j)], dim=1)


def data_loss(x: Tensor, labels: Tensor, loss: Loss, reduction: str) -> Tensor:
    """Distance of the right class, plus log sum exp of all and of the rubbish class."""
    each = common.chosen(x, labels) + torch.logsumexp(with_rubbish(x, loss.j), dim=1)
    return common.reduced(each, reduction)


def probabilities(x: Tensor, loss: Loss) -> Tensor:
    """Softmax of the logits of eq. 9, without the rubbish class."""
    return torch.softmax(with_rubbish(x, loss.j), dim=1)[:, :-1]


OPERATIONS: Operations = {
    "map.probs": common.probs(probabilities),
    "map.data": common.value(data_loss),
    "map.dx": common.gradient(data_loss),
}
