"""Mistaken formulas of softmax and cross-entropy."""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import apart, finite, unless_two
from verify.mistakes.alternatives.labels import chosen, one_hot, shifted, targets
from verify.mistakes.hypothesis import Evidence


def softmax(e: Evidence) -> Tensor:
    """The right probabilities."""
    return torch.softmax(e["x"], dim=1)


def surprise(e: Evidence) -> Tensor:
    """-ln of the right class's probability, (N,)."""
    return -chosen(e, torch.log_softmax(e["x"], dim=1))


def row_shifted(e: Evidence) -> Tensor:
    """exp(x - max of the row)."""
    return (e["x"] - e["x"].amax(dim=1, keepdim=True)).exp()


def powers_of_two(e: Evidence) -> Tensor:
    """Softmax with 2 for e."""
    powers = (e["x"] - e["x"].amax(dim=1, keepdim=True)).exp2()
    return powers / powers.sum(dim=1, keepdim=True)


def gradient_of_mse(e: Evidence) -> Tensor:
    """The gradient of the mean of (probs - Y)^2 through softmax."""
    x = e["x"].detach().requires_grad_()
    loss = (torch.softmax(x, dim=1) - targets(e)).square().sum() / len(x)
    return torch.autograd.grad(loss, x)[0]


def clipped(e: Evidence, least: float) -> Tensor:
    """Mean of -ln max(probs, least)."""
    return -chosen(e, softmax(e)).clamp(min=least).log().mean()


def padded(e: Evidence, extra: float) -> Tensor:
    """Mean of -ln (probs + extra)."""
    return -(chosen(e, softmax(e)) + extra).log().mean()


def mislabelled(e: Evidence, by: int) -> Tensor:
    """The loss of other labels, off by one."""
    return F.cross_entropy(e["x"], shifted(e, by))


def minus(e: Evidence, Y: Tensor) -> Tensor:
    """(probs - Y) / N for other targets."""
    return (softmax(e) - Y) / e.batch


def one_pattern(e: Evidence, pattern: int) -> Tensor:
    """The gradient of one pattern, zero elsewhere."""
    found = torch.zeros_like(e.oracle)
    found[pattern] = e.oracle[pattern]
    return found


P = "right: probs = exp(x) / sum of exp(x), row by row"
PROBS = (
    Entry(
        "normalised-over-batch",
        f"is normalised over the whole batch; {P}",
        lambda e: row_shifted(e) / row_shifted(e).sum(),
    ),
    Entry(
        "normalised-over-batch",
        f"is a softmax over the whole array; {P}",
        lambda e: torch.softmax(e["x"].flatten(), 0).reshape(e["x"].shape),
    ),
    Entry(
        "softmax-over-batch",
        f"is normalised down the columns (axis 0), over the batch; {P}",
        lambda e: torch.softmax(e["x"], dim=0),
    ),
    Entry("softmax-twice", f"is a softmax of the softmax; {P}", lambda e: softmax(e).softmax(1)),
    Entry(
        "log-probs",
        "is ln probs; probs is not its logarithm",
        lambda e: torch.log_softmax(e["x"], dim=1),
    ),
    Entry("not-normalised", f"is not normalised; {P}", row_shifted),
    Entry("not-normalised", f"is exp(x), not normalised; {P}", lambda e: finite(e["x"].exp())),
    Entry("logistic", f"is a logistic sigmoid of each logit; {P}", lambda e: e["x"].sigmoid()),
    Entry(
        "negated",
        f"is a softmax of -x, right for distances (1998) only; {P}",
        lambda e: torch.softmax(-e["x"], dim=1),
    ),
    Entry("logits", f"is x itself: softmax is missing; {P}", lambda e: e["x"]),
    Entry(
        "base-two",
        f"has powers of 2 for powers of e; {P}",
        lambda e: powers_of_two(e),
    ),
    Entry(
        "linear-normalisation",
        f"divides x by its row's sum: the exponential is missing; {P}",
        lambda e: finite(e["x"] / e["x"].sum(dim=1, keepdim=True)),
    ),
    Entry(
        "overwritten",
        "equals probs - Y: the gradient was computed in place on the cached array",
        lambda e: softmax(e) - targets(e),
    ),
    Entry(
        "overwritten",
        "equals (probs - Y) / N: the gradient was computed in place on the cached array",
        lambda e: minus(e, targets(e)),
    ),
)

DATA = "right: -(1/N) sum of ln probs[label]"
LOSS = (
    Entry("times-N", f"is summed over the batch: 1/N is missing; {DATA} (erratum S14)",
          lambda e: apart(e, surprise(e).sum())),
    Entry("over-N", f"is divided by N twice; {DATA}",
          lambda e: apart(e, surprise(e).mean() / e.batch)),
    Entry("over-K", f"is averaged over N K elements; {DATA}",
          lambda e: surprise(e).mean() / e["x"].shape[1]),
    Entry("sign", f"has the wrong sign; {DATA} (erratum S14)", lambda e: -surprise(e).mean()),
    Entry("base-two", f"has log2 for ln; {DATA}", lambda e: surprise(e).mean() / math.log(2)),
    Entry("base-ten", f"has log10 for ln; {DATA}",
          lambda e: surprise(e).mean() / math.log(10)),
    Entry("no-log", f"averages -probs[label]: ln is missing; {DATA}",
          lambda e: -chosen(e, softmax(e)).mean()),
    Entry("softmax-twice", f"takes softmax of softmax; {DATA}",
          lambda e: F.cross_entropy(softmax(e), e.labels)),
    Entry("binary", f"adds -ln(1 - probs) of the other classes; {DATA}",
          lambda e: F.binary_cross_entropy(softmax(e), targets(e), reduction="sum") / e.batch),
    Entry("squared-error", f"is the mean squared error of probs; {DATA}",
          lambda e: (softmax(e) - targets(e)).square().sum() / e.batch),
    Entry("squared-error", f"is the mean squared error of probs over N K elements; {DATA}",
          lambda e: (softmax(e) - targets(e)).square().mean()),
    Entry("log-of-mean", f"is -ln of the mean of probs[label]; {DATA}, ln first",
          lambda e: finite(-chosen(e, softmax(e)).mean().log())),
    Entry("all-classes", f"averages -ln probs over all classes; {DATA}",
          lambda e: -torch.log_softmax(e["x"], 1).sum() / e.batch),
    Entry("no-normaliser", f"is the mean of -x[label]: ln sum exp(x) is missing; {DATA}",
          lambda e: -chosen(e, e["x"]).mean()),
    Entry("maximum-kept", f"lacks the row's maximum once, subtracted in one of two places; {DATA}",
          lambda e: (surprise(e) - e["x"].amax(1)).mean()),
    Entry("maximum-kept", f"has the row's maximum once too often; {DATA}",
          lambda e: (surprise(e) + e["x"].amax(1)).mean()),
    Entry("labels-ignored", f"uses the most probable class for the label; {DATA}",
          lambda e: F.cross_entropy(e["x"], e["x"].argmax(1))),
    Entry("labels-shifted", f"uses the class after the label; {DATA}", partial(mislabelled, by=1)),
    Entry("labels-shifted", f"uses the class before the label; {DATA}",
          partial(mislabelled, by=-1)),
    *(Entry("clipped", f"clips probs at {least:g}, or adds it; {DATA}, from the logits",
            partial(clipped, least=least))
      for least in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5)),
    *(Entry("padded", f"adds {extra:g} inside the logarithm; {DATA}, from the logits",
            partial(padded, extra=extra))
      for extra in (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5)),
)  # fmt: skip

DX = "right: (probs - Y) / N"
GRADIENT = (
    Entry("times-N", f"lacks 1/N; {DX} (errata S14, S15)",
          lambda e: apart(e, minus(e, targets(e)) * e.batch)),
    Entry("over-N", f"has 1/N twice; {DX}", lambda e: apart(e, minus(e, targets(e)) / e.batch)),
    Entry("over-K", f"is averaged over N K elements; {DX}",
          lambda e: minus(e, targets(e)) / e["x"].shape[1]),
    Entry("sign", f"is (Y - probs) / N, so that a step ascends; {DX}",
          lambda e: -minus(e, targets(e))),
    Entry("no-probabilities", f"is -Y / N: probs is missing; {DX}",
          lambda e: -targets(e) / e.batch),
    Entry("diagonal", f"takes softmax's Jacobian as diagonal, -(1 - p) Y / N; {DX}",
          lambda e: (softmax(e) - 1) * targets(e) / e.batch),
    Entry("diagonal", f"is multiplied by p (1 - p), softmax's derivative a second time; {DX}",
          lambda e: minus(e, targets(e)) * softmax(e) * (1 - softmax(e))),
    Entry("no-jacobian", f"is -Y / (p N), the gradient at probs: softmax is skipped; {DX}",
          lambda e: finite(-targets(e) / softmax(e) / e.batch)),
    Entry("no-targets", f"is probs / N: Y is missing; {DX}", lambda e: softmax(e) / e.batch),
    Entry("plus-targets", f"is (probs + Y) / N; {DX}", lambda e: minus(e, -targets(e))),
    Entry("logits", f"is (x - Y) / N, of logits: softmax is missing; {DX}",
          lambda e: (e["x"] - targets(e)) / e.batch),
    Entry("squared-error", f"is the gradient of the mean squared error; {DX}", gradient_of_mse),
    Entry("squared-error", f"is 2 (probs - Y) / N, of a squared error; {DX}",
          lambda e: unless_two(e, 2 * minus(e, targets(e)))),
    Entry("labels-shifted", f"uses the class after the label; {DX}",
          lambda e: minus(e, one_hot(e, shifted(e, 1)))),
    Entry("labels-shifted", f"uses the class before the label; {DX}",
          lambda e: minus(e, one_hot(e, shifted(e, -1)))),
    Entry("labels-ignored", f"uses the most probable class for the label; {DX}",
          lambda e: minus(e, one_hot(e, e["x"].argmax(1)))),
    Entry("labels-rolled", f"gives each pattern the label of the one before; {DX}",
          lambda e: minus(e, one_hot(e, e.labels.roll(1)))),
    Entry("labels-rolled", f"gives each pattern the label of the one after; {DX}",
          lambda e: minus(e, one_hot(e, e.labels.roll(-1)))),
    Entry("follows-from-probs", f"is (probs - Y) / N of this layer's probs, which is wrong; {DX}",
          lambda e: (e["probs"] - targets(e)) / e.batch),
    *(Entry("one-pattern", f"holds pattern {n} alone, the others are zero; {DX}",
            partial(one_pattern, pattern=n)) for n in (0, -1)),
    Entry("softmax-twice", f"takes softmax of softmax; {DX}",
          lambda e: (softmax(e).softmax(1) - targets(e)) / e.batch),
)  # fmt: skip

SHIFTED = (
    Entry(
        "shifted-in-place",
        "lacks its row's maximum: the loss subtracted it in place from the logits; it must copy",
        lambda e: e.oracle - e.oracle.amax(dim=1, keepdim=True),
    ),
)

ALTERNATIVES = {
    "affine.z": SHIFTED,
    "cross_entropy.probs": PROBS,
    "cross_entropy.data": LOSS,
    "cross_entropy.dx": GRADIENT,
}
