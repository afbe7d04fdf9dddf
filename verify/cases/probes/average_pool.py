"""Probes of average pooling: oblong windows; in the exact tier of a power of two, elsewhere with no
side and no size of 4, which many divide by whatever the window.  Windows that overlap, that leave
gaps, and rows and columns that none reaches, with and without an activation behind them; and one
that reads what another layer keeps for its own way back."""

from __future__ import annotations

from lenet_ref.specs.average_pool import AveragePool
from lenet_ref.specs.convolution import Convolution
from verify.cases.probes.probe import OPTIONS, Probe

PROBES = {
    "probe-average-pool": Probe(
        "modern",
        AveragePool("S2", 5, (6, 12), window=(2, 3)),
        exact=AveragePool("S2", 5, (6, 12), window=(2, 4)),
    ),
    "probe-average-behind": Probe(
        OPTIONS,
        AveragePool("S2", 3, (8, 10), window=(2, 5)),
        exact=AveragePool("S2", 3, (8, 10), window=(4, 2)),
        before=Convolution("C1", 2, 3, (9, 11), kernel=(2, 2), activation="relu"),
    ),
    "probe-average-overlap": Probe(
        OPTIONS,
        AveragePool("S2", 5, (8, 11), window=(3, 5), stride=(2, 3)),
        exact=AveragePool("S2", 5, (8, 11), window=(2, 4), stride=(1, 3)),
    ),
    "probe-average-gaps": Probe(
        OPTIONS,
        AveragePool("S2", 4, (10, 14), window=(2, 3), stride=(3, 4), activation="tanh"),
        exact=AveragePool("S2", 4, (10, 14), window=(2, 2), stride=(3, 4), activation="identity"),
    ),
    "probe-average-leaky": Probe(
        OPTIONS,
        AveragePool("S2", 3, (7, 13), window=(2, 5), stride=(1, 3), activation="leaky(0.01)"),
        exact=AveragePool("S2", 3, (7, 13), window=(2, 4), stride=(1, 3), activation="leaky(0.25)"),
    ),
    "probe-average-logistic": Probe(
        OPTIONS,
        AveragePool("S2", 3, (7, 13), window=(2, 5), activation="logistic"),
        exact=AveragePool("S2", 3, (7, 13), window=(2, 4), activation="relu"),
    ),
}
