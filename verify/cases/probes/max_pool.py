"""Probes of max pooling: oblong windows, which overlap or leave gaps, rows and columns that none
reaches, with and without an activation behind them."""

from __future__ import annotations

from lenet_ref.specs.max_pool import MaxPool
from verify.cases.probes.probe import OPTIONS, Probe

OVERLAP = MaxPool("S2", 3, (7, 11), window=(3, 4), stride=(2, 3))
"""Of 3x3 windows; the last column is not read."""
PROBES = {
    "probe-max-pool": Probe("modern", MaxPool("S2", 4, (10, 9), window=(2, 3)), ties=True),
    "probe-max-overlap": Probe(OPTIONS, OVERLAP, ties=True),
    "probe-max-gaps": Probe(
        OPTIONS,
        MaxPool("S2", 4, (9, 15), window=(1, 2), stride=(3, 4), activation="relu"),
        ties=True,
    ),
    "probe-max-leaky": Probe(
        OPTIONS,
        MaxPool("S2", 5, (7, 12), window=(2, 3), stride=(1, 2), activation="leaky(0.125)"),
        batch=11,  # of six numbers the largest is seldom negative
        ties=True,
    ),
    "probe-max-squash": Probe(
        OPTIONS,
        MaxPool("S2", 2, (7, 12), window=(4, 3), stride=(1, 2), activation="squash"),
        MaxPool("S2", 2, (7, 12), window=(4, 3), stride=(1, 2), activation="identity"),
        ties=True,
    ),
}
