"""A right net in NumPy, as a student hands it in: C1 (4 maps of 3x3, ReLU), S2 (maxima of 2x2), F3
(10 classes), softmax.  What the cheats beside it are built on; loaded in a process of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

Values = dict[str, Any]
NETWORK = {
    "input": [1, 10, 10],
    "layers": [
        {"name": "C1", "family": "convolution", "maps": 4, "kernel": 3, "activation": "relu"},
        {"name": "S2", "family": "max_pool", "window": 2},
        {"name": "F3", "family": "affine", "units": 10, "activation": "identity"},
    ],
    "loss": {"family": "cross_entropy"},
}


def fields(x: Any) -> Any:
    """(N, 64, 9): the 3x3 fields of x."""
    found = np.lib.stride_tricks.sliding_window_view(x[:, 0], (3, 3), axis=(1, 2))
    return found.reshape(len(x), 64, 9)


def run(parameters: Values, images: Any, labels: Any) -> Values:
    p, n = parameters, len(images)
    rows = fields(images)
    W = p["C1.W"].reshape(4, 9)
    z = (rows @ W.T + p["C1.b"]).transpose(0, 2, 1).reshape(n, 4, 8, 8)
    y = np.maximum(z, 0)
    windows = y.reshape(n, 4, 4, 2, 4, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, 4, 4, 4, 4)
    pooled = windows.max(axis=-1)
    flat = pooled.reshape(n, 64)
    scores = flat @ p["F3.W"].T + p["F3.b"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    d = (np.exp(logs) - np.eye(10)[labels]) / n
    dflat = d @ p["F3.W"]
    hit = windows.argmax(axis=-1)[..., None] == np.arange(4)
    dy = (hit * dflat.reshape(n, 4, 4, 4, 1)).reshape(n, 4, 4, 4, 2, 2)
    dz = dy.transpose(0, 1, 2, 4, 3, 5).reshape(n, 4, 8, 8) * (z > 0)
    per_row = dz.reshape(n, 4, 64)
    return {
        "C1.y": y, "S2.y": pooled, "F3.y": scores,
        "loss.data": -logs[np.arange(n), labels].mean(),
        "F3.dW": d.T @ flat, "F3.db": d.sum(axis=0),
        "C1.dW": np.einsum("nkp,npf->kf", per_row, rows).reshape(4, 1, 3, 3),
        "C1.db": per_row.sum(axis=(0, 2)),
    }  # fmt: skip
