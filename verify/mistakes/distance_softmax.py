"""Mistaken formulas of cross-entropy over minus the distances."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import apart, finite
from verify.mistakes.labels import one_hot, own, shifted, targets
from verify.mistakes.map import seen
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle.map import with_rubbish


def right(e: Situation) -> Tensor:
    """p_i = e^-y_i / sum_k e^-y_k."""
    return torch.softmax(-e["x"], dim=1)


def rubbish(e: Situation) -> Tensor:
    """p of eq. 9 with a rubbish class at j = 1."""
    return torch.softmax(with_rubbish(e["x"], 1.0), dim=1)[:, :-1]


def penalty(e: Situation) -> Tensor:
    """ln sum_k e^-y_k, (N,)."""
    return torch.logsumexp(-e["x"], dim=1)


def gradient(e: Situation, p: Tensor) -> Tensor:
    """(Y - p) / N."""
    return (targets(e) - p) / e.batch


def of_labels(e: Situation, labels: Tensor) -> Tensor:
    """The loss of other labels."""
    return F.cross_entropy(-e["x"], labels)


def mislabelled(e: Situation, by: int) -> Tensor:
    """The loss of labels off by one."""
    return of_labels(e, shifted(e, by))


P = "right: p_i = e^-y_i / sum of e^-y_k"
PROBS = (
    Mistake("negated", f"is a softmax of +y: distances taken for scores; {P}", "field notes B4",
            lambda e: torch.softmax(e["x"], dim=1)),
    Mistake("softmax-over-batch", f"is normalised down the columns (axis 0), over the batch; {P}",
            "field notes B13", lambda e: torch.softmax(-e["x"], dim=0)),
    Mistake("normalised-over-batch", f"is normalised over the whole batch; {P}", "field notes B13",
            lambda e: torch.softmax(-e["x"].flatten(), 0).reshape(e["x"].shape)),
    Mistake("not-normalised", f"is e^-y, not normalised; {P}", "experience",
            lambda e: finite((-e["x"]).exp())),
    Mistake("rubbish", f"has a rubbish class at j = 1, as in eq. 9; {P}", "eq. 9", rubbish),
    Mistake("half-distance", f"has e^(-y/2) for e^-y; {P}", "field notes B5",
            lambda e: torch.softmax(-e["x"] / 2, dim=1)),
    Mistake("not-squared", f"has e^-sqrt(y) for e^-y; {P}", "eq. 7",
            lambda e: finite(torch.softmax(-e["x"].sqrt(), dim=1))),
    Mistake("inverse", f"is 1/y, normalised: the exponential is missing; {P}", "experience",
            lambda e: finite(1 / e["x"] / (1 / e["x"]).sum(dim=1, keepdim=True))),
    Mistake("log-probs", "is ln probs; probs is not its logarithm", "experience",
            lambda e: torch.log_softmax(-e["x"], dim=1)),
    Mistake("softmax-twice", f"is a softmax of the softmax; {P}", "field notes B14",
            lambda e: right(e).softmax(1)),
    Mistake("overwritten:difference",
            "equals Y - p: the gradient was computed in place on the cached array",
            "field notes B19", lambda e: targets(e) - right(e)),
    Mistake("overwritten:gradient",
            "equals (Y - p) / N: the gradient was computed in place on the cached array",
            "field notes B19", lambda e: gradient(e, right(e))),
)  # fmt: skip

E = "right: (1/N) sum of y_t + ln sum of e^-y_k"
DATA = (
    Mistake("times-N", f"is summed over the batch: 1/N is missing; {E}", "field notes B10",
            lambda e: apart(e, (own(e) + penalty(e)).sum())),
    Mistake("over-N", f"is divided by N twice; {E}", "field notes B10",
            lambda e: apart(e, (own(e) + penalty(e)).mean() / e.batch)),
    Mistake("sign", f"has the wrong sign; {E}", "field notes B15",
            lambda e: -(own(e) + penalty(e)).mean()),
    Mistake("negated", f"is the cross-entropy of +y: distances taken for scores; {E}",
            "field notes B4", lambda e: F.cross_entropy(e["x"], e.labels)),
    Mistake("no-competition", f"is y_t alone (eq. 8); {E}", "field notes B9",
            lambda e: own(e).mean()),
    Mistake("no-label-term", f"lacks y_t; {E}", "field notes B9", lambda e: penalty(e).mean()),
    Mistake("minus-penalty", f"subtracts the logarithm, or has e^+y in it; {E}", "sign slip",
            lambda e: (own(e) - penalty(e)).mean()),
    Mistake("rubbish", f"has a rubbish class at j = 1, as in eq. 9; {E}", "eq. 9",
            lambda e: (own(e) + torch.logsumexp(with_rubbish(e["x"], 1.0), 1)).mean()),
    Mistake("half-distance", f"has y/2 for y; {E}", "field notes B5",
            lambda e: F.cross_entropy(-e["x"] / 2, e.labels)),
    Mistake("no-log", f"averages -p of the right class: ln is missing; {E}", "experience",
            lambda e: (right(e) * -targets(e)).sum() / e.batch),
    Mistake("labels-ignored", f"uses the nearest class for the label; {E}", "field notes B4",
            lambda e: of_labels(e, e["x"].argmin(1))),
    Mistake("labels-shifted:after", f"uses the class after the label; {E}", "off by one",
            partial(mislabelled, by=1)),
    Mistake("labels-shifted:before", f"uses the class before the label; {E}", "off by one",
            partial(mislabelled, by=-1)),
)  # fmt: skip

DX = "right: (Y - p) / N"
GRADIENT = (
    Mistake("times-N", f"lacks 1/N; {DX}", "field notes B10",
            lambda e: apart(e, targets(e) - right(e))),
    Mistake("over-N", f"has 1/N twice; {DX}", "field notes B10",
            lambda e: apart(e, gradient(e, right(e)) / e.batch)),
    Mistake("sign", f"is (p - Y) / N, right for scores only: the minus of -y is lost; {DX}",
            "field notes B15", lambda e: -gradient(e, right(e))),
    Mistake("negated", f"has p of +y: distances taken for scores; {DX}", "field notes B4",
            lambda e: gradient(e, torch.softmax(e["x"], 1))),
    Mistake("cross-entropy", f"is the gradient of cross-entropy at +y, (softmax(y) - Y) / N; {DX}",
            "field notes B4", lambda e: -gradient(e, torch.softmax(e["x"], 1))),
    Mistake("no-competition", f"is Y / N, eq. 8's: the competitive term is missing; {DX}",
            "field notes B9", lambda e: targets(e) / e.batch),
    Mistake("no-targets", f"is -p / N: Y is missing; {DX}", "field notes B9",
            lambda e: -right(e) / e.batch),
    Mistake("plus-probabilities", f"is (Y + p) / N; {DX}", "sign slip",
            lambda e: gradient(e, -right(e))),
    Mistake("right-class-only", f"holds for the right class only; {DX}, at every class",
            "field notes B9", lambda e: gradient(e, right(e)) * targets(e)),
    Mistake("rubbish", f"has a rubbish class at j = 1, as in eq. 9; {DX}", "eq. 9",
            lambda e: gradient(e, rubbish(e))),
    Mistake("diagonal", f"is multiplied by p (1 - p), softmax's derivative a second time; {DX}",
            "field notes B17", lambda e: gradient(e, right(e)) * right(e) * (1 - right(e))),
    Mistake("labels-ignored", f"uses the nearest class for the label; {DX}", "field notes B4",
            lambda e: (one_hot(e, e["x"].argmin(1)) - right(e)) / e.batch),
    Mistake("labels-shifted:after", f"uses the class after the label; {DX}", "off by one",
            lambda e: (one_hot(e, shifted(e, 1)) - right(e)) / e.batch),
    Mistake("labels-shifted:before", f"uses the class before the label; {DX}", "off by one",
            lambda e: (one_hot(e, shifted(e, -1)) - right(e)) / e.batch),
    Mistake("follows-from-probs", f"is (Y - p) / N of this layer's probs, which is wrong; {DX}",
            "consequence", lambda e: gradient(e, e["probs"])),
)  # fmt: skip

MISTAKES = {
    "distance_softmax.probs": tuple(map(seen, PROBS)),
    "distance_softmax.data": DATA,
    "distance_softmax.dx": GRADIENT,
}
