"""Probes of fully connected layers, with each activation that stands behind them alone."""

from __future__ import annotations

from lenet_ref.specs.affine import Affine
from verify.cases.probes.probe import Probe

PROBES = {
    "probe-affine": Probe("modern", Affine("F6", 11, 5)),
    "probe-tanh": Probe(
        "1998", Affine("F6", 11, 5, activation="tanh"), Affine("F6", 11, 5, activation="identity")
    ),
    "probe-logistic": Probe(
        "1998",
        Affine("F6", 11, 5, activation="logistic"),
        Affine("F6", 11, 5, activation="identity"),
    ),
}
