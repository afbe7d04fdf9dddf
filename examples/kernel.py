"""One operator: a convolution with stride and padding, forward and backward, in plain loops.

    lenet-verify check examples/kernel.py:backward --network examples/conv.toml

It is handed the parameters, the input and the gradient at its output; its names are ours, for the
layer is called conv in examples/conv.toml.  It is right.
"""

import numpy as np

STRIDE, PADDING = (2, 3), (1, 1)


def corners(height, width):
    """Where each window begins, and its place in the output."""
    for i in range(height):
        for j in range(width):
            yield i, j, i * STRIDE[0], j * STRIDE[1]


def padded(x):
    (p, q) = PADDING
    return np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))


def forward(x, W, b):
    kh, kw = W.shape[2:]
    x = padded(x)
    height = (x.shape[2] - kh) // STRIDE[0] + 1
    width = (x.shape[3] - kw) // STRIDE[1] + 1
    y = np.empty((len(x), len(W), height, width), dtype=x.dtype)
    for i, j, top, left in corners(height, width):
        window = x[:, :, top : top + kh, left : left + kw]
        y[:, :, i, j] = np.einsum("nchw,kchw->nk", window, W) + b
    return y


def backward(parameters, x, dy):
    W, b = parameters["conv.W"], parameters["conv.b"]
    kh, kw = W.shape[2:]
    wide = padded(x)
    dwide, dW = np.zeros_like(wide), np.zeros_like(W)
    for i, j, top, left in corners(*dy.shape[2:]):
        rows, columns = slice(top, top + kh), slice(left, left + kw)
        dwide[:, :, rows, columns] += np.einsum("nk,kchw->nchw", dy[:, :, i, j], W)
        dW += np.einsum("nk,nchw->kchw", dy[:, :, i, j], wide[:, :, rows, columns])
    return {
        "conv.y": forward(x, W, b),
        "conv.dx": dwide[:, :, 1:-1, 1:-1],
        "conv.dW": dW,
        "conv.db": dy.sum(axis=(0, 2, 3)),
    }
