"""Oracle of C1, C3 and C5."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.convolution import Convolution
from verify.expected.step import Step, spec_of
from verify.oracle import activation
from verify.oracle.node import (
    Node,
    Nodes,
    Operations,
    Tensors,
    forward,
    gradient,
    vector_jacobian,
)
from verify.oracle.regulariser import with_decay

if TYPE_CHECKING:
    from verify.oracle.evaluation import Evaluation

__all__ = ["NODES", "OPERATIONS", "Table", "dense", "linear", "links", "live", "matrix_form",
           "matrix_product", "rows", "run", "turned"]  # fmt: skip
Table = tuple[tuple[int, ...], ...]


@functools.cache
def links(table: Table, maps_in: int) -> Tensor:
    """(maps out, maps in), 1 where a map reads an input map, by the layer's table."""
    rows = [[float(c in sources) for c in range(maps_in)] for sources in table]
    return torch.tensor(rows, dtype=torch.float64)


def live(W: Tensor, layer: Convolution) -> Tensor:
    """The weights that exist: all, or those of the layer's table."""
    if layer.table is None:
        return W
    return W * links(layer.table, layer.maps_in).to(W.dtype)[:, :, None, None]


def turned(W: Tensor, layer: Convolution) -> Tensor:
    """The filters as F.conv2d, which correlates, wants them: those of a true convolution by half a
    turn."""
    return W.flip(2, 3) if layer.flipped else W


def linear(x: Tensor, W: Tensor, b: Tensor | None, layer: Convolution) -> Tensor:
    """z: (N, C, H, W) to (N, K, OH, OW); b is None in a layer without."""
    return dense(x, live(W, layer), b, layer)


def dense(x: Tensor, W: Tensor, b: Tensor | None, layer: Convolution) -> Tensor:
    """The same whatever the table, by products and sums: NNPACK, which torch takes for
    float32 batches of 16 where oneDNN is absent, convolves by Fourier transform and is off by a
    multiple of the largest input instead of the nearby ones."""
    with torch.backends.nnpack.flags(enabled=False):
        return F.conv2d(x, turned(W, layer), b, layer.stride, layer.padding)


def matrix_form(x: Tensor, layer: Convolution, border: float = 0) -> Tensor:
    """a: (N*OH*OW, C*kh*kw); border: what is read on the padding."""
    (kh, kw), (sh, sw), (ph, pw) = layer.kernel, layer.stride, layer.padding
    x = F.pad(x, (pw, pw, ph, ph), value=border) if ph or pw else x
    fields = x.unfold(2, kh, sh).unfold(3, kw, sw)
    return fields.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(0, 2)


def matrix_product(a: Tensor, W: Tensor, layer: Convolution) -> Tensor:
    """a @ W without bias, (N*OH*OW, K), to differentiate with respect to a."""
    return F.linear(a, turned(live(W, layer), layer).flatten(1))


def rows(volume: Tensor) -> Tensor:
    """(N, K, OH, OW) as (N*OH*OW, K)."""
    return volume.movedim(1, -1).flatten(0, -2)


def run(layer: Convolution, x: Tensor, p: Tensors) -> Tensors:
    """On autograd's path: z and y."""
    z = linear(x, p["W"], p.get("b"), layer)
    return {"z": z, "y": activation.apply(z, layer.activation)}


def _a(ev: Evaluation, step: Step) -> Tensor:
    return matrix_form(ev.value(step.inputs[0]), spec_of(step))


def _da(ev: Evaluation, step: Step) -> Tensor:
    dz = rows(ev.value(step.inputs[0]))
    known = ev.known(f"{step.layer}.a")  # the product is linear: any input does
    shape = ev.shapes[step.tensor]
    source = torch.zeros(shape, dtype=ev.dtype) if known is None else known.detach()
    a = source.requires_grad_()
    product = matrix_product(a, ev.value(step.inputs[1]), spec_of(step))
    return vector_jacobian(product, a, dz)


NODES: Nodes = {"convolution": Node(("x", "W", "b"), linear)}
OPERATIONS: Operations = {
    "convolution.a": _a,
    "convolution.z": forward("convolution"),
    "convolution.da": _da,
    "convolution.dx": gradient("convolution", "x", "dz"),
    "convolution.dW": with_decay(gradient("convolution", "W", "dz")),
    "convolution.db": gradient("convolution", "b", "dz"),
}
