"""Pooling with strides of its own, and activations with parameters, in exact arithmetic."""

from __future__ import annotations

from lenet_ref.architecture import Affine, Architecture, MaxPool, Subsampling
from lenet_ref.specs.average_pool import AveragePool


def _one(layer: MaxPool | AveragePool | Subsampling | Affine) -> Architecture:
    return Architecture("options", (layer,), None)


NETWORKS = {
    "max-overlap": _one(MaxPool("S2", 2, (6, 8), (3, 4), stride=(2, 3), activation="leaky(0.3)")),
    "max-divided": _one(MaxPool("S2", 2, (5, 6), (2, 3), ties="divided", stride=(1, 2))),
    "max-last": _one(MaxPool("S2", 2, (5, 6), (2, 3), ties="last", stride=(1, 2))),
    "max-gaps": _one(MaxPool("S2", 2, (5, 7), (1, 2), stride=(2, 3), activation="relu")),
    "mean-overlap": _one(AveragePool("S2", 2, (6, 8), (3, 4), stride=(1, 3), activation="tanh")),
    "mean-gaps": _one(AveragePool("S2", 2, (6, 8), (2, 2), stride=(3, 3))),
    "sum-overlap": _one(Subsampling("S2", 2, (6, 8), (3, 4), stride=(2, 1), activation="identity")),
    "average-overlap": _one(
        Subsampling("S2", 2, (5, 7), (2, 3), "average", "leaky(0.01)", stride=(1, 2))
    ),
    "leaky": _one(Affine("F6", 5, 5, activation="leaky(0.01)")),
    "scaled_tanh": _one(Affine("F6", 5, 5, activation="scaled_tanh(0.7, 1.9)")),
}
STATED = {"max_pool.dx": (0.3, 10), "subsampling.dx": (0.4, 17)}
