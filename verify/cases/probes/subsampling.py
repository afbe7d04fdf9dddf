"""Probes of trainable subsampling: sums and averages of oblong windows, which overlap or leave
gaps."""

from __future__ import annotations

from lenet_ref.specs.subsampling import Subsampling
from verify.cases.probes.probe import OPTIONS, Probe

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
    "probe-subsampling-overlap": Probe(
        OPTIONS,
        Subsampling(
            "S2", 4, (8, 11), window=(3, 4), stride=(2, 3), activation="scaled_tanh(2, 0.4)"
        ),
        Subsampling("S2", 4, (8, 11), window=(3, 4), stride=(2, 3), activation="leaky(0.5)"),
    ),
    "probe-subsampling-gaps": Probe(
        OPTIONS,
        Subsampling("S2", 5, (7, 15), (2, 4), "average", "leaky(0.1)", stride=(3, 5)),
        Subsampling("S2", 5, (7, 15), (2, 4), "average", "identity", stride=(3, 5)),
        batch=7,  # of few means seldom one is negative
    ),
}
