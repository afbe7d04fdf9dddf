"""Rounding bounds of the maximum a posteriori criterion (paper, eq. 9)."""

from __future__ import annotations

from verify.tolerance.softmax import loss_data, loss_dx, loss_probs
from verify.tolerance.sums import Rules

RULES: Rules = {"map.probs": loss_probs, "map.data": loss_data, "map.dx": loss_dx}
