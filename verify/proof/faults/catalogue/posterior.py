"""Mistakes in the maximum a posteriori criterion of 1998 (eq. 9)."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lenet_ref.losses import map as criterion
from lenet_ref.losses.cross_entropy import one_hot
from verify.proof.faults.catalogue.likelihood import own
from verify.proof.faults.catalogue.softmax import silent
from verify.proof.faults.fault import Fault

posterior = partial(
    Fault,
    target="losses.map.probabilities",
    layers="loss",
    tensor="loss.probs",
    variant="1998",
    regime="competitive",
)
data = partial(posterior, target="losses.map.data_loss", tensor="loss.data")
gradient = partial(posterior, target="losses.map.gradient", tensor="loss.dx")
RUBBISH = "losses.map.with_rubbish"
WEAK, SMALL = (("j", 1.0),), (("j", 2.0),)


def softmax(logits: Any) -> Any:
    """Row by row."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def penalty(y: Any, j: float) -> Any:
    """ln(e^-j + sum_i e^-y_i)."""
    logits = criterion.with_rubbish(y, j)
    top = logits.max(axis=1)
    return top + np.log(np.exp(logits - top[:, None]).sum(axis=1))


def of_terms(combine: Any) -> Any:
    """A loss made of y_D, the competitive term, and the rest."""

    def make(right: Any) -> Any:
        def wrong(y: Any, labels: Any, j: float) -> Any:
            return np.asarray(combine(own(y, labels), penalty(y, j), y, labels, j), dtype=y.dtype)

        return wrong

    return make


def rivals(y: Any, labels: Any, j: float) -> Any:
    """ln(e^-j + sum over i != D)."""
    return penalty(np.where(one_hot(labels, y) > 0, np.inf, y), j)


def naive(right: Any) -> Any:
    """Exponentials as they stand: all of them underflow."""

    def wrong(y: Any, j: float) -> Any:
        e = np.exp(-y)
        return e / (np.exp(np.asarray(-j, dtype=y.dtype)) + e.sum(axis=1, keepdims=True))

    return wrong


def naive_loss(right: Any) -> Any:
    """ln of exponentials as they stand."""

    def wrong(y: Any, labels: Any, j: float) -> Any:
        total = np.exp(np.asarray(-j, dtype=y.dtype)) + np.exp(-y).sum(axis=1)
        return np.asarray((own(y, labels) + np.log(total)).mean(), dtype=y.dtype)

    return wrong


FAULTS = [
    posterior(
        name="map-no-rubbish",
        about="the rubbish class is forgotten",
        source="field notes B9",
        target=RUBBISH,
        make=lambda right: lambda y, j: right(y, np.inf),
        cause="no-rubbish",
    ),
    posterior(
        name="map-plus-j",
        about="e^+j for e^-j",
        source="field notes B9",
        target=RUBBISH,
        make=lambda right: lambda y, j: right(y, -j),
        cause="plus-j",
        options=SMALL,
    ),
    posterior(
        name="map-plain-j",
        about="j for e^-j",
        source="field notes B9",
        target=RUBBISH,
        make=lambda right: lambda y, j: right(y, -np.log(j)),
        cause="plain-j",
        options=SMALL,
    ),
    posterior(
        name="map-rubbish-per-class",
        about="e^-j is added inside the sum, once for every class",
        source="parenthesis slip",
        target=RUBBISH,
        make=lambda right: lambda y, j: right(y, j - np.log(y.shape[1])),
        cause="rubbish-per-class",
    ),
    posterior(
        name="map-scores",
        about="e^+y for e^-y: distances are taken for scores",
        source="field notes B4",
        make=lambda right: lambda y, j: right(-y, j),
        cause="negated",
    ),
    posterior(
        name="map-rows-sum-to-one",
        about="probabilities are normalised over the classes alone",
        source="field notes B9",
        make=lambda right: lambda y, j: softmax(-y),
        cause="no-rubbish",
    ),
    posterior(
        name="map-rubbish-first",
        about="the rubbish class stands first, the last class is cut off",
        source="off by one",
        make=lambda right: (
            lambda y, j: softmax(np.roll(criterion.with_rubbish(y, j), 1, axis=1))[:, :-1]
        ),
        cause="rubbish-in-row",
    ),
    posterior(
        name="map-rubbish-last",
        about="the rubbish class stands last, the first class is cut off",
        source="off by one",
        make=lambda right: lambda y, j: softmax(criterion.with_rubbish(y, j))[:, 1:],
        cause="rubbish-in-row",
    ),
    posterior(
        name="map-over-batch",
        about="probabilities are normalised over the whole batch",
        source="field notes B13",
        make=lambda right: (
            lambda y, j: softmax(criterion.with_rubbish(y, j).reshape(1, -1)).reshape(len(y), -1)[
                :, :-1
            ]
        ),
        cause="normalised-over-batch",
    ),
    posterior(
        name="map-half-distance",
        about="e^(-y/2), as in a Gaussian",
        source="field notes B5",
        make=lambda right: lambda y, j: right(y / 2, j),
        cause="half-distance",
    ),
    posterior(
        name="map-underflow",
        about="exponentials of -y as they stand: 0/0 in float32 from y = 104 on",
        source="field notes B11",
        make=silent(naive),
        cause="not-finite",
        regime="ties",
        tier="float32",
        options=(("loss", "map"), ("j", 400.0)),
    ),
    data(
        name="map-loss-underflow",
        about="ln of exponentials of -y as they stand: ln 0 in float32 from y = 104 on",
        source="field notes B11",
        make=silent(naive_loss),
        cause="not-finite",
        regime="ties",
        tier="float32",
        options=(("loss", "map"), ("j", 400.0)),
    ),
    data(
        name="map-no-log",
        about="the competitive term without its logarithm",
        source="field notes B9",
        make=of_terms(lambda d, c, y, labels, j: (d + np.exp(c)).mean()),
        cause="no-log",
        options=WEAK,
    ),
    data(
        name="map-no-competition",
        about="eq. 8 for eq. 9",
        source="field notes B9",
        make=of_terms(lambda d, c, y, labels, j: d.mean()),
        cause="no-competition",
    ),
    data(
        name="map-no-label-term",
        about="y_D is missing",
        source="field notes B9",
        make=of_terms(lambda d, c, y, labels, j: c.mean()),
        cause="no-label-term",
    ),
    data(
        name="map-minus-competition",
        about="the competitive term is subtracted",
        source="sign slip",
        make=of_terms(lambda d, c, y, labels, j: (d - c).mean()),
        cause="minus-penalty",
    ),
    data(
        name="map-rivals-only",
        about="the sum leaves out the right class",
        source="field notes B9",
        make=of_terms(lambda d, c, y, labels, j: (d + rivals(y, labels, j)).mean()),
        cause="rivals-only",
    ),
    data(
        name="map-summed",
        about="1/P is missing in the loss",
        source="field notes B10",
        make=of_terms(lambda d, c, y, labels, j: (d + c).sum()),
        cause="times-N",
    ),
    data(
        name="map-loss-half-distance",
        about="y_D / 2 in the loss",
        source="field notes B5",
        make=of_terms(lambda d, c, y, labels, j: (d / 2 + c).mean()),
        cause="half-distance",
    ),
    data(
        name="map-loss-labels-shifted",
        about="classes are counted from 1",
        source="off by one",
        make=lambda right: lambda y, labels, j: right(y, labels - 1, j),
        cause="labels-shifted",
    ),
]
