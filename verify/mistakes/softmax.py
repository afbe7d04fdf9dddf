"""Mistaken formulas of softmax, and what it does to the logits it is handed."""

from __future__ import annotations

import torch
from torch import Tensor

from verify.mistakes.guards import finite
from verify.mistakes.labels import targets
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation


def softmax(e: Situation) -> Tensor:
    """The right probabilities."""
    return torch.softmax(e["x"], dim=1)


def row_shifted(e: Situation) -> Tensor:
    """exp(x - max of the row)."""
    return (e["x"] - e["x"].amax(dim=1, keepdim=True)).exp()


def powers_of_two(e: Situation) -> Tensor:
    """Softmax with 2 for e."""
    powers = (e["x"] - e["x"].amax(dim=1, keepdim=True)).exp2()
    return powers / powers.sum(dim=1, keepdim=True)


def minus(e: Situation, Y: Tensor) -> Tensor:
    """(probs - Y) / N for other targets."""
    return (softmax(e) - Y) / e.batch


P = "right: probs = exp(x) / sum of exp(x), row by row"
PROBS = (
    Mistake(
        "normalised-over-batch:rows-shifted",
        f"is normalised over the whole batch; {P}",
        "field notes B13",
        lambda e: row_shifted(e) / row_shifted(e).sum(),
    ),
    Mistake(
        "normalised-over-batch:array",
        f"is a softmax over the whole array; {P}",
        "field notes B13",
        lambda e: torch.softmax(e["x"].flatten(), 0).reshape(e["x"].shape),
    ),
    Mistake(
        "softmax-over-batch",
        f"is normalised down the columns (axis 0), over the batch; {P}",
        "field notes B13",
        lambda e: torch.softmax(e["x"], dim=0),
    ),
    Mistake(
        "softmax-twice",
        f"is a softmax of the softmax; {P}",
        "field notes B14",
        lambda e: softmax(e).softmax(1),
    ),
    Mistake(
        "log-probs",
        "is ln probs; probs is not its logarithm",
        "experience",
        lambda e: torch.log_softmax(e["x"], dim=1),
    ),
    Mistake("not-normalised:shifted", f"is not normalised; {P}", "experience", row_shifted),
    Mistake(
        "not-normalised",
        f"is exp(x), not normalised; {P}",
        "experience",
        lambda e: finite(e["x"].exp()),
    ),
    Mistake(
        "logistic",
        f"is a logistic sigmoid of each logit; {P}",
        "experience",
        lambda e: e["x"].sigmoid(),
    ),
    Mistake(
        "negated",
        f"is a softmax of -x, right for distances (1998) only; {P}",
        "field notes B4",
        lambda e: torch.softmax(-e["x"], dim=1),
    ),
    Mistake("logits", f"is x itself: softmax is missing; {P}", "experience", lambda e: e["x"]),
    Mistake(
        "base-two",
        f"has powers of 2 for powers of e; {P}",
        "experience",
        lambda e: powers_of_two(e),
    ),
    Mistake(
        "linear-normalisation",
        f"divides x by its row's sum: the exponential is missing; {P}",
        "experience",
        lambda e: finite(e["x"] / e["x"].sum(dim=1, keepdim=True)),
    ),
    Mistake(
        "overwritten:difference",
        "equals probs - Y: the gradient was computed in place on the cached array",
        "field notes B19",
        lambda e: softmax(e) - targets(e),
    ),
    Mistake(
        "overwritten:gradient",
        "equals (probs - Y) / N: the gradient was computed in place on the cached array",
        "field notes B19",
        lambda e: minus(e, targets(e)),
    ),
)

SHIFTED = (
    Mistake(
        "shifted-in-place",
        "lacks its row's maximum: the loss subtracted it in place from the logits; it must copy",
        "field notes B19",
        lambda e: e.oracle - e.oracle.amax(dim=1, keepdim=True),
    ),
)

MISTAKES = {"affine.z": SHIFTED, "cross_entropy.probs": PROBS}
