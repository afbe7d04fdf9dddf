"""Rounding bounds of cross-entropy."""

from __future__ import annotations

from verify.tolerance.softmax import loss_data, loss_dx, loss_probs
from verify.tolerance.sums import Rules

RULES: Rules = {
    "cross_entropy.probs": loss_probs,
    "cross_entropy.data": loss_data,
    "cross_entropy.dx": loss_dx,
}
