"""Probes of max pooling: oblong windows."""

from __future__ import annotations

from lenet_ref.specs.max_pool import MaxPool
from verify.cases.probes.probe import Probe

PROBES = {
    "probe-max-pool": Probe("modern", MaxPool("S2", 4, (10, 9), window=(2, 3)), ties=True),
}
