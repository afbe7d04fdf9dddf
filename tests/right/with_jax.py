"""JAX: XLA's convolution, gradients of every tensor by differentiating zeros added to it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from tests.right.wiring import Array, Arrays

jax: Any = import_module("jax")  # need not be installed where types are checked
jnp: Any = jax.numpy
jax.config.update("jax_enable_x64", True)
Net = dict[str, Any]


def lenet(parameters: Arrays, images: Array, labels: Array, reg: float = 0.0) -> Arrays:
    """Every tensor by name; no matrix forms."""
    shapes = jax.eval_shape(lambda p, x: _net({}, p, x), parameters, images)
    zeros = {k: jnp.zeros(v.shape, v.dtype) for k, v in shapes.items()}
    weights = {k: jnp.asarray(v) for k, v in parameters.items()}

    def total(added: Net, given: Net) -> tuple[Any, Net]:
        net = _net(added, given, jnp.asarray(images))
        logarithms = jax.nn.log_softmax(net["F7.z"])
        data = -jnp.mean(logarithms[jnp.arange(len(labels)), labels])
        squares = sum(jnp.vdot(v, v) for k, v in given.items() if k[-1] == "W")
        decay = jnp.asarray(reg / 2, images.dtype) * squares
        numbers = {"data": data, "reg": decay, "total": data + decay}
        net |= {f"loss.{k}": v for k, v in numbers.items()}
        return data + decay, net | {"loss.probs": jnp.exp(logarithms)}

    (_, net), slopes = jax.value_and_grad(total, (0, 1), has_aux=True)(zeros, weights)
    found = {k: np.asarray(v) for k, v in (net | weights).items()}
    gradients = {k: np.asarray(v) for each in slopes for k, v in each.items()}
    found |= {k.replace(".", ".d"): v for k, v in gradients.items()}
    copies = {"F7.y": "F7.z", "loss.x": "F7.z", "F7.dy": "F7.dz", "loss.dx": "F7.dz"}
    return found | {k: found[source] for k, source in copies.items()}


def _net(added: Net, parameters: Net, images: Any) -> Net:
    net: Net = {}

    def kept(name: str, value: Any) -> Any:
        net[name] = value + added[name] if added else value
        return net[name]

    x = images
    for conv, pool in (("C1", "S2"), ("C3", "S4"), ("C5", "")):
        W, b = parameters[f"{conv}.W"], parameters[f"{conv}.b"]
        z = jax.lax.conv(kept(f"{conv}.x", x), W, (1, 1), "VALID", precision="highest")
        x = kept(f"{conv}.y", jax.nn.relu(kept(f"{conv}.z", z + b[:, None, None])))
        if pool:
            x = kept(f"{pool}.y", kept(f"{pool}.z", _pooled(kept(f"{pool}.x", x))))
    x = kept("F6.x", x.reshape(len(images), -1))
    z = kept("F6.z", jnp.dot(x, parameters["F6.W"].T, precision="highest") + parameters["F6.b"])
    x = kept("F7.x", kept("F6.y", jax.nn.relu(z)))
    kept("F7.z", jnp.dot(x, parameters["F7.W"].T, precision="highest") + parameters["F7.b"])
    return net


def _pooled(x: Any) -> Any:
    """The first maximum wins: half a gradient for each of two would be another convention."""
    n, c, h, w = x.shape
    windows = x.reshape(n, c, h // 2, 2, w // 2, 2).swapaxes(3, 4)
    windows = windows.reshape(n, c, h // 2, w // 2, 4)
    first = windows.argmax(axis=-1, keepdims=True)
    return jnp.take_along_axis(windows, first, axis=-1)[..., 0]
