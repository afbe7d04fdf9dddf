"""Probes of trainable subsampling: sums and averages of oblong windows."""

from __future__ import annotations

from lenet_ref.specs.subsampling import Subsampling
from verify.cases.probes.probe import Probe

PROBES = {
    "probe-subsampling": Probe(
        "1998",
        Subsampling("S2", 4, (10, 9), window=(2, 3)),
        Subsampling("S2", 4, (10, 9), window=(2, 3), activation="identity"),
    ),
    "probe-average": Probe(
        "1998",
        Subsampling("S4", 5, (6, 12), window=(2, 4), reading="average", activation="logistic"),
        Subsampling("S4", 5, (6, 12), window=(2, 4), reading="average", activation="identity"),
    ),
}
