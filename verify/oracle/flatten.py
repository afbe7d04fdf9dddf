"""Oracle of what stands between two layers: a volume that is read as a vector."""

from __future__ import annotations

from torch import Tensor

from lenet_ref.specs.layer import Layer, maps_last

__all__ = ["flattened", "received"]


def flattened(volume: Tensor) -> Tensor:
    """(N, C, H, W) with its maps last, (N, H*W*C)."""
    return volume.permute(0, 2, 3, 1).flatten(1)


def received(layer: Layer, y: Tensor) -> Tensor:
    """What a layer reads of the one before."""
    if y.ndim == 4 and maps_last(layer):
        return flattened(y)
    return y.flatten(1) if len(layer.input_shape) == 1 else y.view_as(y)
