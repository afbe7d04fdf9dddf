"""Mistaken formulas of cross-entropy and its gradient through softmax."""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING, apart, finite, unless_two
from verify.mistakes.labels import chosen, one_hot, shifted, targets, weighed
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.softmax import minus, softmax


def surprise(e: Situation) -> Tensor:
    """-ln of the right class's probability, or its mean over smoothed targets, (N,)."""
    return -weighed(e, torch.log_softmax(e["x"], dim=1))


def cross_entropy(e: Situation, x: Tensor, labels: Tensor) -> Tensor:
    """The loss of other logits or labels."""
    return F.cross_entropy(x, labels, label_smoothing=e.spec.smoothing)


def squares(e: Situation) -> Tensor:
    """Sum of (probs - Y)^2."""
    return (softmax(e) - targets(e)).square().sum()


def padded_gradient(e: Situation, extra: float) -> Tensor:
    """(probs - Y) / N of the mean of -ln (probs + extra)."""
    if e.spec.smoothing:
        return NOTHING
    p = chosen(e, softmax(e))
    return minus(e, targets(e)) * (p / (p + extra))[:, None]


def gradient_of_mse(e: Situation) -> Tensor:
    """The gradient of the mean of (probs - Y)^2 through softmax."""
    x = e["x"].detach().requires_grad_()
    loss = (torch.softmax(x, dim=1) - targets(e)).square().sum() / len(x)
    return torch.autograd.grad(loss, x)[0]


def clipped(e: Situation, least: float) -> Tensor:
    """Mean of -ln max(probs, least)."""
    return -weighed(e, softmax(e).clamp(min=least).log()).mean()


def padded(e: Situation, extra: float) -> Tensor:
    """Mean of -ln (probs + extra)."""
    return -weighed(e, (softmax(e) + extra).log()).mean()


def mislabelled(e: Situation, by: int) -> Tensor:
    """The loss of other labels, off by one."""
    return cross_entropy(e, e["x"], shifted(e, by))


def one_pattern(e: Situation, pattern: int) -> Tensor:
    """The gradient of one pattern, zero elsewhere."""
    found = torch.zeros_like(e.oracle)
    found[pattern] = e.oracle[pattern]
    return found


LEAST = (*(10.0**-k for k in range(15, 2, -1)), 2.0**-23)
TINY = (*(10.0**-k for k in range(20, 15, -1)), 2.0**-52)
"""Epsilons that people add; in one number another could only be fitted, and never refuted."""
DATA = "right: -(1/N) sum of ln probs[label]"
LOSS = (
    Mistake("times-N", f"is summed over the batch: 1/N is missing; {DATA} (erratum S14)",
            "erratum S14; field notes B10", lambda e: apart(e, surprise(e).sum())),
    Mistake("over-N", f"is divided by N twice; {DATA}", "field notes B10",
            lambda e: apart(e, surprise(e).mean() / e.batch)),
    Mistake("over-K", f"is averaged over N K elements; {DATA}", "experience",
            lambda e: surprise(e).mean() / e["x"].shape[1]),
    Mistake("sign", f"has the wrong sign; {DATA} (erratum S14)", "erratum S14",
            lambda e: -surprise(e).mean()),
    Mistake("base-two", f"has log2 for ln; {DATA}", "experience",
            lambda e: surprise(e).mean() / math.log(2)),
    Mistake("base-ten", f"has log10 for ln; {DATA}", "experience",
            lambda e: surprise(e).mean() / math.log(10)),
    Mistake("no-log", f"averages -probs[label]: ln is missing; {DATA}", "experience",
            lambda e: -weighed(e, softmax(e)).mean()),
    Mistake("softmax-twice", f"takes softmax of softmax; {DATA}", "field notes B14",
            lambda e: cross_entropy(e, softmax(e), e.labels)),
    Mistake("binary", f"adds -ln(1 - probs) of the other classes; {DATA}", "experience",
            lambda e: F.binary_cross_entropy(softmax(e), targets(e), reduction="sum") / e.batch),
    Mistake("squared-error:sum", f"is the mean squared error of probs; {DATA}", "field notes B6",
            lambda e: (softmax(e) - targets(e)).square().sum() / e.batch),
    Mistake("squared-error:mean", f"is the mean squared error of probs over N K elements; {DATA}",
            "field notes B6", lambda e: (softmax(e) - targets(e)).square().mean()),
    Mistake("squared-error:half", f"is half the squared error of probs, over N; {DATA}",
            "field notes B5, B6", lambda e: squares(e) / 2 / e.batch),
    Mistake("squared-error:half-mean", f"is half the squared error of probs, over N K; {DATA}",
            "field notes B5, B6", lambda e: squares(e) / 2 / e["x"].numel()),
    Mistake("squared-error:whole", f"is the squared error of probs, summed; {DATA}",
            "field notes B6, B10", lambda e: apart(e, squares(e))),
    Mistake("squared-error:half-whole", f"is half the squared error of probs, summed; {DATA}",
            "field notes B5, B6", lambda e: apart(e, squares(e) / 2)),
    Mistake("log-of-mean", f"is -ln of the mean of probs[label]; {DATA}, ln first",
            "parenthesis slip", lambda e: finite(-weighed(e, softmax(e)).mean().log())),
    Mistake("all-classes", f"averages -ln probs over all classes; {DATA}", "experience",
            lambda e: -torch.log_softmax(e["x"], 1).sum() / e.batch),
    Mistake("no-normaliser", f"is the mean of -x[label]: ln sum exp(x) is missing; {DATA}",
            "experience", lambda e: -weighed(e, e["x"]).mean()),
    Mistake("maximum-kept:lacking",
            f"lacks the row's maximum once, subtracted in one of two places; {DATA}", "erratum S32",
            lambda e: (surprise(e) - e["x"].amax(1)).mean()),
    Mistake("maximum-kept:twice", f"has the row's maximum once too often; {DATA}", "erratum S32",
            lambda e: (surprise(e) + e["x"].amax(1)).mean()),
    Mistake("labels-ignored", f"uses the most probable class for the label; {DATA}", "experience",
            lambda e: cross_entropy(e, e["x"], e["x"].argmax(1))),
    Mistake("labels-shifted:after", f"uses the class after the label; {DATA}", "off by one",
            partial(mislabelled, by=1)),
    Mistake("labels-shifted:before", f"uses the class before the label; {DATA}", "off by one",
            partial(mislabelled, by=-1)),
    *(Mistake(f"clipped:{least:g}", f"clips probs at {least:g}, or adds it; {DATA}, from the "
              "logits", "field notes B18", partial(clipped, least=least)) for least in LEAST),
    *(Mistake(f"padded:{extra:g}", f"adds {extra:g} inside the logarithm; {DATA}, from the logits",
              "field notes B18", partial(padded, extra=extra)) for extra in LEAST),
    *(Mistake(f"padded:{extra:g}", f"adds {extra:g} inside the logarithm, or clips probs at it; "
              f"{DATA}, from the logits", "field notes B18", partial(padded, extra=extra))
      for extra in TINY),
)  # fmt: skip

DX = "right: (probs - Y) / N"
GRADIENT = (
    Mistake("times-N", f"lacks 1/N; {DX} (errata S14, S15)", "erratum S15; field notes C33",
            lambda e: apart(e, minus(e, targets(e)) * e.batch)),
    Mistake("over-N", f"has 1/N twice; {DX}", "field notes B10",
            lambda e: apart(e, minus(e, targets(e)) / e.batch)),
    Mistake("over-K", f"is averaged over N K elements; {DX}", "experience",
            lambda e: minus(e, targets(e)) / e["x"].shape[1]),
    Mistake("sign", f"is (Y - probs) / N, so that a step ascends; {DX}", "field notes B15",
            lambda e: -minus(e, targets(e))),
    Mistake("no-probabilities", f"is -Y / N: probs is missing; {DX}", "experience",
            lambda e: -targets(e) / e.batch),
    Mistake("diagonal:alone", f"takes softmax's Jacobian as diagonal, -(1 - p) Y / N; {DX}",
            "field notes B17", lambda e: (softmax(e) - 1) * targets(e) / e.batch),
    Mistake("diagonal:again",
            f"is multiplied by p (1 - p), softmax's derivative a second time; {DX}",
            "field notes B17", lambda e: minus(e, targets(e)) * softmax(e) * (1 - softmax(e))),
    Mistake("no-jacobian", f"is -Y / (p N), the gradient at probs: softmax is skipped; {DX}",
            "field notes B17", lambda e: finite(-targets(e) / softmax(e) / e.batch)),
    Mistake("no-targets", f"is probs / N: Y is missing; {DX}", "experience",
            lambda e: softmax(e) / e.batch),
    Mistake("plus-targets", f"is (probs + Y) / N; {DX}", "sign slip",
            lambda e: minus(e, -targets(e))),
    Mistake("logits", f"is (x - Y) / N, of logits: softmax is missing; {DX}", "field notes B14",
            lambda e: (e["x"] - targets(e)) / e.batch),
    Mistake("squared-error:softmax", f"is the gradient of the mean squared error; {DX}",
            "field notes B6", gradient_of_mse),
    *(Mistake(f"squared-error:softmax-{name}", f"is the gradient of {text}; {DX}",
              "field notes B5, B6", lambda e, part=part: part(e) * gradient_of_mse(e))  # type: ignore[misc]
      for name, text, part in (
          ("half", "half the squared error of probs, over N", lambda e: 1 / 2),
          ("mean", "the squared error of probs, over N K", lambda e: 1 / e["x"].shape[1]),
          ("whole", "the squared error of probs, summed", lambda e: e.batch),
          ("half-whole", "half the squared error of probs, summed", lambda e: e.batch / 2))),
    *(Mistake(f"padded:{extra:g}", f"has {extra:g} added inside the logarithm; {DX}",
              "field notes B18", partial(padded_gradient, extra=extra))
      for extra in (2.0**-52, *LEAST)),
    Mistake("squared-error:doubled", f"is 2 (probs - Y) / N, of a squared error; {DX}",
            "field notes B6", lambda e: unless_two(e, 2 * minus(e, targets(e)))),
    Mistake("labels-shifted:after", f"uses the class after the label; {DX}", "off by one",
            lambda e: minus(e, one_hot(e, shifted(e, 1)))),
    Mistake("labels-shifted:before", f"uses the class before the label; {DX}", "off by one",
            lambda e: minus(e, one_hot(e, shifted(e, -1)))),
    Mistake("labels-ignored", f"uses the most probable class for the label; {DX}", "experience",
            lambda e: minus(e, one_hot(e, e["x"].argmax(1)))),
    Mistake("labels-rolled:before", f"gives each pattern the label of the one before; {DX}",
            "off by one", lambda e: minus(e, one_hot(e, e.labels.roll(1)))),
    Mistake("labels-rolled:after", f"gives each pattern the label of the one after; {DX}",
            "off by one", lambda e: minus(e, one_hot(e, e.labels.roll(-1)))),
    Mistake("follows-from-probs", f"is (probs - Y) / N of this layer's probs, which is wrong; {DX}",
            "consequence", lambda e: (e["probs"] - targets(e)) / e.batch),
    *(Mistake(f"one-pattern:{n}", f"holds pattern {n} alone, the others are zero; {DX}",
              "field notes C5", partial(one_pattern, pattern=n)) for n in (0, -1)),
    Mistake("softmax-twice", f"takes softmax of softmax; {DX}", "field notes B14",
            lambda e: (softmax(e).softmax(1) - targets(e)) / e.batch),
)  # fmt: skip

MISTAKES = {
    "cross_entropy.data": LOSS,
    "cross_entropy.dx": GRADIENT,
}
