"""Probes of convolutions: oblong kernels, unequal strides, Table I, many images."""

from __future__ import annotations

from lenet_ref import connections
from lenet_ref.specs.convolution import Convolution
from verify.cases.probes.probe import MANY, Probe

PROBES = {
    "probe-convolution": Probe(
        "modern", Convolution("C1", 2, 5, (9, 13), kernel=(2, 3), stride=(2, 3))
    ),
    "probe-sparse": Probe(
        "1998",
        Convolution(
            "C3", 6, 16, (5, 7), kernel=(3, 2), activation="squash", table=connections.TABLE_I
        ),
        Convolution(
            "C3", 6, 16, (5, 7), kernel=(3, 2), activation="identity", table=connections.TABLE_I
        ),
    ),
    "probe-many-convolution": Probe(
        "modern", Convolution("C1", 2, 3, (5, 7), kernel=(2, 3), stride=(1, 2)), batch=MANY
    ),
}
