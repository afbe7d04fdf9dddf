"""Mistakes in the activations: relu, the squash of the paper, logistic function and tanh."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lenet_ref.activations import relu, squash
from verify.proof.faults.fault import Fault

A, S = 1.7159, 2 / 3
READING = (("reading", "seed"),)
rectifier = partial(Fault, target="activations.relu.forward", layers="C1 C3 C5 F6", tensor="C1.y")
mask = partial(rectifier, target="activations.relu.backward", tensor="F6.dz")
historic = partial(Fault, variant="1998", layers="C1 S2 C3 S4 C5 F6")
curve = partial(historic, target="activations.squash.forward", tensor="C1.y")
slope = partial(historic, target="activations.squash.derivative", tensor="F6.dz")
product = partial(historic, target="activations.squash.backward", tensor="F6.dz")
logistic = partial(Fault, target="activations.logistic.forward", variant="1998", layers="S2 S4",
                   tensor="S2.y", options=READING)  # fmt: skip
logistic_back = partial(logistic, target="activations.logistic.backward", tensor="S4.dz")
plain = partial(Fault, target="activations.tanh.forward", variant="1998", layers="F6",
                tensor="F6.y", options=READING)  # fmt: skip
plain_back = partial(plain, target="activations.tanh.backward", tensor="F6.dz")


def of(wrong: Callable[..., Any]) -> Callable[[Any], Any]:
    """Another formula of the same arguments."""
    return lambda right: wrong


def softplus(z: Any) -> Any:
    """log(1 + exp z), without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def tanh_by_exponentials(z: Any) -> Any:
    """(e^2x - 1) / (e^2x + 1): infinity over infinity for large x."""
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(2 * S * z)
        return A * (e - 1) / (e + 1)


def sigmoid(z: Any) -> Any:
    """1 / (1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


RELU = [
    rectifier("relu-missing", "the activation is not applied", "field notes A8",
              make=of(lambda z: z.copy()), cause="not-applied"),
    rectifier("relu-leaky", "1/100 of negative values passes", "experience",
              make=of(lambda z: np.where(z > 0, z, 0.01 * z)), cause="leaky"),
    rectifier("relu-modulus", "|z| instead of max(z, 0)", "experience", make=of(np.abs),
              cause="modulus"),
    rectifier("relu-negative-part", "min(z, 0)", "sign slip",
              make=of(lambda z: np.minimum(z, 0)), cause="negative-part"),
    rectifier("relu-capped", "relu6, cut off at 6", "experience", regime="signed",
              make=of(lambda z: np.clip(z, 0, 6)), layers="C3 C5 F6", tensor="C3.y",
              cause="relu6"),
    rectifier("relu-softplus", "log(1 + exp z)", "experience", make=of(softplus),
              cause="softplus"),
    rectifier("relu-elu", "exp(z) - 1 where z is negative", "experience",
              make=of(lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0)))), cause="elu"),
    rectifier("relu-logistic", "a logistic function", "field notes A10", make=of(sigmoid),
              cause="another-activation"),
    rectifier("relu-tanh", "a hyperbolic tangent", "field notes A9", make=of(np.tanh),
              cause="another-activation"),
    mask("relu-one-at-zero", "the mask is z >= 0", "field notes C20; erratum S22",
         make=of(lambda dy, z, y: np.where(z >= 0, dy, 0)), regime="zero-bias",
         layers="C3 C1", tensor="C3.dz", cause="relu'(0)"),
    mask("relu-half-at-zero", "the derivative at 0 is 1/2", "field notes C20",
         make=of(lambda dy, z, y: np.heaviside(z, 0.5) * dy), regime="zero-bias",
         layers="C3 C1", tensor="C3.dz", cause="relu'(0)"),
    mask("relu-derivative-missing", "dz = dy", "field notes C24",
         make=of(lambda dy, z, y: dy.copy()), cause="not-applied"),
    mask("relu-upstream-ignored", "dz is the mask", "field notes C24",
         make=of(lambda dy, z, y: (z > 0).astype(z.dtype)), cause="upstream-ignored"),
    mask("relu-mask-of-dy", "the mask is taken from dy", "field notes C21",
         make=of(lambda dy, z, y: np.maximum(dy, 0)), cause="mask-of-dy"),
    mask("relu-mask-inverted", "dy passes where z is negative", "sign slip",
         make=of(lambda dy, z, y: np.where(z > 0, 0, dy)), cause="mask-inverted"),
    mask("relu-mask-of-another-pattern", "the masks of the patterns are in reverse order",
         "field notes C21", make=of(lambda dy, z, y: np.where(z[::-1] > 0, dy, 0)),
         cause="mask-of-another-pattern"),
    mask("relu-times-output", "dz = y dy", "field notes C23",
         make=of(lambda dy, z, y: y * dy), cause="output-for-derivative"),
    mask("relu-times-sign", "dz = sign(z) dy", "experience",
         make=of(lambda dy, z, y: np.sign(z) * dy), cause="sign-function"),
    mask("relu-leaky-gradient", "1/100 of dy passes where z is negative", "experience",
         make=of(lambda dy, z, y: np.where(z > 0, dy, 0.01 * dy)), cause="leaky"),
    Fault("relu-mask-of-y", "the mask is y > 0", "another form", "activations.relu.backward",
          of(lambda dy, z, y: np.where(y > 0, dy, np.zeros((), dy.dtype))), regime="zero-bias",
          equivalent="y = max(z, 0) is positive exactly where z is."),
    Fault("relu-half-sum", "(z + |z|) / 2", "another form", "activations.relu.forward",
          of(lambda z: (z + np.abs(z)) / 2),
          equivalent="For z > 0 it is 2 z / 2, else 0 / 2; doubling and halving are exact."),
]  # fmt: skip

SQUASH = [
    curve("squash-missing", "the activation is not applied", "field notes A8",
          make=of(lambda z: z.copy()), cause="not-applied"),
    curve("squash-no-slope", "A tanh(z)", "field notes A9", make=of(lambda z: A * np.tanh(z)),
          cause="lost-S"),
    curve("squash-no-amplitude", "tanh(2/3 z)", "field notes A9",
          make=of(lambda z: np.tanh(S * z)), cause="lost-A"),
    curve("squash-plain-tanh", "tanh(z)", "field notes A9", make=of(np.tanh),
          cause="another-activation"),
    curve("squash-integer-division", "2/3 = 0 in integers: tanh(0)", "field notes A9",
          make=of(lambda z: A * np.tanh(2 // 3 * z)), cause="zero", layers="C1 S2 C3 S4 C5 F6"),
    curve("squash-inverted-slope", "A tanh(3/2 z)", "experience",
          make=of(lambda z: A * np.tanh(1.5 * z)), cause="inverted-slope"),
    curve("squash-constants-exchanged", "S tanh(A z)", "argument order",
          make=of(lambda z: S * np.tanh(A * z)), cause="exchanged-constants"),
    curve("squash-twice", "the squash of the squash", "experience",
          make=of(lambda z: squash.A * np.tanh(S * (squash.A * np.tanh(S * z)))),
          cause="applied-twice"),
    curve("squash-A-1.7", "A = 1.7", "section 1 of the facts",
          make=of(lambda z: 1.7 * np.tanh(S * z)), cause="rounded-A"),
    curve("squash-A-1.716", "A = 1.716", "section 1 of the facts",
          make=of(lambda z: 1.716 * np.tanh(S * z)), cause="rounded-A"),
    curve("squash-S-0.667", "S = 0.667", "section 1 of the facts",
          make=of(lambda z: A * np.tanh(0.667 * z)), cause="rounded-S"),
    curve("squash-S-0.66", "S = 0.66", "section 1 of the facts",
          make=of(lambda z: A * np.tanh(0.66 * z)), cause="rounded-S"),
    curve("squash-logistic", "a logistic function, for the paper says sigmoidal",
          "field notes A10", make=of(sigmoid), cause="another-activation"),
    curve("squash-relu", "relu in the 1998 network", "experience",
          make=of(lambda z: np.maximum(z, 0)), cause="another-activation"),
    curve("squash-clipped", "a straight line cut off at A", "ported hardware",
          make=of(lambda z: A * np.clip(S * z, -1, 1)), cause="clipped"),
    curve("squash-by-exponentials", "(e^2x - 1)/(e^2x + 1): digits cancel near 0",
          "field notes E7", make=of(tanh_by_exponentials), cause="cancellation"),
    curve("squash-overflow", "(e^2x - 1)/(e^2x + 1) for large x: infinity over infinity",
          "field notes E7",
          make=of(lambda z: np.where(np.abs(z) < 20, A * np.tanh(S * z),
                                     tanh_by_exponentials(z))),
          regime="saturated", layers="F6", tensor="F6.y", cause="not-finite"),
]  # fmt: skip

SLOPE = [
    slope("squash'-rounded", "1.14393 for A S", "erratum of the source",
          make=of(lambda y: 1.14393 * (1 - (y / A) ** 2)), cause="rounded-AS"),
    slope("squash'-no-S", "A - y^2 / A", "field notes C25", make=of(lambda y: A - y * y / A),
          cause="lost-S"),
    slope("squash'-no-A", "S (1 - y^2 / A^2)", "field notes C25",
          make=of(lambda y: S * (1 - (y / A) ** 2)), cause="lost-A"),
    slope("squash'-of-tanh", "1 - y^2 of the scaled output", "field notes C25",
          make=of(lambda y: 1 - y * y), cause="1-minus-y^2"),
    slope("squash'-no-division", "S (A - y^2)", "field notes C25",
          make=of(lambda y: S * (A - y * y)), cause="division-lost"),
    slope("squash'-plus", "S (A + y^2 / A)", "sign slip", make=of(lambda y: S * (A + y * y / A)),
          cause="plus-for-minus"),
    slope("squash'-logistic", "y (1 - y)", "field notes C25", make=of(lambda y: y * (1 - y)),
          cause="logistic-derivative"),
    slope("squash'-squared", "f'(z)^2", "field notes D3",
          make=of(lambda y: (S * (A - y * y / A)) ** 2), cause="derivative-squared"),
    product("squash'-at-z", "f' evaluated at z where y belongs", "field notes C23",
            make=of(lambda dy, z, y: squash.derivative(z) * dy), cause="input-for-output"),
    product("squash'-at-dy", "f' evaluated at dy", "field notes C25",
            make=of(lambda dy, z, y: squash.derivative(dy) * dy), cause="at-the-gradient"),
    product("squash'-S-lost-inside", "A S (1 - tanh^2 z)", "field notes C25",
            make=of(lambda dy, z, y: A * S * (1 - np.tanh(z) ** 2) * dy),
            cause="lost-S-inside"),
    product("squash'-missing", "dz = dy", "field notes C24",
            make=of(lambda dy, z, y: dy.copy()), cause="not-applied"),
    product("squash'-upstream-ignored", "dz = f'(z)", "field notes C24",
            make=of(lambda dy, z, y: squash.derivative(y)), cause="upstream-ignored"),
    product("squash'-of-relu", "the mask of relu for the derivative", "experience",
            make=of(lambda dy, z, y: relu.backward(dy, z, y)), cause="relu-mask"),
    product("squash'-sign", "the gradient has the wrong sign", "sign slip",
            make=of(lambda dy, z, y: -squash.derivative(y) * dy), cause="sign"),
    Fault("squash'-by-tanh", "A S (1 - tanh^2(S z)), from z", "another form",
          "activations.squash.backward",
          of(lambda dy, z, y: A * S * (1 - np.tanh(S * z) ** 2) * dy), variant="1998",
          equivalent="y = A tanh(S z), so S (A - y^2/A) = A S (1 - tanh^2(S z)); the bound is "
          "that of either."),
]  # fmt: skip

OTHERS = [
    logistic("logistic-exponent", "1 / (1 + exp(+z))", "field notes A11",
             make=of(lambda z: sigmoid(-z)), cause="wrong-exponent"),
    logistic("logistic-as-tanh", "tanh(z / 2)", "field notes A10",
             make=of(lambda z: np.tanh(z / 2)), cause="halved"),
    logistic("logistic-missing", "the activation is not applied", "field notes A7",
             make=of(lambda z: z.copy()), cause="not-applied"),
    logistic_back("logistic'-at-z", "z (1 - z)", "field notes C23",
                  make=of(lambda dy, z, y: z * (1 - z) * dy), cause="input-for-output"),
    logistic_back("logistic'-factor-lost", "y dy", "field notes C25",
                  make=of(lambda dy, z, y: y * dy), cause="factor-lost"),
    logistic_back("logistic'-plus", "y (1 + y) dy", "sign slip",
                  make=of(lambda dy, z, y: y * (1 + y) * dy), cause="plus-for-minus"),
    logistic_back("logistic'-of-tanh", "1 - y^2", "field notes C25",
                  make=of(lambda dy, z, y: (1 - y * y) * dy), cause="1-minus-y^2"),
    logistic_back("logistic'-missing", "dz = dy", "field notes C24",
                  make=of(lambda dy, z, y: dy.copy()), cause="not-applied"),
    plain("tanh-squashed", "the squash of the paper where the source has plain tanh",
          "erratum S11", make=of(lambda z: A * np.tanh(S * z)), cause="another-activation"),
    plain_back("tanh'-at-z", "1 - z^2", "field notes C23",
               make=of(lambda dy, z, y: (1 - z * z) * dy), cause="input-for-output"),
    plain_back("tanh'-square-lost", "1 - y", "field notes C25",
               make=of(lambda dy, z, y: (1 - y) * dy), cause="square-lost"),
    plain_back("tanh'-plus", "1 + y^2", "sign slip",
               make=of(lambda dy, z, y: (1 + y * y) * dy), cause="plus-for-minus"),
]  # fmt: skip

FAULTS = [*RELU, *SQUASH, *SLOPE, *OTHERS]
