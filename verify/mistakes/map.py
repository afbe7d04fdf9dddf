"""Mistaken formulas of the maximum a posteriori criterion of 1998 (eq. 9)."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from verify.mistakes.guards import apart, visible
from verify.mistakes.labels import one_hot, own, shifted, targets
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle.map import with_rubbish


def penalty(e: Situation, j: float) -> Tensor:
    """ln(e^-j + sum_i e^-y_i), (P,)."""
    return torch.logsumexp(with_rubbish(e["x"], j), dim=1)


def exponents(e: Situation, y: Tensor, j: float) -> Tensor:
    """Logits of the classes and the rubbish class at j, from any -y."""
    return torch.cat([y, y.new_full((len(y), 1), -j)], dim=1)


def rivals(e: Situation) -> Tensor:
    """-y with the right class taken out."""
    return torch.where(targets(e) > 0, -torch.inf, -e["x"])


def probabilities(e: Situation, y: Tensor, j: float) -> Tensor:
    """p of the classes for any -y and j."""
    return torch.softmax(exponents(e, y, j), dim=1)[:, :-1]


def right(e: Situation) -> Tensor:
    """p of eq. 9."""
    return probabilities(e, -e["x"], float(e.spec.j))


def gradient(e: Situation, p: Tensor) -> Tensor:
    """(Y - p) / P."""
    return (targets(e) - p) / e.batch


def seen(entry: Mistake) -> Mistake:
    """The entry, silent where its result is too small to be told from zero."""
    return replace(entry, formula=lambda e: visible(e, entry.formula(e)))


def mislabelled(e: Situation, by: int, extra: int = 0) -> Tensor:
    """The loss of labels off by one, wrapping among the classes, or with the rubbish class."""
    logits = with_rubbish(e["x"], float(e.spec.j))
    labels = (e.labels + by) % (e["x"].shape[1] + extra)
    return (penalty(e, e.spec.j) - logits.gather(1, labels[:, None])[:, 0]).mean()


EQ9 = "eq. 9 is (1/P) sum of y_D + ln(e^-j + sum_i e^-y_i)"
DATA = (
    Mistake("times-N", f"is summed over the batch: 1/P is missing; {EQ9}", "field notes B10",
            lambda e: apart(e, (own(e) + penalty(e, e.spec.j)).sum())),
    Mistake("over-N", f"is divided by P twice; {EQ9}", "field notes B10",
            lambda e: apart(e, (own(e) + penalty(e, e.spec.j)).mean() / e.batch)),
    Mistake("sign", f"has the wrong sign; {EQ9}", "field notes B15",
            lambda e: -(own(e) + penalty(e, e.spec.j)).mean()),
    Mistake("minus-penalty", f"subtracts the competitive term, or has e^+j in it; {EQ9}",
            "sign slip", lambda e: (own(e) - penalty(e, e.spec.j)).mean()),
    Mistake("no-label-term", f"lacks y_D; {EQ9}", "field notes B9",
            lambda e: penalty(e, e.spec.j).mean()),
    Mistake("label-subtracted", f"subtracts y_D; {EQ9}", "sign slip",
            lambda e: (penalty(e, e.spec.j) - own(e)).mean()),
    Mistake("no-competition", f"is y_D alone (eq. 8), or the competitive term lacks its ln; {EQ9}",
            "field notes B9", lambda e: own(e).mean()),
    Mistake("no-log", f"lacks the logarithm of the competitive term; {EQ9}", "field notes B9",
            lambda e: (own(e) + penalty(e, e.spec.j).exp()).mean()),
    Mistake("no-rubbish", f"lacks e^-j, the rubbish class; {EQ9}", "field notes B9",
            lambda e: (own(e) + penalty(e, torch.inf)).mean()),
    Mistake("plus-j", f"has e^+j for e^-j; {EQ9}", "field notes B9",
            lambda e: (own(e) + penalty(e, -e.spec.j)).mean()),
    Mistake("plain-j", f"has j for e^-j; {EQ9}", "field notes B9",
            lambda e: (own(e) + penalty(e, -math.log(e.spec.j))).mean()),
    Mistake("rubbish-per-class", f"adds e^-j once for every class; {EQ9}, once", "parenthesis slip",
            lambda e: (own(e) + penalty(e, e.spec.j - math.log(e["x"].shape[1]))).mean()),
    Mistake("rubbish-only", f"has e^-j alone: the sum over the classes is missing; {EQ9}",
            "field notes B9", lambda e: (own(e) - e.spec.j).mean()),
    Mistake("rivals-only", f"sums over i != D only; {EQ9}, i over all classes", "field notes B9",
            lambda e: (own(e) + torch.logsumexp(exponents(e, rivals(e), e.spec.j), 1)).mean()),
    Mistake("half-distance", f"has y_D / 2; {EQ9}", "field notes B5",
            lambda e: (own(e) / 2 + penalty(e, e.spec.j)).mean()),
    Mistake("labels-ignored", f"uses the nearest class for the label; {EQ9}", "field notes B4",
            lambda e: (e["x"].amin(1) + penalty(e, e.spec.j)).mean()),
    Mistake("labels-shifted:after", f"uses the class after the label; {EQ9}", "off by one",
            partial(mislabelled, by=1)),
    Mistake("labels-shifted:before", f"uses the class before the label; {EQ9}", "off by one",
            partial(mislabelled, by=-1)),
    *(Mistake(f"labels-shifted:{by}",
              f"counts classes off by one, some label is the rubbish; {EQ9}", "off by one",
              partial(mislabelled, by=by, extra=1)) for by in (1, -1)),
)  # fmt: skip

P = "right: p_i = e^-y_i / (e^-j + sum_k e^-y_k)"
PROBS = (
    Mistake("no-rubbish", f"lacks e^-j, so that rows sum to 1; {P}", "field notes B9",
            lambda e: torch.softmax(-e["x"], dim=1)),
    Mistake("plus-j", f"has e^+j for e^-j; {P}", "field notes B9",
            lambda e: probabilities(e, -e["x"], -e.spec.j)),
    Mistake("plain-j", f"has j for e^-j; {P}", "field notes B9",
            lambda e: probabilities(e, -e["x"], -math.log(e.spec.j))),
    Mistake("rubbish-per-class", f"has e^-j once for every class; {P}", "parenthesis slip",
            lambda e: probabilities(e, -e["x"], e.spec.j - math.log(e["x"].shape[1]))),
    Mistake("rubbish-in-row:first", f"starts with the rubbish class: columns are off by one; {P}",
            "off by one",
            lambda e: torch.softmax(exponents(e, -e["x"], e.spec.j).roll(1, 1), 1)[:, :-1]),
    Mistake("rubbish-in-row:last", f"ends with the rubbish class: the first is cut off; {P}",
            "off by one", lambda e: torch.softmax(exponents(e, -e["x"], e.spec.j), 1)[:, 1:]),
    Mistake("negated", f"has e^+y for e^-y: distances taken for scores; {P}", "field notes B4",
            lambda e: probabilities(e, e["x"], e.spec.j)),
    Mistake("normalised-over-batch", f"is normalised over the whole batch; {P}", "field notes B13",
            lambda e: exponents(e, -e["x"], e.spec.j).flatten().softmax(0).reshape(
                len(e["x"]), -1)[:, :-1]),
    Mistake("softmax-over-batch", f"is normalised down the columns (axis 0); {P}",
            "field notes B13", lambda e: torch.softmax(exponents(e, -e["x"], e.spec.j), 0)[:, :-1]),
    Mistake("half-distance", f"has e^(-y/2) for e^-y; {P}", "field notes B5",
            lambda e: probabilities(e, -e["x"] / 2, e.spec.j)),
    Mistake("not-squared", f"has e^-sqrt(y) for e^-y; {P}", "eq. 7",
            lambda e: probabilities(e, -e["x"].sqrt(), e.spec.j)),
    Mistake("overwritten:difference",
            "equals Y - p: the gradient was computed in place on the cached array",
            "field notes B19", lambda e: targets(e) - right(e)),
    Mistake("overwritten:gradient",
            "equals (Y - p) / P: the gradient was computed in place on the cache",
            "field notes B19", lambda e: gradient(e, right(e))),
)  # fmt: skip

DX = "right: (Y - p) / P"
GRADIENT = (
    Mistake("times-N", f"lacks 1/P; {DX}", "field notes B10",
            lambda e: apart(e, targets(e) - right(e))),
    Mistake("over-N", f"has 1/P twice; {DX}", "field notes B10",
            lambda e: apart(e, gradient(e, right(e)) / e.batch)),
    Mistake("sign", f"is (p - Y) / P, right for scores (modern) only; {DX}", "field notes B15",
            lambda e: -gradient(e, right(e))),
    Mistake("no-competition", f"is Y / P, eq. 8's: the competitive term is missing; {DX}",
            "field notes B9", lambda e: targets(e) / e.batch),
    Mistake("plus-probabilities", f"is (Y + p) / P; {DX}", "sign slip",
            lambda e: gradient(e, -right(e))),
    Mistake("no-targets", f"is -p / P: Y is missing; {DX}", "field notes B9",
            lambda e: -right(e) / e.batch),
    Mistake("rivals-only", f"leaves i = D out of the sum; {DX}, i over all classes",
            "field notes B9", lambda e: gradient(e, probabilities(e, rivals(e), e.spec.j))),
    Mistake("right-class-only", f"holds for the right class only; {DX}, at every class",
            "field notes B9", lambda e: gradient(e, right(e)) * targets(e)),
    Mistake("no-rubbish", f"has p without e^-j; {DX}", "field notes B9",
            lambda e: gradient(e, torch.softmax(-e["x"], 1))),
    Mistake("labels-ignored", f"uses the nearest class for the label; {DX}", "field notes B4",
            lambda e: (one_hot(e, e["x"].argmin(1)) - right(e)) / e.batch),
    Mistake("labels-shifted:after", f"uses the class after the label; {DX}", "off by one",
            lambda e: (one_hot(e, shifted(e, 1)) - right(e)) / e.batch),
    Mistake("labels-shifted:before", f"uses the class before the label; {DX}", "off by one",
            lambda e: (one_hot(e, shifted(e, -1)) - right(e)) / e.batch),
    Mistake("follows-from-probs", f"is (Y - p) / P of this layer's probs, which is wrong; {DX}",
            "consequence", lambda e: gradient(e, e["probs"])),
    Mistake("diagonal", f"is multiplied by p (1 - p), softmax's derivative a second time; {DX}",
            "field notes B17", lambda e: gradient(e, right(e)) * right(e) * (1 - right(e))),
)  # fmt: skip

MISTAKES = {"map.probs": tuple(map(seen, PROBS)), "map.data": DATA, "map.dx": GRADIENT}
