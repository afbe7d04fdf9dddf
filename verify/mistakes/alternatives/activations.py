"""Mistaken activations and derivatives of relu, the squash, the logistic function and tanh."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import NOTHING, finite
from verify.mistakes.hypothesis import Evidence
from verify.oracle import activation

A, S = 1.7159, 2 / 3
Function = Callable[[Tensor], Tensor]
Derivative = Callable[[Evidence], Tensor]


def f(z: Tensor, name: str) -> Tensor:
    """The activation by name."""
    return activation.apply(z, name)


def other(e: Evidence, function: Function, names: tuple[str, ...]) -> Tensor:
    """Another function of z where the layer's activation is one of these."""
    return finite(function(e["z"])) if e.spec.activation in names else NOTHING


def where_zero(e: Evidence, value: float) -> Tensor:
    """relu' at exact zeros, and only there."""
    if e.spec.activation != "relu" or not bool((e["z"] == 0).any()):
        return NOTHING
    return torch.where(e["z"] == 0, value * e["dy"], e.oracle)


def times(e: Evidence, derivative: Derivative, names: tuple[str, ...]) -> Tensor:
    """dy times another derivative."""
    return finite(derivative(e) * e["dy"]) if e.spec.activation in names else NOTHING


def alone(e: Evidence) -> Tensor:
    """f'(z) without dy, on the oracle's own derivative."""
    z = e["z"].detach().requires_grad_()
    return torch.autograd.grad(f(z, e.spec.activation).sum(), z)[0]


RELU, SQUASH, LOGISTIC, TANH = ("relu",), ("squash",), ("logistic",), ("tanh",)
SMOOTH = (*SQUASH, *LOGISTIC, *TANH)
ALL = (*RELU, *SMOOTH)
IS = {"relu": "right: max(z, 0)", "squash": "right: y = 1.7159 tanh(2/3 z) (eq. 5, 6)",
      "logistic": "right: 1 / (1 + exp(-z))", "tanh": "right: tanh(z)"}  # fmt: skip

FUNCTIONS: tuple[tuple[str, str, Function, tuple[str, ...]], ...] = (
    ("not-applied", "equals z: the activation is missing", lambda z: z, ALL),
    ("leaky", "lets 1/100 of negative z through", lambda z: F.leaky_relu(z, 0.01), RELU),
    ("relu6", "is cut off at 6", F.relu6, RELU),
    ("modulus", "is |z|", torch.abs, RELU),
    ("negative-part", "keeps the negative part", lambda z: z.clamp(max=0), RELU),
    ("softplus", "is log(1 + exp z), a smoothed relu", F.softplus, RELU),
    ("elu", "is exp(z) - 1 for negative z", F.elu, RELU),
    ("another-activation", "is a logistic function", torch.sigmoid, (*RELU, *SQUASH, *TANH)),
    ("another-activation", "is relu", torch.relu, SMOOTH),
    ("another-activation", "is the squash of the paper", partial(f, name="squash"),
     (*RELU, *LOGISTIC, *TANH)),
    ("another-activation", "is plain tanh(z): A and S are missing", torch.tanh,
     (*RELU, *SQUASH, *LOGISTIC)),
    ("lost-S", "is A tanh(z): the slope S = 2/3 is missing", lambda z: A * torch.tanh(z), SQUASH),
    ("lost-A", "is tanh(S z): the amplitude A = 1.7159 is missing",
     lambda z: torch.tanh(S * z), SQUASH),
    ("rounded-A", "uses A = 1.7", lambda z: 1.7 * torch.tanh(S * z), SQUASH),
    ("rounded-A", "uses A = 1.716", lambda z: 1.716 * torch.tanh(S * z), SQUASH),
    ("rounded-A", "uses A = 1.72", lambda z: 1.72 * torch.tanh(S * z), SQUASH),
    ("rounded-S", "uses S = 0.66", lambda z: A * torch.tanh(0.66 * z), SQUASH),
    ("rounded-S", "uses S = 0.667", lambda z: A * torch.tanh(0.667 * z), SQUASH),
    ("rounded-S", "uses S = 0.6667", lambda z: A * torch.tanh(0.6667 * z), SQUASH),
    ("exchanged-constants", "exchanges A and S", lambda z: S * torch.tanh(A * z), SQUASH),
    ("inverted-slope", "is A tanh(3/2 z): S is inverted",
     lambda z: A * torch.tanh(z / S), SQUASH),
    ("applied-twice", "is the squash of the squash", lambda z: f(f(z, "squash"), "squash"),
     SQUASH),
    ("clipped", "is a straight line cut off at A", lambda z: A * (S * z).clamp(-1, 1), SQUASH),
    ("wrong-exponent", "is 1 / (1 + exp(+z))", lambda z: torch.sigmoid(-z), LOGISTIC),
    ("halved", "is tanh(z / 2), which runs from -1 to 1", lambda z: torch.tanh(z / 2), LOGISTIC),
)  # fmt: skip


def sentence(text: str, names: tuple[str, ...]) -> str:
    """The text, with what is right where the layer leaves no doubt."""
    return f"{text}; {IS[names[0]]}" if len(names) == 1 else text


Y = tuple(
    Entry(name, sentence(text, names), partial(other, function=function, names=names))
    for name, text, function, names in FUNCTIONS
)

KINK = "right: relu'(0) = 0"
PRIME: dict[tuple[str, ...], str] = {
    RELU: "right: dz = 1(z > 0) dy",
    SQUASH: "right: dz = S (A - y^2 / A) dy",
    LOGISTIC: "right: dz = y (1 - y) dy",
    TANH: "right: dz = (1 - y^2) dy",
}
DERIVATIVES: tuple[tuple[str, str, Derivative, tuple[str, ...]], ...] = (
    ("leaky", "lets 1/100 of dy through where z <= 0",
     lambda e: (e["z"] > 0).double() * 0.99 + 0.01, RELU),
    ("mask-of-dy", "takes the mask from dy", lambda e: (e["dy"] > 0).double(), RELU),
    ("mask-inverted", "passes dy where z is negative", lambda e: (e["z"] <= 0).double(), RELU),
    ("mask-of-another-pattern", "takes the masks of the patterns in reverse order",
     lambda e: (e["z"].flip(0) > 0).double(), RELU),
    ("relu-mask", "is 1(z > 0), that of relu", lambda e: (e["z"] > 0).double(), SMOOTH),
    ("output-for-derivative", "multiplies by the output", lambda e: e["y"], RELU),
    ("sign-function", "multiplies by the sign of z", lambda e: e["z"].sign(), RELU),
    ("1-minus-y^2", "is 1 - y^2 of the scaled output", lambda e: 1 - e["y"] ** 2,
     (*SQUASH, *LOGISTIC)),
    ("input-for-output", "is evaluated at z where y belongs",
     lambda e: S * (A - e["z"] ** 2 / A), SQUASH),
    ("at-the-gradient", "is evaluated at dy", lambda e: S * (A - e["dy"] ** 2 / A), SQUASH),
    ("lost-S-inside", "is A S (1 - tanh^2 z): S is missing inside",
     lambda e: A * S * (1 - torch.tanh(e["z"]) ** 2), SQUASH),
    ("division-lost", "is S (A - y^2): the division by A is missing",
     lambda e: S * (A - e["y"] ** 2), SQUASH),
    ("plus-for-minus", "is S (A + y^2 / A)", lambda e: S * (A + e["y"] ** 2 / A), SQUASH),
    ("logistic-derivative", "is y (1 - y), the logistic function's",
     lambda e: e["y"] * (1 - e["y"]), (*SQUASH, *TANH)),
    ("derivative-squared", "is squared", lambda e: (S * (A - e["y"] ** 2 / A)) ** 2, SQUASH),
    ("input-for-output", "is z (1 - z)", lambda e: e["z"] * (1 - e["z"]), LOGISTIC),
    ("factor-lost", "is y: the factor 1 - y is missing", lambda e: e["y"], LOGISTIC),
    ("plus-for-minus", "is y (1 + y)", lambda e: e["y"] * (1 + e["y"]), LOGISTIC),
    ("input-for-output", "is 1 - z^2", lambda e: 1 - e["z"] ** 2, TANH),
    ("square-lost", "is 1 - y: the square is missing", lambda e: 1 - e["y"], TANH),
    ("plus-for-minus", "is 1 + y^2", lambda e: 1 + e["y"] ** 2, TANH),
)  # fmt: skip

DZ = (
    Entry("relu'(0)", f"differs only where z is exactly 0: passes dy there; {KINK}",
          partial(where_zero, value=1.0)),
    Entry("relu'(0)", f"differs only where z is exactly 0: passes dy / 2 there; {KINK}",
          partial(where_zero, value=0.5)),
    Entry("not-applied", "equals dy: the derivative of the activation is missing",
          lambda e: e["dy"] if e.spec.activation != "identity" else NOTHING),
    Entry("upstream-ignored", "is the derivative alone, dy is not multiplied in",
          lambda e: alone(e) if e.spec.activation != "identity" else NOTHING),
    *(
        Entry(name, f"has a derivative that {text}; {PRIME.get(names, 'see its equation')}",
              partial(times, derivative=derivative, names=names))
        for name, text, derivative, names in DERIVATIVES
    ),
)  # fmt: skip

ALTERNATIVES = {"activation.y": Y, "activation.dz": DZ}
