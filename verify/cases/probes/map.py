"""Probes of the maximum a posteriori criterion: rubbish class near and far, many patterns."""

from __future__ import annotations

from lenet_ref.specs.loss import Loss
from lenet_ref.specs.rbf import RadialBasis
from verify.cases.probes.probe import CLASSES, EVERY_LABEL, MANY, OPTIONS, Probe

PROBES = {
    "probe-map": Probe(
        "1998",
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("map", j=12.0),
        batch=EVERY_LABEL,
    ),
    "probe-distances": Probe(
        "1998",
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("map", j=5e4),
        batch=EVERY_LABEL,
        spread=100.0,
    ),
    "probe-many-map": Probe(
        "1998",
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("map", j=12.0),
        batch=MANY,
    ),
    "probe-map-sum": Probe(
        OPTIONS,
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("map", j=12.0, reduction="sum", gradient="sum"),
        batch=EVERY_LABEL,
    ),
}
