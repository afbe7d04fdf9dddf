"""Oracle of the losses."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.architecture import Loss


def with_rubbish(y: Tensor, j: float) -> Tensor:
    """Logits -y and -j (paper, eq. 9)."""
    return torch.cat([-y, y.new_full((len(y), 1), -j)], dim=1)


def data_loss(x: Tensor, labels: Tensor, loss: Loss, reduction: str) -> Tensor:
    """The data loss, a scalar: cross-entropy, eq. 8 or eq. 9; reduction: mean or sum."""
    if loss.kind == "cross_entropy":
        return F.cross_entropy(x, labels, reduction=reduction)
    each = x.gather(1, labels[:, None])[:, 0]
    if loss.kind == "map":
        each = each + torch.logsumexp(with_rubbish(x, loss.j), dim=1)
    return each.mean() if reduction == "mean" else each.sum()


def probabilities(x: Tensor, loss: Loss) -> Tensor:
    """Softmax of the logits, or of eq. 9's without the rubbish class."""
    if loss.kind == "map":
        return torch.softmax(with_rubbish(x, loss.j), dim=1)[:, :-1]
    return torch.softmax(x, dim=1)


def regulariser(weights: list[Tensor], reg: float) -> Tensor:
    """reg/2 times the sum of squares."""
    return torch.stack([W.square().sum() for W in weights]).sum() * (0.5 * reg)
