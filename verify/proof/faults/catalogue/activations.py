"""Mistakes in the activations: relu, the squash of the paper, logistic function and tanh."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lenet_ref.activations import squash
from verify.proof.faults.fault import Fault

A, S = 1.7159, 2 / 3
READING = (("reading", "seed"),)
rectifier = partial(Fault, target="activations.relu.forward", layers="C1 C3 C5 F6", tensor="C1.y")
mask = partial(rectifier, target="activations.relu.backward", tensor="F6.dz")
historic = partial(Fault, variant="1998", layers="C1 S2 C3 S4 C5 F6")
curve = partial(historic, target="activations.squash.forward", tensor="C1.y")
product = partial(historic, target="activations.squash.backward", tensor="F6.dz")
logistic = partial(Fault, target="activations.logistic.forward", variant="1998", layers="S2 S4",
                   tensor="S2.y", options=READING)  # fmt: skip
plain = partial(Fault, target="activations.tanh.forward", variant="1998", layers="F6",
                tensor="F6.y", options=READING)  # fmt: skip
plain_back = partial(plain, target="activations.tanh.backward", tensor="F6.dz")


def of(wrong: Callable[..., Any]) -> Callable[[Any], Any]:
    """Another formula of the same arguments."""
    return lambda right: wrong


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
    rectifier("relu-elu", "exp(z) - 1 where z is negative", "experience",
              make=of(lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0)))), cause="elu"),
    mask("relu-one-at-zero", "the mask is z >= 0", "field notes C20; erratum S22",
         make=of(lambda dy, z, y: np.where(z >= 0, dy, 0)), regime="zero-bias",
         layers="C3 C1", tensor="C3.dz", cause="relu'(0)"),
    Fault("relu-mask-of-y", "the mask is y > 0", "another form", "activations.relu.backward",
          of(lambda dy, z, y: np.where(y > 0, dy, np.zeros((), dy.dtype))), regime="zero-bias",
          equivalent="y = max(z, 0) is positive exactly where z is."),
    Fault("relu-half-sum", "(z + |z|) / 2", "another form", "activations.relu.forward",
          of(lambda z: (z + np.abs(z)) / 2),
          equivalent="For z > 0 it is 2 z / 2, else 0 / 2; doubling and halving are exact."),
]  # fmt: skip

SQUASH = [
    curve("squash-no-slope", "A tanh(z)", "field notes A9", make=of(lambda z: A * np.tanh(z)),
          cause="lost-S"),
    curve("squash-integer-division", "2/3 = 0 in integers: tanh(0)", "field notes A9",
          make=of(lambda z: A * np.tanh(2 // 3 * z)), cause="zero", layers="C1 S2 C3 S4 C5 F6"),
    curve("squash-by-exponentials", "(e^2x - 1)/(e^2x + 1): digits cancel near 0",
          "field notes E7", make=of(tanh_by_exponentials), cause="cancellation"),
    curve("squash-overflow", "(e^2x - 1)/(e^2x + 1) for large x: infinity over infinity",
          "field notes E7",
          make=of(lambda z: np.where(np.abs(z) < 20, A * np.tanh(S * z),
                                     tanh_by_exponentials(z))),
          regime="saturated", layers="F6", tensor="F6.y", cause="not-finite"),
]  # fmt: skip

SLOPE = [
    product("squash'-at-z", "f' evaluated at z where y belongs", "field notes C23",
            make=of(lambda dy, z, y: squash.derivative(z) * dy), cause="input-for-output"),
    Fault("squash'-by-tanh", "A S (1 - tanh^2(S z)), from z", "another form",
          "activations.squash.backward",
          of(lambda dy, z, y: A * S * (1 - np.tanh(S * z) ** 2) * dy), variant="1998",
          equivalent="y = A tanh(S z), so S (A - y^2/A) = A S (1 - tanh^2(S z)); the bound is "
          "that of either."),
]  # fmt: skip

OTHERS = [
    logistic("logistic-exponent", "1 / (1 + exp(+z))", "field notes A11",
             make=of(lambda z: sigmoid(-z)), cause="wrong-exponent"),
    plain_back("tanh'-square-lost", "1 - y", "field notes C25",
               make=of(lambda dy, z, y: (1 - y) * dy), cause="square-lost"),
]  # fmt: skip

FAULTS = [*RELU, *SQUASH, *SLOPE, *OTHERS]
