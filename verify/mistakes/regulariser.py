"""Mistakes about the L2 regulariser: in the loss, in the weights' gradients, on the biases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Tensor

from verify.mistakes.guards import NOTHING, apart, finite
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation


def weights(e: Situation) -> list[Tensor]:
    """All W, in float64."""
    return [e.value(name) for name in e.step.inputs]


def each(values: Iterable[Tensor]) -> Tensor:
    """A number for each layer, as one tensor; empty where the regulariser acts on none."""
    return torch.tensor([float(value) for value in values], dtype=torch.float64)


def norms(e: Situation) -> Tensor:
    """||W_l||^2 of each layer."""
    return each(W.square().sum() for W in weights(e))


def biases(e: Situation) -> Tensor:
    """Sum of ||b_l||^2 over the same layers."""
    names = [name.replace(".W", ".b") for name in e.step.inputs]
    found = [e.value(b).square().sum() for b in names if b in e.steps]
    return torch.stack(found).sum() if found else torch.zeros(())


def one_missing(e: Situation, layer: int) -> Tensor:
    """The loss without one layer's weights."""
    found = norms(e)
    return e.reg / 2 * (found.sum() - found[layer]) if layer < len(found) else NOTHING


Factor = Callable[[float, int], float]


def decay(e: Situation, factor: Factor) -> Tensor:
    """dW with the term reg * W replaced by a multiple of W."""
    r = e.reg
    wrong = factor(r, e.batch)
    return NOTHING if r in (0.0, wrong) else e.oracle + (wrong - r) * e["W"]


def other_decay(e: Situation) -> Tensor:
    """dW with whatever multiple of W explains it best."""
    W = e["W"]
    extra = ((e.subject - e.oracle) * W).sum() / (W * W).sum()
    return finite(e.oracle + extra * W) if e.reg else NOTHING


def modulus(e: Situation) -> Tensor:
    """dW with the gradient of an L1 term."""
    return e.oracle + e.reg * (e["W"].sign() - e["W"]) if e.reg else NOTHING


def decayed_bias(e: Situation) -> Tensor:
    """db with reg * b added."""
    return e.oracle + e.reg * e["b"] if e.reg else NOTHING


RIGHT = "right: reg/2 * sum of ||W_l||^2"
LOSS = (
    Mistake(
        "no-half", f"lacks the 1/2; {RIGHT}", "field notes C32", lambda e: e.reg * norms(e).sum()
    ),
    Mistake(
        "biases-too",
        f"counts the biases too; {RIGHT}, weights only",
        "field notes C32",
        lambda e: e.reg / 2 * (norms(e).sum() + biases(e)),
    ),
    Mistake("no-coefficient", f"lacks reg; {RIGHT}", "experience", lambda e: norms(e).sum() / 2),
    Mistake(
        "coefficient-squared",
        f"has reg squared; {RIGHT}",
        "experience",
        lambda e: e.reg**2 / 2 * norms(e).sum(),
    ),
    Mistake(
        "not-squared",
        f"sums norms, not their squares; {RIGHT}",
        "experience",
        lambda e: e.reg / 2 * norms(e).sqrt().sum(),
    ),
    Mistake(
        "modulus:half",
        f"sums |W|, an L1 term; {RIGHT}",
        "experience",
        lambda e: e.reg / 2 * each(W.abs().sum() for W in weights(e)).sum(),
    ),
    Mistake(
        "modulus:whole",
        f"sums |W| times reg, an L1 term; {RIGHT}",
        "experience",
        lambda e: e.reg * each(W.abs().sum() for W in weights(e)).sum(),
    ),
    Mistake(
        "averaged",
        f"averages the squares of each layer; {RIGHT}, a sum",
        "experience",
        lambda e: e.reg / 2 * each(W.square().mean() for W in weights(e)).sum(),
    ),
    Mistake(
        "over-N",
        f"is divided by the batch; {RIGHT}, whatever N",
        "field notes C32",
        lambda e: apart(e, e.reg / 2 * norms(e).sum() / e.batch),
    ),
    Mistake(
        "half",
        f"is halved: 1/2 twice, or 1/N where N = 2; {RIGHT}",
        "factor slip",
        lambda e: e.reg / 4 * norms(e).sum(),
    ),
    Mistake(
        "squared-sum",
        f"squares the sum of the weights; {RIGHT}",
        "parenthesis slip",
        lambda e: e.reg / 2 * each(W.sum().square() for W in weights(e)).sum(),
    ),
    *(
        Mistake(
            f"layer-missing:{name}",
            f"leaves out the weights of layer {name}; {RIGHT} over all five",
            "experience",
            partial(one_missing, layer=k),
        )
        for k, name in enumerate(("C1", "C3", "C5", "F6", "F7"))
    ),
)

TOTAL = "right: total = data + reg"
TOTALS = (
    Mistake("no-regulariser", f"is the data loss alone; {TOTAL}", "experience",
            lambda e: e["data"]),
    Mistake("subtracted", f"subtracts the regulariser; {TOTAL}", "sign slip",
            lambda e: e["data"] - e["reg"]),
    Mistake("twice", f"adds the regulariser twice; {TOTAL}", "experience",
            lambda e: e["data"] + 2 * e["reg"]),
    Mistake("half", f"adds half the regulariser; {TOTAL}", "factor slip",
            lambda e: e["data"] + e["reg"] / 2),
    Mistake("coefficient-twice", f"multiplies the regulariser by reg again; {TOTAL}", "experience",
            lambda e: e["data"] + float(e.spec.reg) * e["reg"]),
    Mistake("averaged", f"averages the two losses; {TOTAL}", "factor slip",
            lambda e: (e["data"] + e["reg"]) / 2),
)  # fmt: skip

TERM = "right: dW gains reg * W (erratum S16)"
C32 = "field notes C32"
FACTORS: tuple[tuple[str, str, str, Factor], ...] = (
    ("no-decay", "lacks the regulariser's gradient", C32, lambda r, n: 0.0),
    (
        "decay-twice",
        "has 2 reg W: the 1/2 of the loss or a second application",
        C32,
        lambda r, n: 2 * r,
    ),
    ("decay-sign", "has -reg W, so that weights grow", "sign slip", lambda r, n: -r),
    ("decay-half", "has reg/2 W: the 2 of the derivative is lost", C32, lambda r, n: r / 2),
    ("decay-no-coefficient", "has W without reg", "experience", lambda r, n: 1.0),
    ("decay-squared", "has reg^2 W", "experience", lambda r, n: r * r),
    ("decay-over-N", "has reg W divided by the batch", C32, lambda r, n: r / n),
    ("decay-times-N", "has reg W once per pattern", "field notes D11", lambda r, n: r * n),
)
GRADIENT = (
    *(
        Mistake(name, f"{what}; {TERM}", source, partial(decay, factor=factor))
        for name, what, source, factor in FACTORS
    ),
    Mistake(
        "decay-factor",
        f"has another multiple of W than reg; {TERM}",
        "field notes C32",
        other_decay,
        partial(decay, factor=lambda r, n: 0.9 * r),
        fitted=1,
    ),
    Mistake("decay-modulus", f"has reg sign(W), an L1 term; {TERM}", "experience", modulus),
)
BIASES = (
    Mistake(
        "decay-on-bias",
        "gains reg * b; the regulariser holds for weights only (erratum S16)",
        "field notes C32",
        decayed_bias,
    ),
)

MISTAKES = {
    "regulariser.reg": LOSS,
    "total": TOTALS,
    "convolution.dW": GRADIENT,
    "affine.dW": GRADIENT,
    "convolution.db": BIASES,
    "affine.db": BIASES,
}
