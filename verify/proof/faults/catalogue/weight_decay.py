"""Mistakes about the gradient of the regulariser, added to each dW."""

from __future__ import annotations

import numpy as np

from verify.proof.faults.catalogue.regulariser import biases_decayed, but, gradient

FAULTS = [
    gradient(
        name="decay-missing",
        about="the regulariser has no gradient",
        source="erratum S16; field notes C32",
        make=lambda right: lambda W, reg: 0 * W,
        cause="no-decay",
    ),
    gradient(
        name="decay-twice",
        about="2 reg W",
        source="field notes C32",
        make=lambda right: lambda W, reg: right(W, 2 * reg),
        cause="decay-twice",
    ),
    gradient(
        name="decay-half",
        about="reg/2 W: the 1/2 of the loss kept",
        source="field notes C32",
        make=lambda right: lambda W, reg: right(W, reg / 2),
        cause="decay-half",
    ),
    gradient(
        name="decay-sign",
        about="weights grow",
        source="sign slip",
        make=lambda right: lambda W, reg: -right(W, reg),
        cause="decay-sign",
    ),
    gradient(
        name="decay-squared",
        about="reg^2 W",
        source="experience",
        make=lambda right: lambda W, reg: right(W, reg * reg),
        cause="decay-squared",
    ),
    gradient(
        name="decay-no-coefficient",
        about="W without reg",
        source="experience",
        make=lambda right: lambda W, reg: right(W, 1.0),
        cause="decay-no-coefficient",
    ),
    gradient(
        name="decay-over-N",
        about="reg W / N, as if it were part of the data loss",
        source="field notes C32",
        make=lambda right: lambda W, reg: right(W, reg / 3),
        cause="decay-over-N",
    ),
    gradient(
        name="decay-each-pattern",
        about="reg W is added once for every pattern of the batch",
        source="field notes D11",
        make=lambda right: lambda W, reg: right(W, reg * 3),
        cause="decay-times-N",
    ),
    gradient(
        name="decay-modulus",
        about="reg sign(W), the gradient of an L1 term",
        source="experience",
        make=lambda right: lambda W, reg: right(np.sign(W), reg),
        cause="decay-modulus",
    ),
    gradient(
        name="decay-not-at-output",
        about="the output layer is left out",
        source="experience",
        make=but(10),
        layers="F7",
        cause="no-decay",
    ),
    gradient(
        name="decay-not-at-C1",
        about="the first layer is left out",
        source="experience",
        make=but(6),
        layers="C1",
        tensor="C1.dW",
        cause="no-decay",
    ),
    gradient(
        name="decay-on-biases",
        about="the biases decay too",
        source="field notes C32",
        target="network.backward",
        make=biases_decayed,
        tensor="F7.db",
        cause="decay-on-bias",
    ),
]
