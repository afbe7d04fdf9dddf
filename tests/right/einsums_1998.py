"""The network of 1998 in einsums, Table I as a mask."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.right.wiring import Array, Arrays

# Table I, a row for each map of S2, a column for each of C3
TABLE = np.array([[c == "X" for c in row] for row in (
    "X...XXX..XXXX.XX",
    "XX...XXX..XXXX.X",
    "XXX...XXX..X.XXX",
    ".XXX..XXXX..X.XX",
    "..XXX..XXXX.XX.X",
    "...XXX..XXXX.XXX",
)]).T  # fmt: skip
A, S = 1.7159, 2 / 3


def lenet(parameters: Arrays, images: Array, labels: Array, j: float | None = None) -> Arrays:
    """Every tensor by name; with j the loss is eq. 9 and the codes are learned."""
    net: dict[str, Any] = dict(parameters)
    x = images
    for name in ("C1", "S2", "C3", "S4", "C5"):
        x = _pool(net, name, x) if name[0] == "S" else _convolve(net, name, x)
    net["F6.x"] = x.reshape(len(x), -1)
    net["F6.z"] = np.einsum("nd,kd->nk", net["F6.x"], net["F6.W"]) + net["F6.b"]
    net["F6.y"] = net["F7.x"] = _squash(net["F6.z"])
    apart = net["F7.x"][:, None] - net["F7.W"]
    net["F7.y"] = net["loss.x"] = np.einsum("nkd,nkd->nk", apart, apart)
    dy = net["F7.dy"] = net["loss.dx"] = _loss(net, labels, j)
    net["F7.dx"] = net["F6.dy"] = 2 * np.einsum("nk,nkd->nd", dy, apart)
    if j is not None:
        net["F7.dW"] = -2 * np.einsum("nk,nkd->kd", dy, apart)
    dz = net["F6.dz"] = net["F6.dy"] * _slope(net["F6.z"])
    net["F6.dW"], net["F6.db"] = np.einsum("nk,nd->kd", dz, net["F6.x"]), dz.sum(axis=0)
    net["F6.dx"] = np.einsum("nk,kd->nd", dz, net["F6.W"])
    dy = net["F6.dx"].reshape(net["C5.y"].shape)
    for name in ("C5", "S4", "C3", "S2", "C1"):
        dy = _pool_back(net, name, dy) if name[0] == "S" else _convolve_back(net, name, dy)
    return {k: np.asarray(v, images.dtype) for k, v in net.items()}


def _squash(z: Array) -> Array:
    return A * np.tanh(S * z)


def _slope(z: Array) -> Array:
    """A S sech^2(S z), of exponentials, so that nothing cancels."""
    e = np.exp(-2 * S * np.abs(z))
    return A * S * (4 * e / (1 + e) ** 2)


def _loss(net: dict[str, Any], labels: Array, j: float | None) -> Array:
    y, right = net["loss.x"], np.eye(10, dtype=net["loss.x"].dtype)[labels]
    each = np.einsum("nk,nk->n", y, right)
    if j is None:
        net["loss.data"] = each.mean()
        return right / len(y)
    least = np.minimum(y.min(axis=1), y.dtype.type(j))
    e = np.exp(least[:, None] - y)
    every = np.exp(least - y.dtype.type(j)) + e.sum(axis=1)
    net["loss.data"] = (each + np.log(every) - least).mean()
    net["loss.probs"] = e / every[:, None]
    return (right - net["loss.probs"]) / len(y)


def _convolve(net: dict[str, Any], name: str, x: Array) -> Array:
    fields = sliding_window_view(x, (5, 5), axis=(2, 3))
    W = net[f"{name}.W"] * (TABLE[:, :, None, None] if name == "C3" else 1)
    z = np.einsum("nchwij,kcij->nkhw", fields, W) + net[f"{name}.b"][:, None, None]
    y = _squash(z)
    net |= {f"{name}.x": x, f"{name}.z": z, f"{name}.y": y}
    return y


def _convolve_back(net: dict[str, Any], name: str, dy: Array) -> Array:
    x, W = net[f"{name}.x"], net[f"{name}.W"]
    dz = dy * _slope(net[f"{name}.z"])
    dW = np.einsum("nkhw,nchwij->kcij", dz, sliding_window_view(x, (5, 5), axis=(2, 3)))
    padded = sliding_window_view(np.pad(dz, ((0, 0), (0, 0), (4, 4), (4, 4))), (5, 5), axis=(2, 3))
    dx = np.einsum("nkhwij,kcij->nchw", padded, W[:, :, ::-1, ::-1])
    dW = dW * TABLE[:, :, None, None] if name == "C3" else dW
    found = {"dy": dy, "dz": dz, "dx": dx, "dW": dW, "db": np.einsum("nkhw->k", dz)}
    net |= {f"{name}.{key}": value for key, value in found.items()}
    return dx


def _pool(net: dict[str, Any], name: str, x: Array) -> Array:
    s = x[:, :, ::2, ::2] + x[:, :, 1::2, 1::2] + (x[:, :, ::2, 1::2] + x[:, :, 1::2, ::2])
    z = net[f"{name}.W"][:, None, None] * s + net[f"{name}.b"][:, None, None]
    y = _squash(z)
    net |= {f"{name}.x": x, f"{name}.s": s, f"{name}.z": z, f"{name}.y": y}
    return y


def _pool_back(net: dict[str, Any], name: str, dy: Array) -> Array:
    dz = dy * _slope(net[f"{name}.z"])
    ds = dz * net[f"{name}.W"][:, None, None]
    dx = ds.repeat(2, axis=2).repeat(2, axis=3)
    dW = np.einsum("nkhw,nkhw->k", dz, net[f"{name}.s"])
    found = {"dy": dy, "dz": dz, "ds": ds, "dx": dx, "dW": dW, "db": np.einsum("nkhw->k", dz)}
    net |= {f"{name}.{key}": value for key, value in found.items()}
    return dx
