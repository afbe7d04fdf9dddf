"""Probes of radial basis functions with learned codes, also as large as the bitmaps of 1998, and in
neither of the two networks."""

from __future__ import annotations

from lenet_ref.specs.rbf import RadialBasis
from verify.cases.probes.probe import OPTIONS, Probe

PROBES = {
    "probe-rbf": Probe("1998", RadialBasis("F7", 13, 6, learned=True)),
    "probe-distances-alone": Probe(OPTIONS, RadialBasis("F7", 7, 9, learned=True)),
    "probe-codes": Probe(OPTIONS, RadialBasis("F7", 84, 10, learned=True)),
}
