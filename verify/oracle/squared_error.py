"""Oracle of the squared error of one-hot targets."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.squared_error import SquaredError
from verify.oracle import loss as common
from verify.oracle.node import Operations


def data_loss(x: Tensor, labels: Tensor, loss: SquaredError, reduction: str) -> Tensor:
    """Squared differences of outputs (N, K), or of their softmax, from one-hot targets."""
    p = torch.softmax(x, dim=1) if loss.on == "softmax" else x
    squares = F.mse_loss(p, F.one_hot(labels, x.shape[1]).to(x.dtype), reduction="none")
    each = squares.mean(dim=1) if loss.classes == "mean" else squares.sum(dim=1)
    return common.reduced(each / 2 if loss.half else each, reduction)


def probabilities(x: Tensor, loss: SquaredError) -> Tensor:
    """Softmax of the outputs."""
    return torch.softmax(x, dim=1)


OPERATIONS: Operations = {
    "squared_error.probs": common.probs(probabilities),
    "squared_error.data": common.value(data_loss),
    "squared_error.dx": common.gradient(data_loss),
}
