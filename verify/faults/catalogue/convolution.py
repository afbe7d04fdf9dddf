"""Mistakes in the convolution layers: products, reductions, im2col and col2im."""

from __future__ import annotations

from verify.faults.fault import Fault

FAULTS = [
    Fault(
        "conv-db-averaged",
        "the bias gradient is averaged over the rows instead of summed",
        "field notes C1; errata S17, S18",
        "layers.convolution.bias_gradient",
        lambda right: lambda dz: dz.mean(axis=0),
        layers="C1 C3 C5",
        tensor="C5.db",
        cause="averaged-over-rows",
    ),
    Fault(
        "conv-no-bias",
        "the bias is not added in the forward pass",
        "field notes A12",
        "layers.convolution.pre_activation",
        lambda right: lambda a, W, b: a @ W,
        layers="C1 C3 C5",
        tensor="C1.z",
        cause="no-bias",
    ),
]
