"""Mistakes in the gradient of eq. 9."""

from __future__ import annotations

from typing import Any

import numpy as np

from lenet_ref.losses.cross_entropy import one_hot
from verify.proof.faults.catalogue.posterior import gradient


def without_right_class(right: Any) -> Any:
    """Probabilities of a sum over i != D: the right class's p is left out and the rest grows."""

    def wrong(p: Any, labels: Any) -> Any:
        Y = one_hot(labels, p)
        own = (p * Y).sum(axis=1, keepdims=True)
        return (Y - p * (1 - Y) / (1 - own)) / len(p)

    return wrong


def in_place(p: Any, labels: Any) -> Any:
    """Y - p made of the cached array itself."""
    p *= -1
    p[np.arange(len(p)), labels] += 1
    return p / len(p)


FAULTS = [
    gradient(
        name="map-dx-summed",
        about="1/P is missing",
        source="field notes B10",
        make=lambda right: lambda p, labels: right(p, labels) * len(p),
        cause="times-N",
    ),
    gradient(
        name="map-dx-averaged-twice",
        about="1/P is applied twice",
        source="field notes B10",
        make=lambda right: lambda p, labels: right(p, labels) / len(p),
        cause="over-N",
    ),
    gradient(
        name="map-dx-sign",
        about="p - Y, as for scores",
        source="field notes B15",
        make=lambda right: lambda p, labels: -right(p, labels),
        cause="sign",
    ),
    gradient(
        name="map-dx-no-competition",
        about="Y / P, the gradient of eq. 8",
        source="field notes B9",
        make=lambda right: lambda p, labels: one_hot(labels, p) / len(p),
        cause="no-competition",
    ),
    gradient(
        name="map-dx-no-targets",
        about="-p / P: the gradient of y_D is missing",
        source="field notes B9",
        make=lambda right: lambda p, labels: -p / len(p),
        cause="no-targets",
    ),
    gradient(
        name="map-dx-plus",
        about="(Y + p) / P",
        source="sign slip",
        make=lambda right: lambda p, labels: (one_hot(labels, p) + p) / len(p),
        cause="plus-probabilities",
    ),
    gradient(
        name="map-dx-rivals-only",
        about="the sum leaves out the right class",
        source="field notes B9",
        make=without_right_class,
        cause="rivals-only",
    ),
    gradient(
        name="map-dx-right-class-only",
        about="only the right class receives a gradient",
        source="field notes B9",
        make=lambda right: lambda p, labels: right(p, labels) * one_hot(labels, p),
        cause="right-class-only",
    ),
    gradient(
        name="map-dx-labels-ignored",
        about="the nearest class is taken for the label",
        source="field notes B4",
        make=lambda right: lambda p, labels: right(p, p.argmax(axis=1)),
        cause="labels-ignored",
    ),
    gradient(
        name="map-dx-labels-shifted",
        about="classes are counted from 1",
        source="off by one",
        make=lambda right: lambda p, labels: right(p, (labels + 1) % p.shape[1]),
        cause="labels-shifted",
    ),
    gradient(
        name="map-dx-diagonal",
        about="the gradient is multiplied by p (1 - p) once more",
        source="field notes B17",
        make=lambda right: lambda p, labels: right(p, labels) * p * (1 - p),
        cause="diagonal",
    ),
    gradient(
        name="map-overwritten",
        about="the gradient is computed in place on the cached probabilities",
        source="field notes B19",
        make=lambda right: in_place,
        tensor="loss.probs",
        cause="overwritten",
    ),
]
