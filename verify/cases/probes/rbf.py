"""Probes of radial basis functions with learned codes."""

from __future__ import annotations

from lenet_ref.specs.rbf import RadialBasis
from verify.cases.probes.probe import Probe

PROBES = {
    "probe-rbf": Probe("1998", RadialBasis("F7", 13, 6, learned=True)),
}
