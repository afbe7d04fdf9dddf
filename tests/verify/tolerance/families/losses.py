"""Losses that stand in neither network, and smoothed targets, in exact arithmetic."""

from __future__ import annotations

from lenet_ref.architecture import Affine, Architecture, Loss
from lenet_ref.specs.squared_error import SquaredError
from tests.verify.tolerance import exact_losses as losses

_SCORES = Affine("F7", 5, 5, activation="identity")
_ON_SCORES = {
    "smoothed": Loss("cross_entropy", smoothing=0.1),
    "squares": SquaredError(half=True),
    "mean-squares": SquaredError(classes="mean"),
    "squared-softmax": SquaredError(on="softmax", half=True),
    "mean-softmax": SquaredError(on="softmax", classes="mean"),
    "signed-distances": Loss("distance_softmax"),
}
NETWORKS = {name: Architecture("any", (_SCORES,), loss) for name, loss in _ON_SCORES.items()}
DIAGONAL = dict.fromkeys(_ON_SCORES)
SATURATING = {
    "smoothed": 1e4,
    "squared-softmax": 1e4,
    "mean-softmax": 20.0,
    "signed-distances": 600.0,
}
EXACT = {
    "distance_softmax.probs": lambda i: losses.probs(i[0], i.spec),
    "distance_softmax.data": lambda i: losses.data(i[0], i.labels, i.spec),
    "distance_softmax.dx": lambda i: losses.gradient(i[0], i.labels, i.spec),
    "squared_error.probs": lambda i: losses.probs(i[0], i.spec),
    "squared_error.data": lambda i: losses.squared(i[0], i.labels, i.spec),
    "squared_error.dx": lambda i: losses.squared_gradient(i[0], i.labels, i.spec),
}
STATED = {
    "cross_entropy.dx": (0.02, 680),  # 550 without smoothing
    "distance_softmax.probs": (0.012, 450),
    "distance_softmax.data": (0.012, 320),
    "distance_softmax.dx": (0.012, 600),
    "squared_error.probs": (0.02, 550),
    "squared_error.data": (0.1, 600),
    "squared_error.dx": (0.1, 4000),
}
