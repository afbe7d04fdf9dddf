"""Probes of convolutions: oblong kernels, unequal strides, Table I, many images; unequal padding,
wider than half of a kernel, or with a last row that no kernel reaches; true convolutions."""

from __future__ import annotations

from dataclasses import replace

from lenet_ref import connections
from lenet_ref.specs.convolution import Convolution
from verify.cases.probes.probe import MANY, OPTIONS, Probe

TABLE = ((0, 1), (2,), (0, 3), (1, 2, 3), (3,))
SPARSE = Convolution(
    "C3", 4, 5, (5, 8), (3, 2), (1, 2), "squash", TABLE, (2, 0), bias=False, flipped=True
)
PROBES = {
    "probe-padding": Probe(
        OPTIONS, Convolution("C1", 2, 5, (8, 9), kernel=(2, 5), stride=(3, 2), padding=(1, 3))
    ),
    "probe-same-size": Probe(OPTIONS, Convolution("C1", 3, 4, (6, 7), (3, 3), padding=(1, 1))),
    "probe-true-convolution": Probe(OPTIONS, Convolution("C1", 2, 4, (6, 5), (3, 3), flipped=True)),
    "probe-true-sparse": Probe(OPTIONS, SPARSE, replace(SPARSE, activation="identity")),
    "probe-unbiased": Probe(OPTIONS, Convolution("C1", 2, 3, (5, 7), (2, 3), bias=False)),
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
