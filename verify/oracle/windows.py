"""_Pooling windows as rows, whatever is made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor

from lenet_ref.specs.pool import Pool
from verify.expected.step import Step, spec_of
from verify.oracle.node import Operation, vector_jacobian

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

__all__ = ["back", "corners", "of", "of_input", "pooled", "windows"]
_Pooling: TypeAlias = Callable[[Tensor, Any], Tensor]


def pooled(x: Tensor, layer: Pool) -> tuple[int, int]:
    """(OH, OW): how many windows fit into a volume, down and across."""
    (kh, kw), (sh, sw) = layer.window, layer.step
    return (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1


def corners(x: Tensor, layer: Pool) -> list[Tensor]:
    """For each place in a window, row by row, a view (N, C, OH, OW) of what stands there."""
    (kh, kw), (sh, sw), (oh, ow) = layer.window, layer.step, pooled(x, layer)
    return [
        x[:, :, u : u + sh * oh : sh, v : v + sw * ow : sw] for u in range(kh) for v in range(kw)
    ]


def windows(x: Tensor, layer: Pool) -> Tensor:
    """a: (N*C*OH*OW, kh*kw), one window per row."""
    return torch.stack([corner.flatten() for corner in corners(x, layer)], dim=1)


def back(rows: Tensor, layer: Pool, shape: tuple[int, ...]) -> Tensor:
    """Rows added up where their elements came from, a volume of the given shape."""
    if layer.tiled:
        (n, c, h, w), (kh, kw) = shape, layer.window
        blocks = rows.reshape(n, c, h // kh, w // kw, kh, kw)
        return blocks.transpose(3, 4).reshape(n, c, h, w)
    found = rows.new_zeros(shape)
    for corner, column in zip(corners(found, layer), rows.unbind(dim=1), strict=True):
        corner += column.reshape(corner.shape)
    return found


def of_input(ev: Evaluation, step: Step) -> Tensor:
    """a: the windows of what the layer reads."""
    return windows(ev.value(step.inputs[0]), spec_of(step))


def of(gradient: Operation, pool: _Pooling, upstream: str) -> Operation:
    """da: the windows of a gradient at the layer's input; where they share elements, the gradient
    of each window that is pooled alone."""

    def operation(ev: Evaluation, step: Step) -> Tensor:
        layer = spec_of(step)
        if layer.cover == 1:
            return windows(gradient(ev, step), layer)
        x, name = f"{step.layer}.x", f"{step.layer}.{upstream}"
        linear = x not in step.inputs  # any input does
        source = torch.zeros(ev.shapes[x], dtype=ev.dtype) if linear else ev.value(x)
        return _alone(source, layer, pool, ev.value(name))

    return operation


def _alone(x: Tensor, layer: Pool, pool: _Pooling, cotangent: Tensor) -> Tensor:
    """(rows, kh*kw): the windows as small images of one map, and autograd."""
    images = windows(x, layer).reshape(-1, 1, *layer.window).detach().requires_grad_()
    z = pool(images, replace(layer, maps=1, size=layer.window, stride=None))
    return vector_jacobian(z, images, cotangent.reshape(z.shape)).flatten(1)
