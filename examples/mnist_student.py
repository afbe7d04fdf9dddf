"""An MNIST network as a student hands it in: her layout, her names, one mistake on the way back.

    lenet-verify map examples/mnist_student.py:run --network mnist28 --out theirs.toml
    lenet-verify check examples/mnist_student.py:run --network mnist28 --mapping theirs.toml

28x28 without padding, images N x rows x columns x 1, kernels rows x columns x in x out, dense
weights in x out.  It returns the logits, the loss and the gradients, and nothing that lies between.
It trains.  docs/verify-your-own.md walks through the hunt.
"""

import numpy as np


def im2col(x, k):
    n, h, w, c = x.shape
    oh, ow = h - k + 1, w - k + 1
    cols = np.empty((n, oh, ow, k, k, c), dtype=x.dtype)
    for i in range(k):
        for j in range(k):
            cols[:, :, :, i, j] = x[:, i : i + oh, j : j + ow]
    return cols.reshape(n * oh * ow, k * k * c)


def conv(x, w, b):
    k, _, _, maps = w.shape
    n, h, wd, _ = x.shape
    cols = im2col(x, k)
    z = cols @ w.reshape(-1, maps) + b
    return z.reshape(n, h - k + 1, wd - k + 1, maps), cols


def conv_backward(dz, x, cols, w):
    k, _, _, maps = w.shape
    n, oh, ow, _ = dz.shape
    rows = dz.reshape(-1, maps)
    # the mistake: the mean over the batch is in the gradient of the loss already
    dw = (cols.T @ rows).reshape(w.shape) / n
    dcols = (rows @ w.reshape(-1, maps).T).reshape(n, oh, ow, k, k, -1)
    dx = np.zeros_like(x)
    for i in range(k):
        for j in range(k):
            dx[:, i : i + oh, j : j + ow] += dcols[:, :, :, i, j]
    return dx, dw, rows.sum(axis=0)


def windows(x):
    n, h, w, c = x.shape
    x = x.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4)
    return x.reshape(n, h // 2, w // 2, c, 4)


def pool(x):
    return windows(x).max(axis=4)


def pool_backward(dy, x):
    n, h, w, c = x.shape
    hit = windows(x).argmax(axis=4)[..., None] == np.arange(4)
    dx = (hit * dy[..., None]).reshape(n, h // 2, w // 2, c, 2, 2)
    return dx.transpose(0, 1, 4, 2, 5, 3).reshape(x.shape)


def relu(z):
    return np.maximum(z, 0)


def softmax_loss(logits, labels):
    n = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    d = np.exp(logp)
    d[n, labels] -= 1
    return -logp[n, labels].mean(), d / len(labels)


def run(params, images, labels):
    p, g = params, {}
    z1, cols1 = conv(images, p["conv1/kernel"], p["conv1/bias"])
    a1 = relu(z1)
    p1 = pool(a1)
    z2, cols2 = conv(p1, p["conv2/kernel"], p["conv2/bias"])
    a2 = relu(z2)
    p2 = pool(a2)
    flat = p2.reshape(len(p2), -1)
    h1 = flat @ p["fc1/kernel"] + p["fc1/bias"]
    r1 = relu(h1)
    h2 = r1 @ p["fc2/kernel"] + p["fc2/bias"]
    r2 = relu(h2)
    logits = r2 @ p["fc3/kernel"] + p["fc3/bias"]
    loss, d = softmax_loss(logits, labels)

    g["grad/fc3/kernel"], g["grad/fc3/bias"] = r2.T @ d, d.sum(axis=0)
    d = (d @ p["fc3/kernel"].T) * (h2 > 0)
    g["grad/fc2/kernel"], g["grad/fc2/bias"] = r1.T @ d, d.sum(axis=0)
    d = (d @ p["fc2/kernel"].T) * (h1 > 0)
    g["grad/fc1/kernel"], g["grad/fc1/bias"] = flat.T @ d, d.sum(axis=0)
    d = (d @ p["fc1/kernel"].T).reshape(p2.shape)
    d = pool_backward(d, a2) * (z2 > 0)
    d, g["grad/conv2/kernel"], g["grad/conv2/bias"] = conv_backward(d, p1, cols2, p["conv2/kernel"])
    d = pool_backward(d, a1) * (z1 > 0)
    _, g["grad/conv1/kernel"], g["grad/conv1/bias"] = conv_backward(
        d, images, cols1, p["conv1/kernel"]
    )
    return {"logits": logits, "loss": loss, **g}
