"""Mistaken formulas of the maximum a posteriori criterion of 1998 (eq. 9)."""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import Tensor

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import apart, visible
from verify.mistakes.alternatives.labels import one_hot, own, shifted, targets
from verify.mistakes.hypothesis import Evidence
from verify.oracle.map import with_rubbish


def penalty(e: Evidence, j: float) -> Tensor:
    """ln(e^-j + sum_i e^-y_i), (P,)."""
    return torch.logsumexp(with_rubbish(e["x"], j), dim=1)


def exponents(e: Evidence, y: Tensor, j: float) -> Tensor:
    """Logits of the classes and the rubbish class at j, from any -y."""
    return torch.cat([y, y.new_full((len(y), 1), -j)], dim=1)


def rivals(e: Evidence) -> Tensor:
    """-y with the right class taken out."""
    return torch.where(targets(e) > 0, -torch.inf, -e["x"])


def probabilities(e: Evidence, y: Tensor, j: float) -> Tensor:
    """p of the classes for any -y and j."""
    return torch.softmax(exponents(e, y, j), dim=1)[:, :-1]


def right(e: Evidence) -> Tensor:
    """p of eq. 9."""
    return probabilities(e, -e["x"], float(e.spec.j))


def gradient(e: Evidence, p: Tensor) -> Tensor:
    """(Y - p) / P."""
    return (targets(e) - p) / e.batch


def seen(entry: Entry) -> Entry:
    """The entry, silent where its result is too small to be told from zero."""
    return entry._replace(formula=lambda e: visible(e, entry.formula(e)))


def mislabelled(e: Evidence, by: int, extra: int = 0) -> Tensor:
    """The loss of labels off by one, wrapping among the classes, or with the rubbish class."""
    logits = with_rubbish(e["x"], float(e.spec.j))
    labels = (e.labels + by) % (e["x"].shape[1] + extra)
    return (penalty(e, e.spec.j) - logits.gather(1, labels[:, None])[:, 0]).mean()


EQ9 = "eq. 9 is (1/P) sum of y_D + ln(e^-j + sum_i e^-y_i)"
DATA = (
    Entry("times-N", f"is summed over the batch: 1/P is missing; {EQ9}",
          lambda e: apart(e, (own(e) + penalty(e, e.spec.j)).sum())),
    Entry("over-N", f"is divided by P twice; {EQ9}",
          lambda e: apart(e, (own(e) + penalty(e, e.spec.j)).mean() / e.batch)),
    Entry("sign", f"has the wrong sign; {EQ9}", lambda e: -(own(e) + penalty(e, e.spec.j)).mean()),
    Entry("minus-penalty", f"subtracts the competitive term, or has e^+j in it; {EQ9}",
          lambda e: (own(e) - penalty(e, e.spec.j)).mean()),
    Entry("no-label-term", f"lacks y_D; {EQ9}", lambda e: penalty(e, e.spec.j).mean()),
    Entry("label-subtracted", f"subtracts y_D; {EQ9}",
          lambda e: (penalty(e, e.spec.j) - own(e)).mean()),
    Entry("no-competition", f"is y_D alone (eq. 8), or the competitive term lacks its ln; {EQ9}",
          lambda e: own(e).mean()),
    Entry("no-log", f"lacks the logarithm of the competitive term; {EQ9}",
          lambda e: (own(e) + penalty(e, e.spec.j).exp()).mean()),
    Entry("no-rubbish", f"lacks e^-j, the rubbish class; {EQ9}",
          lambda e: (own(e) + penalty(e, torch.inf)).mean()),
    Entry("plus-j", f"has e^+j for e^-j; {EQ9}",
          lambda e: (own(e) + penalty(e, -e.spec.j)).mean()),
    Entry("plain-j", f"has j for e^-j; {EQ9}",
          lambda e: (own(e) + penalty(e, -math.log(e.spec.j))).mean()),
    Entry("rubbish-per-class", f"adds e^-j once for every class; {EQ9}, once",
          lambda e: (own(e) + penalty(e, e.spec.j - math.log(e["x"].shape[1]))).mean()),
    Entry("rubbish-only", f"has e^-j alone: the sum over the classes is missing; {EQ9}",
          lambda e: (own(e) - e.spec.j).mean()),
    Entry("rivals-only", f"sums over i != D only; {EQ9}, i over all classes",
          lambda e: (own(e) + torch.logsumexp(exponents(e, rivals(e), e.spec.j), 1)).mean()),
    Entry("half-distance", f"has y_D / 2; {EQ9}",
          lambda e: (own(e) / 2 + penalty(e, e.spec.j)).mean()),
    Entry("labels-ignored", f"uses the nearest class for the label; {EQ9}",
          lambda e: (e["x"].amin(1) + penalty(e, e.spec.j)).mean()),
    Entry("labels-shifted", f"uses the class after the label; {EQ9}", partial(mislabelled, by=1)),
    Entry("labels-shifted", f"uses the class before the label; {EQ9}",
          partial(mislabelled, by=-1)),
    *(Entry("labels-shifted", f"counts classes off by one, some label is the rubbish; {EQ9}",
            partial(mislabelled, by=by, extra=1)) for by in (1, -1)),
)  # fmt: skip

P = "right: p_i = e^-y_i / (e^-j + sum_k e^-y_k)"
PROBS = (
    Entry("no-rubbish", f"lacks e^-j, so that rows sum to 1; {P}",
          lambda e: torch.softmax(-e["x"], dim=1)),
    Entry("plus-j", f"has e^+j for e^-j; {P}",
          lambda e: probabilities(e, -e["x"], -e.spec.j)),
    Entry("plain-j", f"has j for e^-j; {P}",
          lambda e: probabilities(e, -e["x"], -math.log(e.spec.j))),
    Entry("rubbish-per-class", f"has e^-j once for every class; {P}",
          lambda e: probabilities(e, -e["x"], e.spec.j - math.log(e["x"].shape[1]))),
    Entry("rubbish-in-row", f"starts with the rubbish class: columns are off by one; {P}",
          lambda e: torch.softmax(exponents(e, -e["x"], e.spec.j).roll(1, 1), 1)[:, :-1]),
    Entry("rubbish-in-row", f"ends with the rubbish class: the first is cut off; {P}",
          lambda e: torch.softmax(exponents(e, -e["x"], e.spec.j), 1)[:, 1:]),
    Entry("negated", f"has e^+y for e^-y: distances taken for scores; {P}",
          lambda e: probabilities(e, e["x"], e.spec.j)),
    Entry("normalised-over-batch", f"is normalised over the whole batch; {P}",
          lambda e: exponents(e, -e["x"], e.spec.j).flatten().softmax(0).reshape(
              len(e["x"]), -1)[:, :-1]),
    Entry("softmax-over-batch", f"is normalised down the columns (axis 0); {P}",
          lambda e: torch.softmax(exponents(e, -e["x"], e.spec.j), 0)[:, :-1]),
    Entry("half-distance", f"has e^(-y/2) for e^-y; {P}",
          lambda e: probabilities(e, -e["x"] / 2, e.spec.j)),
    Entry("not-squared", f"has e^-sqrt(y) for e^-y; {P}",
          lambda e: probabilities(e, -e["x"].sqrt(), e.spec.j)),
    Entry("overwritten", "equals Y - p: the gradient was computed in place on the cached array",
          lambda e: targets(e) - right(e)),
    Entry("overwritten", "equals (Y - p) / P: the gradient was computed in place on the cache",
          lambda e: gradient(e, right(e))),
)  # fmt: skip

DX = "right: (Y - p) / P"
GRADIENT = (
    Entry("times-N", f"lacks 1/P; {DX}", lambda e: apart(e, targets(e) - right(e))),
    Entry("over-N", f"has 1/P twice; {DX}", lambda e: apart(e, gradient(e, right(e)) / e.batch)),
    Entry("sign", f"is (p - Y) / P, right for scores (modern) only; {DX}",
          lambda e: -gradient(e, right(e))),
    Entry("no-competition", f"is Y / P, eq. 8's: the competitive term is missing; {DX}",
          lambda e: targets(e) / e.batch),
    Entry("plus-probabilities", f"is (Y + p) / P; {DX}", lambda e: gradient(e, -right(e))),
    Entry("no-targets", f"is -p / P: Y is missing; {DX}", lambda e: -right(e) / e.batch),
    Entry("rivals-only", f"leaves i = D out of the sum; {DX}, i over all classes",
          lambda e: gradient(e, probabilities(e, rivals(e), e.spec.j))),
    Entry("right-class-only", f"holds for the right class only; {DX}, at every class",
          lambda e: gradient(e, right(e)) * targets(e)),
    Entry("no-rubbish", f"has p without e^-j; {DX}",
          lambda e: gradient(e, torch.softmax(-e["x"], 1))),
    Entry("labels-ignored", f"uses the nearest class for the label; {DX}",
          lambda e: (one_hot(e, e["x"].argmin(1)) - right(e)) / e.batch),
    Entry("labels-shifted", f"uses the class after the label; {DX}",
          lambda e: (one_hot(e, shifted(e, 1)) - right(e)) / e.batch),
    Entry("labels-shifted", f"uses the class before the label; {DX}",
          lambda e: (one_hot(e, shifted(e, -1)) - right(e)) / e.batch),
    Entry("follows-from-probs", f"is (Y - p) / P of this layer's probs, which is wrong; {DX}",
          lambda e: gradient(e, e["probs"])),
    Entry("diagonal", f"is multiplied by p (1 - p), softmax's derivative a second time; {DX}",
          lambda e: gradient(e, right(e)) * right(e) * (1 - right(e))),
)  # fmt: skip

ALTERNATIVES = {"map.probs": tuple(map(seen, PROBS)), "map.data": DATA, "map.dx": GRADIENT}
