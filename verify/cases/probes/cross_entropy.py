"""Probes of cross-entropy: with the regulariser, with logits of thousands, with many patterns, with
smoothed targets."""

from __future__ import annotations

from lenet_ref.specs.affine import Affine
from lenet_ref.specs.loss import Loss
from verify.cases.probes.probe import CLASSES, EVERY_LABEL, MANY, OPTIONS, Probe

PROBES = {
    "probe-cross-entropy": Probe(
        "modern",
        Affine("F7", 5, CLASSES, activation="identity"),
        loss=Loss("cross_entropy", reg=0.25),
        batch=EVERY_LABEL,
    ),
    "probe-logits": Probe(
        "modern",
        Affine("F7", 5, CLASSES, activation="identity"),
        loss=Loss("cross_entropy"),
        batch=EVERY_LABEL,
        spread=1e3,
    ),
    "probe-many-cross-entropy": Probe(
        "modern",
        Affine("F7", 5, CLASSES, activation="identity"),
        loss=Loss("cross_entropy", reg=0.25),
        batch=MANY,
    ),
    "probe-smoothing": Probe(
        OPTIONS,
        Affine("F7", 7, CLASSES, activation="identity"),
        loss=Loss("cross_entropy", reg=0.25, smoothing=0.15),
        batch=EVERY_LABEL,
    ),
    "probe-smoothing-logits": Probe(
        OPTIONS,
        Affine("F7", 7, CLASSES, activation="identity"),
        loss=Loss("cross_entropy", smoothing=0.15, reduction="sum", gradient="sum"),
        batch=EVERY_LABEL,
        spread=1e3,
    ),
    "probe-many-smoothing": Probe(
        OPTIONS,
        Affine("F7", 7, CLASSES, activation="identity"),
        loss=Loss("cross_entropy", smoothing=0.15),
        batch=MANY,
    ),
}
