"""Rounding bounds of cross-entropy over minus the distances: those of eq. 9 with j left out."""

from __future__ import annotations

from verify.tolerance.softmax import loss_data, loss_dx, loss_probs
from verify.tolerance.sums import Rules

RULES: Rules = {
    "distance_softmax.probs": loss_probs,
    "distance_softmax.data": loss_data,
    "distance_softmax.dx": loss_dx,
}
