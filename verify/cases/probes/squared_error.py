"""Probes of the squared error: on outputs and on their softmax, with and without 1/2, sums and
means, large outputs, many patterns."""

from __future__ import annotations

from lenet_ref.specs.affine import Affine
from lenet_ref.specs.squared_error import SquaredError
from verify.cases.probes.probe import CLASSES, EVERY_LABEL, MANY, OPTIONS, Probe

_SCORES = Affine("F7", 7, CLASSES, activation="identity")
_HALVES = SquaredError(on="softmax", half=True, reg=0.25)
_MEANS = SquaredError(on="softmax", classes="mean")
PROBES = {
    "probe-squared-softmax": Probe(OPTIONS, _SCORES, loss=_HALVES, batch=EVERY_LABEL),
    "probe-mean-softmax": Probe(OPTIONS, _SCORES, loss=_MEANS, batch=EVERY_LABEL),
    "probe-squared-outputs": Probe(
        OPTIONS, _SCORES, loss=SquaredError(half=True, reg=0.5), batch=EVERY_LABEL
    ),
    "probe-mean-outputs": Probe(
        OPTIONS, _SCORES, loss=SquaredError(classes="mean"), batch=EVERY_LABEL
    ),
    "probe-squared-sum": Probe(
        OPTIONS,
        _SCORES,
        loss=SquaredError(reduction="sum", gradient="sum"),
        batch=EVERY_LABEL,
        spread=1e3,
    ),
    "probe-squared-logits": Probe(
        OPTIONS,
        _SCORES,
        loss=SquaredError(on="softmax", reduction="sum", gradient="sum"),
        batch=EVERY_LABEL,
        spread=50.0,  # exponentials overflow in float32; farther out every gradient is 0
    ),
    "probe-many-squared": Probe(OPTIONS, _SCORES, loss=_HALVES, batch=MANY),
}
