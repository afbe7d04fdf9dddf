"""Probes of the maximum likelihood criterion."""

from __future__ import annotations

from lenet_ref.specs.loss import Loss
from lenet_ref.specs.rbf import RadialBasis
from verify.cases.probes.probe import CLASSES, EVERY_LABEL, OPTIONS, Probe

PROBES = {
    "probe-mle": Probe(
        "1998",
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("mle"),
        batch=EVERY_LABEL,
    ),
    "probe-mle-sum": Probe(
        OPTIONS,
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("mle", reduction="sum", gradient="sum"),
        batch=EVERY_LABEL,
    ),
}
