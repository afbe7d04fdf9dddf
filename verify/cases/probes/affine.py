"""Probes of fully connected layers, with each activation that stands behind them alone, behind a
volume, and with as many outputs as inputs, where one can be taken for the other."""

from __future__ import annotations

from lenet_ref.specs.affine import Affine
from lenet_ref.specs.convolution import Convolution
from verify.cases.probes.probe import OPTIONS, Probe

VOLUME = Convolution("C5", 2, 3, (5, 7), kernel=(2, 3))
"""Makes (3, 4, 5): no two axes that could be taken for one another."""
PROBES = {
    "probe-flattened": Probe(OPTIONS, Affine("F6", 60, 7, activation="identity"), before=VOLUME),
    "probe-flatten": Probe(OPTIONS, Affine("F6", 60, 7, flatten="HWC"), before=VOLUME),
    "probe-affine-square": Probe(OPTIONS, Affine("F6", 7, 7, activation="identity")),
    "probe-affine-unbiased": Probe(OPTIONS, Affine("F6", 11, 5, bias=False)),
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
