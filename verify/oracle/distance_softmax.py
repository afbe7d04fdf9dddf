"""Oracle of cross-entropy over minus the distances."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.loss import Loss
from verify.oracle import loss as common
from verify.oracle.node import Operations


def data_loss(x: Tensor, labels: Tensor, loss: Loss, reduction: str) -> Tensor:
    """Negative log-likelihood of the nearest being the right one."""
    return F.nll_loss(F.log_softmax(-x, dim=1), labels, reduction=reduction)


def probabilities(x: Tensor, loss: Loss) -> Tensor:
    """Softmin of the distances."""
    return F.softmin(x, dim=1)


OPERATIONS: Operations = {
    "distance_softmax.probs": common.probs(probabilities),
    "distance_softmax.data": common.value(data_loss),
    "distance_softmax.dx": common.gradient(data_loss),
}
