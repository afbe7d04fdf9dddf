"""Oracle of C1, C3 and C5."""

from __future__ import annotations

import functools

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.architecture import Convolution

# Table I as the paper prints it: rows are S2 maps 0 to 5, columns C3 maps 0 to 15.
TABLE_I = """
X...XXX..XXXX.XX
XX...XXX..XXXX.X
XXX...XXX..X.XXX
.XXX..XXXX..X.XX
..XXX..XXXX.XX.X
...XXX..XXXX.XXX
"""


@functools.cache
def links() -> Tensor:
    """(16, 6), 1 where a C3 map reads an S2 map."""
    rows = [[float(c == "X") for c in row] for row in TABLE_I.split()]
    return torch.tensor(rows, dtype=torch.float64).T.contiguous()


def live(W: Tensor, layer: Convolution) -> Tensor:
    """The weights that exist: all, or those of Table I."""
    return W if layer.table is None else W * links().to(W.dtype)[:, :, None, None]


def linear(x: Tensor, W: Tensor, b: Tensor, layer: Convolution) -> Tensor:
    """z: (N, C, H, W) to (N, K, OH, OW), by products and sums: NNPACK, which torch takes for
    float32 batches of 16 where oneDNN is absent, convolves by Fourier transform and is off by a
    multiple of the largest input instead of the nearby ones."""
    with torch.backends.nnpack.flags(enabled=False):
        return F.conv2d(x, live(W, layer), b, stride=layer.stride)


def matrix_form(x: Tensor, layer: Convolution) -> Tensor:
    """a: (N*OH*OW, C*kh*kw)."""
    (kh, kw), (sh, sw) = layer.kernel, layer.stride
    fields = x.unfold(2, kh, sh).unfold(3, kw, sw)
    return fields.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(0, 2)


def matrix_product(a: Tensor, W: Tensor, layer: Convolution) -> Tensor:
    """a @ W without bias, (N*OH*OW, K), to differentiate with respect to a."""
    return F.linear(a, live(W, layer).flatten(1))


def rows(volume: Tensor) -> Tensor:
    """(N, K, OH, OW) as (N*OH*OW, K)."""
    return volume.movedim(1, -1).flatten(0, -2)
