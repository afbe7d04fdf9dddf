"""Mistaken formulas of the squared error of one-hot targets, on outputs and on their softmax."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING, apart, unless_two
from verify.mistakes.labels import one_hot, shifted, signed, targets
from verify.mistakes.mistake import Formula, Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.softmax import PROBS, minus, softmax

Right = Callable[[Situation, Tensor], Tensor]
"""The loss or its gradient for some targets."""


def compared(e: Situation) -> Tensor:
    """What is held against the targets: outputs or probabilities."""
    return softmax(e) if e.spec.on == "softmax" else e["x"]


def classes_of(e: Situation) -> int:
    """K."""
    return e["x"].shape[1]


def is_mean(e: Situation) -> bool:
    """1/N belongs into it."""
    return bool((e.spec.gradient if e.step.symbol == "dx" else e.spec.reduction) == "mean")


def weight(e: Situation) -> float:
    """Of a square, 1/N included where it belongs."""
    return float(e.spec.weight(classes_of(e))) / (e.batch if is_mean(e) else 1)


def loss(e: Situation, Y: Tensor) -> Tensor:
    """The loss for these targets."""
    return weight(e) * (compared(e) - Y).square().sum()


def slope(e: Situation) -> Tensor:
    """The gradient at what is compared, 2c (p - Y) / N."""
    return 2 * weight(e) * (compared(e) - targets(e))


def through(p: Tensor, dp: Tensor) -> Tensor:
    """dp times softmax's Jacobian diag(p) - p p^T."""
    return p * (dp - (dp * p).sum(dim=1, keepdim=True))


def gradient(e: Situation, Y: Tensor) -> Tensor:
    """The gradient at the outputs for these targets."""
    dp = 2 * weight(e) * (compared(e) - Y)
    return through(softmax(e), dp) if e.spec.on == "softmax" else dp


def only(on: str, formula: Formula) -> Formula:
    """A mistake that can be made on outputs, or on their softmax, alone."""
    return lambda e: formula(e) if e.spec.on == on else NOTHING


def halved(right: Right, half: bool, factor: float) -> Formula:
    """The right result times a factor, where the loss has (not) its 1/2."""

    def formula(e: Situation) -> Tensor:
        wrong = unless_two(e, factor * right(e, targets(e)))
        return wrong if e.spec.half == half and classes_of(e) != 2 else NOTHING

    return formula


def over_classes(right: Right, classes: str, power: int) -> Formula:
    """The right result times a power of K, where the classes are summed or averaged.  Of two
    classes nobody can tell it from a 1/2: the general list of factors must speak."""

    def formula(e: Situation) -> Tensor:
        k = classes_of(e)
        wrong = float(k) ** power * right(e, targets(e))
        return wrong if e.spec.classes == classes and k != 2 else NOTHING

    return formula


def common(right: Right, text: str) -> tuple[Mistake, ...]:
    """What is taken wrongly in the loss and in its gradient alike; text: what is right.  Factors of
    the classes stand first: where N is K, N is named beside K by whoever compares."""
    return (
        Mistake("classes-summed", f"is summed over the classes, not averaged; {text}",
                "field notes B6", over_classes(right, "mean", 1)),
        Mistake("classes-averaged", f"is averaged over the classes, not summed; {text}",
                "field notes B6", over_classes(right, "sum", -1)),
        Mistake("classes-averaged-twice", f"is divided by the number of classes twice; {text}",
                "experience", over_classes(right, "mean", -1)),
        Mistake("half-forgotten", f"lacks the 1/2 of this loss; {text}", "field notes B5",
                halved(right, True, 2.0)),
        Mistake("half-added", f"has a 1/2 that this loss has not; {text}", "field notes B5",
                halved(right, False, 0.5)),
        Mistake("times-N", f"is summed over the batch: 1/N is missing; {text}", "field notes B10",
                lambda e: apart(e, right(e, targets(e)) * e.batch) if is_mean(e) else NOTHING),
        Mistake("over-N", f"is divided by N twice; {text}", "field notes B10",
                lambda e: apart(e, right(e, targets(e)) / e.batch) if is_mean(e) else NOTHING),
        Mistake("sign", f"has the wrong sign, Y - p for p - Y; {text}", "field notes B15",
                lambda e: -right(e, targets(e))),
        Mistake("targets-signed", f"has targets of -1 and +1; {text}, Y of 0 and 1", "experience",
                lambda e: right(e, signed(e))),
        Mistake("no-targets", f"lacks Y; {text}", "experience",
                lambda e: right(e, torch.zeros_like(targets(e)))),
        Mistake("labels-ignored", f"uses the most probable class for the label; {text}",
                "experience", lambda e: right(e, one_hot(e, e["x"].argmax(1)))),
        Mistake("labels-shifted:after", f"uses the class after the label; {text}", "off by one",
                lambda e: right(e, one_hot(e, shifted(e, 1)))),
        Mistake("labels-shifted:before", f"uses the class before the label; {text}", "off by one",
                lambda e: right(e, one_hot(e, shifted(e, -1)))),
    )  # fmt: skip


E = "right: c/N times the sum of (p - Y)^2"
DATA = (
    *common(loss, E),
    Mistake("softmax-missing", f"is of the outputs, not of their softmax; {E}", "experience",
            only("softmax", lambda e: weight(e) * (e["x"] - targets(e)).square().sum())),
    Mistake("softmax-added", f"is of the softmax of the outputs; {E}, of the outputs", "experience",
            only("outputs", lambda e: weight(e) * (softmax(e) - targets(e)).square().sum())),
    Mistake("cross-entropy", f"is the cross-entropy; {E}", "field notes B6",
            lambda e: F.cross_entropy(e["x"], e.labels)),
    Mistake("not-squared", f"sums moduli, not squares; {E}", "experience",
            lambda e: weight(e) * (compared(e) - targets(e)).abs().sum()),
    Mistake("root", f"averages distances, not their squares; {E}", "experience",
            lambda e: (compared(e) - targets(e)).norm(dim=1).mean()),
    Mistake("right-class-only", f"holds the right class only; {E}, over all classes", "experience",
            lambda e: weight(e) * ((compared(e) - targets(e)) * targets(e)).square().sum()),
)  # fmt: skip

J = "softmax's Jacobian is diag(p) - p p^T"
DX = "right: 2c (p - Y) / N, times the Jacobian where p is a softmax"
GRADIENT = (
    *common(gradient, DX),
    Mistake("no-jacobian", f"is 2c (p - Y) / N: the softmax is not differentiated; {J}",
            "field notes B17", only("softmax", slope)),
    Mistake("no-jacobian:cross-entropy",
            f"is (p - Y) / N, the gradient of cross-entropy and not of the squared error; {J}",
            "field notes B17", only("softmax", lambda e: minus(e, targets(e)))),
    Mistake("diagonal", f"has p (1 - p) alone, the Jacobian's diagonal; {J}", "field notes B17",
            only("softmax", lambda e: slope(e) * softmax(e) * (1 - softmax(e)))),
    Mistake("diagonal:p", f"has p alone: the part - p p^T is missing; {J}", "field notes B17",
            only("softmax", lambda e: slope(e) * softmax(e))),
    Mistake("jacobian-sign", f"adds p p^T; {J}", "sign slip",
            only("softmax", lambda e: 2 * slope(e) * softmax(e) - through(softmax(e), slope(e)))),
    Mistake("jacobian-twice", f"goes through the softmax twice; {DX}", "experience",
            only("softmax", lambda e: through(softmax(e), gradient(e, targets(e))))),
    Mistake("softmax-missing", f"is 2c (x - Y) / N, of the outputs; {DX}", "experience",
            only("softmax", lambda e: 2 * weight(e) * (e["x"] - targets(e)))),
    Mistake("softmax-added:cross-entropy",
            f"is (softmax - Y) / N, the gradient of cross-entropy; {DX}", "field notes B6",
            only("outputs", lambda e: minus(e, targets(e)))),
    Mistake("softmax-added", f"is of the softmax of the outputs; {DX}", "experience",
            only("outputs", lambda e: through(
                softmax(e), 2 * weight(e) * (softmax(e) - targets(e))))),
    Mistake("not-squared", f"is the sign of p - Y, of moduli; {DX}", "experience",
            only("outputs", lambda e: weight(e) * (compared(e) - targets(e)).sign())),
    Mistake("right-class-only", f"holds for the right class only; {DX}, at every class",
            "experience", lambda e: gradient(e, targets(e)) * targets(e)),
    Mistake("follows-from-probs", f"follows from this layer's probs, which is wrong; {DX}",
            "consequence", only("softmax", lambda e: through(
                e["probs"], 2 * weight(e) * (e["probs"] - targets(e))))),
)  # fmt: skip

MISTAKES = {
    "squared_error.probs": tuple(m for m in PROBS if m.name != "overwritten:gradient"),
    "squared_error.data": DATA,
    "squared_error.dx": GRADIENT,
}
