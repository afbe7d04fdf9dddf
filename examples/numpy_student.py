"""A modern LeNet-5 as a student might write it, with two mistakes: can lenet-verify find them?

    lenet-verify check examples/numpy_student.py:lenet --variant modern

Both mistakes leave the forward pass alone, both still train.  `lenet_fixed` has neither.
docs/verify-your-own.md walks through the hunt.
"""

import numpy as np


def conv(x, w, b):
    n, _, h, wd = x.shape
    k = w.shape[2]
    out = np.zeros((n, w.shape[0], h - k + 1, wd - k + 1), dtype=x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            patch = x[:, :, i : i + k, j : j + k]
            out[:, :, i, j] = np.tensordot(patch, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out


def conv_backward(grad, x, w):
    k = w.shape[2]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            g = grad[:, :, i, j]
            dw += np.tensordot(g, x[:, :, i : i + k, j : j + k], axes=(0, 0))
            dx[:, :, i : i + k, j : j + k] += np.tensordot(g, w, axes=(1, 0))
    return dx, dw


def bias_gradient(grad):
    # mistake 1: a bias acts on every position of its map; its gradient is their sum
    return grad.mean(axis=(2, 3)).sum(axis=0)


def bias_gradient_fixed(grad):
    return grad.sum(axis=(0, 2, 3))


def relu_backward(grad, z):
    # mistake 2: what ReLU returns is never negative, so that this lets every gradient through
    return grad * (np.maximum(z, 0) >= 0)


def relu_backward_fixed(grad, z):
    return grad * (z > 0)


def quarters(x):
    """The four corners of every 2x2 window, stacked in a new first axis."""
    return np.stack([x[..., i::2, j::2] for i in (0, 1) for j in (0, 1)])


def pool(x):
    return quarters(x).max(axis=0)


def spread(x, per_corner):
    dx = np.zeros_like(x)
    for corner, (i, j) in zip(per_corner, ((0, 0), (0, 1), (1, 0), (1, 1)), strict=True):
        dx[..., i::2, j::2] = corner
    return dx


def pool_backward(grad, x):
    first = quarters(x).argmax(axis=0)
    return spread(x, (np.arange(4).reshape(4, 1, 1, 1, 1) == first) * grad)


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def log_softmax(scores):
    # not the logarithm of the softmax: that of a class whose probability rounds to 0 is infinite
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def loss_backward(probs, labels):
    grad = probs.copy()
    grad[np.arange(len(labels)), labels] -= 1
    return grad / len(labels)


def network(parameters, images, labels, bias_gradient, relu_backward):
    """Forward and backward; returns what it computed on the way as layer.symbol."""
    t = {}
    x = images
    for name in ("C1", "S2", "C3", "S4", "C5", "F6", "F7"):
        x = x.reshape(len(x), -1) if name == "F6" else x
        t[f"{name}.x"] = x
        if name[0] == "S":
            x = t[f"{name}.y"] = pool(x)
            continue
        w, b = parameters[f"{name}.W"], parameters[f"{name}.b"]
        z = t[f"{name}.z"] = conv(x, w, b) if name[0] == "C" else x @ w.T + b
        x = t[f"{name}.y"] = z if name == "F7" else np.maximum(z, 0)

    probs = t["loss.probs"] = softmax(x)
    t["loss.data"] = -log_softmax(x)[np.arange(len(labels)), labels].mean()
    grad = t["loss.dx"] = loss_backward(probs, labels)

    for name in ("F7", "F6", "C5", "C3", "C1"):
        x, w = t[f"{name}.x"], parameters[f"{name}.W"]
        grad = t[f"{name}.dy"] = grad.reshape(t[f"{name}.y"].shape)
        dz = t[f"{name}.dz"] = grad if name == "F7" else relu_backward(grad, t[f"{name}.z"])
        if name[0] == "C":
            (grad, dw), db = conv_backward(dz, x, w), bias_gradient(dz)
        else:
            grad, dw, db = dz @ w, dz.T @ x, dz.sum(axis=0)
        t[f"{name}.dx"], t[f"{name}.dW"], t[f"{name}.db"] = grad, dw, db
        if name in ("C5", "C3"):
            below = {"C5": "S4", "C3": "S2"}[name]
            t[f"{below}.dy"] = grad
            grad = t[f"{below}.dx"] = pool_backward(grad, t[f"{below}.x"])
    return t


def lenet(parameters, images, labels):
    return network(parameters, images, labels, bias_gradient, relu_backward)


def lenet_fixed(parameters, images, labels):
    return network(parameters, images, labels, bias_gradient_fixed, relu_backward_fixed)
