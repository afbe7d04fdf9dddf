"""Oracle of softmax and cross-entropy."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.loss import Loss
from verify.oracle import loss as common
from verify.oracle.node import Operations


def data_loss(x: Tensor, labels: Tensor, loss: Loss, reduction: str) -> Tensor:
    """Cross-entropy of logits (N, K)."""
    return F.cross_entropy(x, labels, reduction=reduction, label_smoothing=loss.smoothing)


def probabilities(x: Tensor, loss: Loss) -> Tensor:
    """Softmax of the logits."""
    return torch.softmax(x, dim=1)


OPERATIONS: Operations = {
    "cross_entropy.probs": common.probs(probabilities),
    "cross_entropy.data": common.value(data_loss),
    "cross_entropy.dx": common.gradient(data_loss),
}
