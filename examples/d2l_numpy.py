"""The textbook's LeNet, its layers by hand in NumPy: logistic, average pooling, one mistake.

    lenet-verify map examples/d2l_numpy.py:run --network d2l --out d2l.toml
    lenet-verify check examples/d2l_numpy.py:run --network d2l --mapping examples/d2l.toml

A list of layers, as in the textbook: net[0] is a convolution, net[1] its logistic, net[2] a
pooling, and so on to net[11].  Parameters are W1, b1 to W5, b5.  It returns each layer's output,
net[0], the gradient at it, net[0].grad, the loss, dW1, db1 and so on.  The forward pass is right
and the loss falls.
"""

import numpy as np


class Conv2d:
    def __init__(self, weight, bias, padding=0):
        self.weight, self.bias, self.padding = weight, bias, padding

    def forward(self, X):
        p, k = self.padding, self.weight.shape[2]
        self.X = np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))
        h, w = self.X.shape[2] - k + 1, self.X.shape[3] - k + 1
        Y = np.empty((len(X), len(self.weight), h, w), dtype=X.dtype)
        for i in range(h):
            for j in range(w):
                patch = self.X[:, :, i : i + k, j : j + k]
                Y[:, :, i, j] = np.tensordot(patch, self.weight, axes=([1, 2, 3], [1, 2, 3]))
        return Y + self.bias[:, None, None]

    def backward(self, dY):
        p, k = self.padding, self.weight.shape[2]
        dX = np.zeros_like(self.X)
        self.dweight = np.zeros_like(self.weight)
        self.dbias = dY.sum(axis=(0, 2, 3))
        for i in range(dY.shape[2]):
            for j in range(dY.shape[3]):
                d = dY[:, :, i, j]
                self.dweight += np.tensordot(d, self.X[:, :, i : i + k, j : j + k], axes=(0, 0))
                dX[:, :, i : i + k, j : j + k] += np.tensordot(d, self.weight, axes=(1, 0))
        return dX[:, :, p : dX.shape[2] - p, p : dX.shape[3] - p]


class Linear:
    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def forward(self, X):
        self.X = X
        return X @ self.weight.T + self.bias

    def backward(self, dY):
        self.dweight, self.dbias = dY.T @ self.X, dY.sum(axis=0)
        return dY @ self.weight


class Sigmoid:
    def forward(self, X):
        e = np.exp(-np.abs(X))
        self.Y = np.where(X >= 0, 1, e) / (1 + e)
        return self.Y

    def backward(self, dY):
        return dY * self.Y * (1 - self.Y)


class AvgPool2d:
    def forward(self, X):
        n, c, h, w = X.shape
        return X.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5))

    def backward(self, dY):
        # the mistake: each of the four has a quarter of the average, and of its gradient
        return dY.repeat(2, axis=2).repeat(2, axis=3)


class Flatten:
    def forward(self, X):
        self.shape = X.shape
        return X.reshape(len(X), -1)

    def backward(self, dY):
        return dY.reshape(self.shape)


def lenet(p):
    return [
        Conv2d(p["W1"], p["b1"], padding=2), Sigmoid(), AvgPool2d(),
        Conv2d(p["W2"], p["b2"]), Sigmoid(), AvgPool2d(),
        Flatten(),
        Linear(p["W3"], p["b3"]), Sigmoid(),
        Linear(p["W4"], p["b4"]), Sigmoid(),
        Linear(p["W5"], p["b5"]),
    ]  # fmt: skip


def cross_entropy(y_hat, y):
    rows = np.arange(len(y))
    shifted = y_hat - y_hat.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    d = np.exp(log_probs)
    d[rows, y] -= 1
    return -log_probs[rows, y].mean(), d / len(y)


def run(params, X, y):
    net, out = lenet(params), {}
    for i, layer in enumerate(net):
        X = out[f"net[{i}]"] = layer.forward(X)
    out["loss"], d = cross_entropy(X, y)
    for i, layer in reversed(list(enumerate(net))):
        out[f"net[{i}].grad"] = d
        d = layer.backward(d)
    trained = [layer for layer in net if hasattr(layer, "weight")]
    for i, layer in enumerate(trained, start=1):
        out[f"dW{i}"], out[f"db{i}"] = layer.dweight, layer.dbias
    return out
