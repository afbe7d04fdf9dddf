"""Mistakes in the gradient of softmax and cross-entropy."""

from __future__ import annotations

import numpy as np

from verify.proof.faults.catalogue.cross_entropy import gradient, targets, times

FAULTS = [
    gradient(
        name="loss-dx-summed",
        about="1/N is missing in the gradient",
        source="erratum S15; field notes C33",
        make=times(len),
        cause="times-N",
    ),
    gradient(
        name="loss-dx-averaged-twice",
        about="1/N is applied twice in the gradient",
        source="field notes B10",
        make=times(lambda probs: 1 / len(probs)),
        cause="over-N",
    ),
    gradient(
        name="loss-dx-averaged-over-classes",
        about="the gradient is divided by N K",
        source="experience",
        make=times(lambda probs: 1 / probs.shape[1]),
        cause="over-K",
    ),
    gradient(
        name="loss-dx-sign",
        about="Y - probs: a step ascends",
        source="field notes B15",
        make=times(lambda probs: -1.0),
        cause="sign",
    ),
    gradient(
        name="loss-dx-diagonal",
        about="softmax's Jacobian is taken for its diagonal p (1 - p)",
        source="field notes B17",
        make=lambda right: lambda p, labels: (p - 1) * targets(p, labels) / len(p),
        cause="diagonal",
    ),
    gradient(
        name="loss-dx-derivative-twice",
        about="(probs - Y) is multiplied by p (1 - p) once more",
        source="field notes B17",
        make=lambda right: lambda p, labels: right(p, labels) * p * (1 - p),
        cause="diagonal",
    ),
    gradient(
        name="loss-dx-skips-softmax",
        about="the gradient at the probabilities passes for the gradient at the logits",
        source="field notes B17",
        make=lambda right: lambda p, labels: -targets(p, labels) / p / len(p),
        cause="no-jacobian",
    ),
    gradient(
        name="loss-dx-no-targets",
        about="Y is not subtracted",
        source="experience",
        make=lambda right: lambda p, labels: p / len(p),
        cause="no-targets",
    ),
    gradient(
        name="loss-dx-no-probabilities",
        about="only Y is left of the gradient",
        source="experience",
        make=lambda right: lambda p, labels: -targets(p, labels) / len(p),
        cause="no-probabilities",
    ),
    gradient(
        name="loss-dx-plus-targets",
        about="Y is added",
        source="sign slip",
        make=lambda right: lambda p, labels: (p + targets(p, labels)) / len(p),
        cause="plus-targets",
    ),
    gradient(
        name="loss-dx-doubled",
        about="2 (probs - Y) / N, as for a squared error",
        source="field notes B6",
        make=times(lambda probs: 2.0),
        cause="squared-error",
    ),
    gradient(
        name="loss-dx-squared-error",
        about="the gradient of the squared error through softmax",
        source="field notes B6",
        make=lambda right: (
            lambda p, labels: (
                2
                * p
                * (
                    (p - targets(p, labels))
                    - ((p - targets(p, labels)) * p).sum(axis=1, keepdims=True)
                )
                / len(p)
            )
        ),
        cause="squared-error",
    ),
    gradient(
        name="loss-dx-softmax-twice",
        about="softmax is applied to the probabilities again",
        source="field notes B14",
        make=lambda right: (
            lambda p, labels: right(np.exp(p) / np.exp(p).sum(axis=1, keepdims=True), labels)
        ),
        cause="softmax-twice",
    ),
    gradient(
        name="loss-dx-labels-shifted",
        about="classes are counted from 1",
        source="off by one",
        make=lambda right: lambda p, labels: right(p, (labels + 1) % p.shape[1]),
        cause="labels-shifted",
    ),
    gradient(
        name="loss-dx-labels-ignored",
        about="the predicted class is taken for the label",
        source="experience",
        make=lambda right: lambda p, labels: right(p, p.argmax(axis=1)),
        cause="labels-ignored",
    ),
    gradient(
        name="loss-dx-labels-rolled",
        about="labels and patterns are shuffled apart by one place",
        source="experience",
        make=lambda right: lambda p, labels: right(p, np.roll(labels, 1)),
        cause="labels-rolled",
    ),
    gradient(
        name="loss-dx-one-pattern",
        about="only the first pattern's gradient is filled in",
        source="field notes C5",
        make=lambda right: lambda p, labels: right(p, labels) * (np.arange(len(p)) == 0)[:, None],
        cause="one-pattern",
    ),
    gradient(
        name="loss-dx-not-stored",
        about="the gradient is allocated and never filled",
        source="field notes C17",
        make=times(lambda probs: 0.0),
        cause="zero",
    ),
]
