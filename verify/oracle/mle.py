"""Oracle of the maximum likelihood criterion (paper, eq. 8)."""

from __future__ import annotations

from torch import Tensor

from lenet_ref.specs.loss import Loss
from verify.oracle import loss as common
from verify.oracle.node import Operations


def data_loss(x: Tensor, labels: Tensor, loss: Loss, reduction: str) -> Tensor:
    """Distance of the right class."""
    return common.reduced(common.chosen(x, labels), reduction)


OPERATIONS: Operations = {
    "mle.data": common.value(data_loss),
    "mle.dx": common.gradient(data_loss),
}
