"""Oracle of the activations."""

from __future__ import annotations

import torch
from torch import Tensor


def apply(z: Tensor, name: str) -> Tensor:
    """y = f(z) for relu, squash (paper, eq. 6: 1.7159 tanh(2/3 z)), logistic, tanh, identity."""
    match name:
        case "relu":
            return torch.relu(z)
        case "squash":
            return 1.7159 * torch.tanh(z * (2.0 / 3.0))
        case "logistic":
            return torch.sigmoid(z)
        case "tanh":
            return torch.tanh(z)
    return z.clone()
