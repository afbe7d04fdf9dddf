"""Probes of average pooling: oblong windows; in the exact tier of a power of two, elsewhere with no
side and no size of 4, which many divide by whatever the window."""

from __future__ import annotations

from lenet_ref.specs.average_pool import AveragePool
from verify.cases.probes.probe import Probe

PROBES = {
    "probe-average-pool": Probe(
        "modern",
        AveragePool("S2", 5, (6, 12), window=(2, 3)),
        exact=AveragePool("S2", 5, (6, 12), window=(2, 4)),
    ),
}
