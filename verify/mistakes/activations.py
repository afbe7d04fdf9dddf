"""Mistaken activations and derivatives of relu, the squash, the logistic function and tanh."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.specs.layer import function_of, rectified
from verify.mistakes.guards import NOTHING, finite
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle import activation

A, S = 1.7159, 2 / 3
Function = Callable[[Tensor], Tensor]
Derivative = Callable[[Situation], Tensor]


def f(z: Tensor, name: str) -> Tensor:
    """The activation by name."""
    return activation.apply(z, name)


def other(e: Situation, function: Function, names: tuple[str, ...]) -> Tensor:
    """Another function of z where the layer's activation is one of these."""
    name = "relu" if rectified(e.spec) else function_of(e.spec)
    return finite(function(e["z"])) if name in names else NOTHING


def curve(z: Tensor, a: float, s: float) -> Tensor:
    """The squash with other constants."""
    return a * torch.tanh(s * z)


def slope(e: Situation) -> float:
    """What the subject has of z, or of dy, where z is negative: the middle one of all ratios."""
    source = e["z"] if e.step.symbol == "y" else e["dy"]
    known = (e["z"] < 0) & (source != 0)
    return float((e.subject[known] / source[known]).median()) if bool(known.any()) else 0.0


def leaking(e: Situation, part: float) -> Tensor:
    """relu, or dy through it, with a part let through below zero."""
    if e.spec.activation != "relu" or part in (0.0, 1.0):
        return NOTHING
    source = e["z"] if e.step.symbol == "y" else e["dy"]
    return torch.where(e["z"] > 0, source, part * source)


def where_zero(e: Situation, value: float) -> Tensor:
    """relu' at exact zeros, and only there."""
    if e.spec.activation != "relu" or not bool((e["z"] == 0).any()):
        return NOTHING
    return torch.where(e["z"] == 0, value * e["dy"], e.oracle)


def times(e: Situation, derivative: Derivative, names: tuple[str, ...]) -> Tensor:
    """dy times another derivative."""
    return finite(derivative(e) * e["dy"]) if function_of(e.spec) in names else NOTHING


def alone(e: Situation) -> Tensor:
    """f'(z) without dy, on the oracle's own derivative."""
    z = e["z"].detach().requires_grad_()
    return torch.autograd.grad(f(z, e.spec.activation).sum(), z)[0]


RELU, SQUASH, LOGISTIC, TANH = ("relu",), ("squash",), ("logistic",), ("tanh",)
LEAKY, SCALED = ("leaky",), ("scaled_tanh",)
LINEAR = ("identity",)
SMOOTH = (*SQUASH, *LOGISTIC, *TANH, *SCALED)
ALL = (*RELU, *LEAKY, *SMOOTH)
IS = {"relu": "right: max(z, 0)", "squash": "right: y = 1.7159 tanh(2/3 z) (eq. 5, 6)",
      "logistic": "right: 1 / (1 + exp(-z))", "tanh": "right: tanh(z)",
      "identity": "right: y = z"}  # fmt: skip

A8, A9, A10 = "field notes A8", "field notes A9", "field notes A10"
SLIP, KNOWN, FACTS = "sign slip", "experience", "section 1 of the facts"
FUNCTIONS: tuple[tuple[str, str, str, Function, tuple[str, ...]], ...] = (
    ("not-applied", "equals z: the activation is missing", A8, lambda z: z, ALL),
    ("leaky:usual", "lets 1/100 of negative z through", KNOWN, lambda z: F.leaky_relu(z, 0.01),
     RELU),
    ("relu6", "is cut off at 6", KNOWN, F.relu6, RELU),
    ("modulus", "is |z|", KNOWN, torch.abs, RELU),
    ("negative-part", "keeps the negative part", SLIP, lambda z: z.clamp(max=0), RELU),
    ("softplus", "is log(1 + exp z), a smoothed relu", KNOWN, F.softplus, RELU),
    ("elu", "is exp(z) - 1 for negative z", KNOWN, F.elu, (*RELU, *LEAKY)),
    ("another-activation:logistic", "is a logistic function", A10, torch.sigmoid,
     (*RELU, *SQUASH, *TANH, *SCALED)),
    ("another-activation:relu", "is relu", KNOWN, torch.relu, (*SMOOTH, *LEAKY)),
    ("another-activation:squash", "is the squash of the paper", "erratum S11",
     partial(f, name="squash"), (*RELU, *LOGISTIC, *TANH, *SCALED)),
    ("another-activation:tanh", "is plain tanh(z): A and S are missing", A9, torch.tanh,
     (*RELU, *SQUASH, *LOGISTIC, *SCALED)),
    ("lost-S", "is A tanh(z): the slope S = 2/3 is missing", A9,
     lambda z: A * torch.tanh(z), SQUASH),
    ("lost-A", "is tanh(S z): the amplitude A = 1.7159 is missing", A9,
     lambda z: torch.tanh(S * z), SQUASH),
    *((f"rounded-A:{a}", f"uses A = {a}", FACTS, partial(curve, a=a, s=S), SQUASH)
      for a in (1.7, 1.716, 1.72)),
    *((f"rounded-S:{s}", f"uses S = {s}", FACTS, partial(curve, a=A, s=s), SQUASH)
      for s in (0.66, 0.667, 0.6667)),
    ("exchanged-constants", "exchanges A and S", "argument order",
     partial(curve, a=S, s=A), SQUASH),
    ("inverted-slope", "is A tanh(3/2 z): S is inverted", KNOWN,
     partial(curve, a=A, s=1 / S), SQUASH),
    ("applied-twice", "is the squash of the squash", KNOWN,
     lambda z: f(f(z, "squash"), "squash"), SQUASH),
    ("clipped", "is a straight line cut off at A", "ported hardware",
     lambda z: A * (S * z).clamp(-1, 1), SQUASH),
    ("of-a-logistic", "is tanh of a logistic function", KNOWN,
     lambda z: torch.tanh(torch.sigmoid(z)), SMOOTH),
    ("of-a-logistic:squash", "is the squash of a logistic function", KNOWN,
     lambda z: f(torch.sigmoid(z), "squash"), SQUASH),
    ("on-a-linear-layer:relu", "is relu of z; this layer has no activation", KNOWN, torch.relu,
     LINEAR),
    ("on-a-linear-layer:logistic", "is a logistic function of z; this layer has no activation",
     KNOWN, torch.sigmoid, LINEAR),
    ("on-a-linear-layer:tanh", "is tanh of z; this layer has no activation", KNOWN, torch.tanh,
     LINEAR),
    ("on-a-linear-layer:squash", "is the squash of z; this layer has no activation", KNOWN,
     partial(f, name="squash"), LINEAR),
    ("on-a-linear-layer:softmax", "is a softmax of z; this layer has no activation", KNOWN,
     partial(torch.softmax, dim=1), LINEAR),
    ("wrong-exponent", "is 1 / (1 + exp(+z))", "field notes A11",
     lambda z: torch.sigmoid(-z), LOGISTIC),
    ("halved", "is tanh(z / 2), which runs from -1 to 1", KNOWN,
     lambda z: torch.tanh(z / 2), LOGISTIC),
)  # fmt: skip


def sentence(text: str, names: tuple[str, ...]) -> str:
    """The text, with what is right where the layer leaves no doubt."""
    return f"{text}; {IS[names[0]]}" if len(names) == 1 else text


Y = (
    *(
        Mistake(name, sentence(text, names), source, partial(other, function=function, names=names))
        for name, text, source, function, names in FUNCTIONS
    ),
    Mistake("leaky", "lets {} of negative z through; right: max(z, 0)", KNOWN,
            lambda e: leaking(e, slope(e)), partial(leaking, part=0.2), 1, lambda e: slope(e)),
)  # fmt: skip

KINK = "right: relu'(0) = 0"
PRIME: dict[tuple[str, ...], str] = {
    RELU: "right: dz = 1(z > 0) dy",
    SQUASH: "right: dz = S (A - y^2 / A) dy",
    LOGISTIC: "right: dz = y (1 - y) dy",
    TANH: "right: dz = (1 - y^2) dy",
}
TWICE = ": the function is applied a second time"
C21, C23, C25 = "field notes C21", "field notes C23", "field notes C25"
DERIVATIVES: tuple[tuple[str, str, str, Derivative, tuple[str, ...]], ...] = (
    ("leaky:usual", "lets 1/100 of dy through where z <= 0", KNOWN,
     lambda e: (e["z"] > 0).double() * 0.99 + 0.01, RELU),
    ("mask-of-dy", "takes the mask from dy", C21, lambda e: (e["dy"] > 0).double(), RELU),
    ("mask-inverted", "passes dy where z is negative", SLIP,
     lambda e: (e["z"] <= 0).double(), RELU),
    ("mask-of-another-pattern", "takes the masks of the patterns in reverse order", C21,
     lambda e: (e["z"].flip(0) > 0).double(), RELU),
    ("relu-mask", "is 1(z > 0), that of relu", KNOWN, lambda e: (e["z"] > 0).double(),
     (*SMOOTH, *LEAKY)),
    ("relu-mask:linear", "is 1(z > 0), that of relu; this layer has no activation", KNOWN,
     lambda e: (e["z"] > 0).double(), LINEAR),
    ("output-for-derivative", "multiplies by the output", C23, lambda e: e["y"], RELU),
    ("sign-function", "multiplies by the sign of z", KNOWN, lambda e: e["z"].sign(), RELU),
    ("1-minus-y^2", "is 1 - y^2 of the scaled output", C25, lambda e: 1 - e["y"] ** 2,
     (*SQUASH, *LOGISTIC, *SCALED)),
    ("input-for-output:squash", "is evaluated at z where y belongs", C23,
     lambda e: S * (A - e["z"] ** 2 / A), SQUASH),
    ("at-the-gradient", "is evaluated at dy", C25, lambda e: S * (A - e["dy"] ** 2 / A), SQUASH),
    ("lost-S-inside", "is A S (1 - tanh^2 z): S is missing inside", C25,
     lambda e: A * S * (1 - torch.tanh(e["z"]) ** 2), SQUASH),
    ("division-lost", "is S (A - y^2): the division by A is missing", C25,
     lambda e: S * (A - e["y"] ** 2), SQUASH),
    ("plus-for-minus:squash", "is S (A + y^2 / A)", SLIP,
     lambda e: S * (A + e["y"] ** 2 / A), SQUASH),
    ("logistic-derivative", "is y (1 - y), the logistic function's", KNOWN,
     lambda e: e["y"] * (1 - e["y"]), (*SQUASH, *TANH, *SCALED)),
    ("derivative-squared", "is squared", "field notes D3",
     lambda e: (S * (A - e["y"] ** 2 / A)) ** 2, SQUASH),
    ("input-for-output:logistic", "is z (1 - z)", C23, lambda e: e["z"] * (1 - e["z"]), LOGISTIC),
    ("factor-lost", "is y: the factor 1 - y is missing", C25, lambda e: e["y"], LOGISTIC),
    ("plus-for-minus:logistic", "is y (1 + y)", SLIP, lambda e: e["y"] * (1 + e["y"]), LOGISTIC),
    ("input-for-output:tanh", "is 1 - z^2", C23, lambda e: 1 - e["z"] ** 2, TANH),
    ("square-lost", "is 1 - y: the square is missing", C25, lambda e: 1 - e["y"], TANH),
    ("plus-for-minus:tanh", "is 1 + y^2", SLIP, lambda e: 1 + e["y"] ** 2, TANH),
    ("output-for-input:squash", f"is A S (1 - tanh^2(S y)){TWICE}", C25,
     lambda e: A * S * (1 - torch.tanh(S * e["y"]) ** 2), SQUASH),
    ("output-for-input:logistic", f"is f(y) (1 - f(y)) of the output{TWICE}", C25,
     lambda e: torch.sigmoid(e["y"]) * (1 - torch.sigmoid(e["y"])), LOGISTIC),
    ("output-for-input:tanh", f"is 1 - tanh^2(y) of the output{TWICE}", C25,
     lambda e: 1 - torch.tanh(e["y"]) ** 2, TANH),
)  # fmt: skip

DZ = (
    Mistake("relu'(0):1", f"differs only where z is exactly 0: passes dy there; {KINK}",
            "field notes C20; erratum S22", partial(where_zero, value=1.0)),
    Mistake("relu'(0):1/2", f"differs only where z is exactly 0: passes dy / 2 there; {KINK}",
            "field notes C20", partial(where_zero, value=0.5)),
    Mistake("not-applied", "equals dy: the derivative of the activation is missing",
            "field notes C24", lambda e: e["dy"] if e.spec.activation != "identity" else NOTHING),
    Mistake("upstream-ignored", "is the derivative alone, dy is not multiplied in",
            "field notes C24", lambda e: alone(e) if e.spec.activation != "identity" else NOTHING),
    *(
        Mistake(name, f"has a derivative that {text}; {PRIME.get(names, 'see its equation')}",
                source, partial(times, derivative=derivative, names=names))
        for name, text, source, derivative, names in DERIVATIVES
    ),
    Mistake("leaky", "lets {} of dy through where z <= 0; right: dz = 1(z > 0) dy", KNOWN,
            lambda e: leaking(e, slope(e)), partial(leaking, part=0.2), 1, lambda e: slope(e)),
)  # fmt: skip

MISTAKES = {"activation.y": Y, "activation.dz": DZ}
