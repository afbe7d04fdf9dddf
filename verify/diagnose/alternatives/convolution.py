"""Mistaken formulas of the convolution layers."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from verify.diagnose.alternatives.entry import Entry
from verify.diagnose.hypothesis import Evidence
from verify.oracle import convolution


def conv(e: Evidence, W: Tensor, b: Tensor | None) -> Tensor:
    """z with other weights or another bias."""
    return F.conv2d(e["x"], convolution.live(W, e.spec), b, stride=e.spec.stride)


ALTERNATIVES = {
    "convolution.z": (
        Entry("no-bias", "equals the reference without the bias", lambda e: conv(e, e["W"], None)),
        Entry(
            "true-convolution",
            "equals a convolution with the kernel rotated; the layer is a cross-correlation",
            lambda e: conv(e, e["W"].flip(2, 3), e["b"]),
        ),
    ),
}
