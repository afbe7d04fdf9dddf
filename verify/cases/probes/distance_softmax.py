"""Probes of cross-entropy over minus the distances: near, far, many patterns, decayed weights."""

from __future__ import annotations

from lenet_ref.specs.affine import Affine
from lenet_ref.specs.loss import Loss
from lenet_ref.specs.rbf import RadialBasis
from verify.cases.probes.probe import CLASSES, EVERY_LABEL, MANY, OPTIONS, Probe

_CODES = RadialBasis("F7", 7, CLASSES, learned=True)
PROBES = {
    "probe-distance-softmax": Probe(
        OPTIONS, _CODES, loss=Loss("distance_softmax"), batch=EVERY_LABEL
    ),
    "probe-far-softmax": Probe(
        OPTIONS,
        _CODES,
        loss=Loss("distance_softmax", reduction="sum", gradient="sum"),
        batch=EVERY_LABEL,
        spread=30.0,
    ),
    "probe-many-distance-softmax": Probe(
        OPTIONS, _CODES, loss=Loss("distance_softmax"), batch=MANY
    ),
    "probe-signed-distances": Probe(
        OPTIONS,
        Affine("F7", 7, CLASSES, activation="identity"),
        loss=Loss("distance_softmax", reg=0.25),
        batch=EVERY_LABEL,
    ),
}
