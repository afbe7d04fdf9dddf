"""Which result is handed to which layer, for implementations that bring their own arithmetic.

A fully connected layer is a convolution whose input is one pixel wide.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Arrays = dict[str, Array]

LAYERS = ("C1", "S2", "C3", "S4", "C5", "F6", "F7")


class Operations(ABC):
    """The arithmetic of the modern network, on volumes (N, maps, height, width)."""

    @abstractmethod
    def forward(self, x: Array, W: Array, b: Array) -> Array:
        """z of a convolution, without padding."""

    @abstractmethod
    def to_input(self, dz: Array, W: Array, x: Array) -> Array:
        """dx of a convolution; x for its shape."""

    @abstractmethod
    def to_weights(self, dz: Array, x: Array, W: Array) -> Array:
        """dW of a convolution; W for its shape."""

    @abstractmethod
    def to_biases(self, dz: Array) -> Array:
        """db: the sum over images and places."""

    def extras(self, x: Array, dz: Array, W: Array) -> Arrays:
        """What else a convolution has: a, da."""
        return {}

    def softmax(self, scores: Array) -> Array:
        """Each row's probabilities."""
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def loss(self, scores: Array, labels: Array) -> Array:
        """Mean of log sum exp - score of the label."""
        top = scores.max(axis=1)
        every = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
        return np.mean(every - scores[np.arange(len(labels)), labels])


def pooled(x: Array) -> Arrays:
    """Maxima of 2 x 2 windows; the first in reading order wins."""
    n, c, h, w = x.shape
    a = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(-1, 4)
    first = a.argmax(axis=1)
    y = np.take_along_axis(a, first[:, None], axis=1).reshape(n, c, h // 2, w // 2)
    return {"x": x, "a": a, "argmax": first.reshape(y.shape), "z": y, "y": y}


def unpooled(layer: Arrays, dy: Array) -> Arrays:
    """Each window's gradient goes to the element that won."""
    (n, c, h, w), da = layer["x"].shape, np.zeros_like(layer["a"])
    np.put_along_axis(da, layer["argmax"].reshape(-1, 1), dy.reshape(-1, 1), axis=1)
    windows = da.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5)
    return {"dy": dy, "dz": dy, "da": da, "dx": windows.reshape(n, c, h, w)}


def run(ops: Operations, parameters: Arrays, images: Array, labels: Array, reg: float) -> Arrays:
    """Forward and backward; every tensor by name, in the dtype of the images."""
    volume, net = images, {}
    for name in LAYERS:
        net[name] = _forward(ops, parameters, name, volume)
        volume = net[name]["y"]
    found = _loss(ops, parameters, volume.reshape(len(images), -1), labels, reg)
    gradient = found["loss.dx"].reshape(volume.shape)
    for name in reversed(LAYERS):
        net[name] |= _backward(ops, name, net[name], gradient, reg)
        gradient = net[name]["dx"]
    for name in LAYERS:
        found |= {f"{name}.{key}": _flat(name, value) for key, value in net[name].items()}
    kinds = {k: v for k, v in found.items() if not k.endswith("argmax")}
    return found | {k: np.asarray(v, images.dtype) for k, v in kinds.items()}


def _forward(ops: Operations, parameters: Arrays, name: str, x: Array) -> Arrays:
    if name in ("S2", "S4"):
        return pooled(x)
    W, b = parameters[f"{name}.W"], parameters[f"{name}.b"]
    W = W.reshape(*W.shape[:2], *(W.shape[2:] or (1, 1)))
    z = ops.forward(x, W, b)
    y = z if name == "F7" else np.where(z > 0, z, z.dtype.type(0))
    return {"x": x, "W": W, "b": b, "z": z, "y": y}


def _backward(ops: Operations, name: str, layer: Arrays, dy: Array, reg: float) -> Arrays:
    if name in ("S2", "S4"):
        return unpooled(layer, dy)
    x, W, z = layer["x"], layer["W"], layer["z"]
    dz = dy if name == "F7" else np.where(z > 0, dy, dy.dtype.type(0))
    dW = ops.to_weights(dz, x, W)
    found = {"dy": dy, "dz": dz, "dx": ops.to_input(dz, W, x), "db": ops.to_biases(dz)}
    found["dW"] = dW + W * W.dtype.type(reg) if reg else dW
    return found | ops.extras(x, dz, W)


def _loss(ops: Operations, parameters: Arrays, x: Array, labels: Array, reg: float) -> Arrays:
    probs, data = ops.softmax(x), ops.loss(x, labels)
    dx = probs.copy()
    dx[np.arange(len(labels)), labels] -= 1
    squares = sum(float(np.sum(np.square(v))) for k, v in parameters.items() if k[-1] == "W")
    numbers = {"data": data, "reg": np.asarray(reg / 2 * squares, x.dtype)}
    total = np.asarray(data, x.dtype) + numbers["reg"]
    tensors = {"x": x, "probs": probs, "dx": dx / len(x), **numbers, "total": total}
    return {f"loss.{key}": value for key, value in tensors.items()}


def _flat(name: str, value: Array) -> Array:
    """Fully connected layers have no height and width."""
    return value.reshape(value.shape[:2]) if name in ("F6", "F7") else value
