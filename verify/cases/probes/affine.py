"""Probes of fully connected layers, with each activation that stands behind them alone."""

from __future__ import annotations

from lenet_ref.specs.affine import Affine
from verify.cases.probes.probe import OPTIONS, Probe

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
    "probe-leaky": Probe(
        OPTIONS,
        Affine("F6", 11, 5, activation="leaky(0.01)"),
        Affine("F6", 11, 5, activation="leaky(0.25)"),
    ),
    "probe-scaled-tanh": Probe(
        OPTIONS,
        Affine("F6", 11, 5, activation="scaled_tanh(1.7159, 0.6667)"),
        Affine("F6", 11, 5, activation="identity"),
    ),
}
