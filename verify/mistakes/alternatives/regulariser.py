"""Mistakes about the L2 regulariser: in the loss, in the weights' gradients, on the biases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import NOTHING, apart, finite
from verify.mistakes.hypothesis import Evidence


def weights(e: Evidence) -> list[Tensor]:
    """All W, in float64."""
    return [e.evaluation.value(name).to(torch.float64) for name in e.step.inputs]


def norms(e: Evidence) -> Tensor:
    """||W_l||^2 of each layer."""
    return torch.stack([W.square().sum() for W in weights(e)])


def reg(e: Evidence) -> float:
    """The coefficient."""
    return float(e.evaluation.reg)


def biases(e: Evidence) -> Tensor:
    """Sum of ||b_l||^2 over the same layers."""
    names = [name.replace(".W", ".b") for name in e.step.inputs]
    return torch.stack(
        [e.evaluation.value(b).to(torch.float64).square().sum() for b in names]
    ).sum()


def one_missing(e: Evidence, layer: int) -> Tensor:
    """The loss without one layer's weights."""
    found = norms(e)
    return reg(e) / 2 * (found.sum() - found[layer]) if layer < len(found) else NOTHING


Factor = Callable[[float, int], float]


def decay(e: Evidence, factor: Factor) -> Tensor:
    """dW with the term reg * W replaced by a multiple of W."""
    r = reg(e)
    wrong = factor(r, e.batch)
    return NOTHING if r in (0.0, wrong) else e.oracle + (wrong - r) * e["W"]


def other_decay(e: Evidence) -> Tensor:
    """dW with whatever multiple of W explains it best."""
    W, r = e["W"], reg(e)
    extra = ((e.subject - e.oracle) * W).sum() / (W * W).sum()
    return finite(e.oracle + extra * W) if r else NOTHING


def modulus(e: Evidence) -> Tensor:
    """dW with the gradient of an L1 term."""
    return e.oracle + reg(e) * (e["W"].sign() - e["W"]) if reg(e) else NOTHING


def decayed_bias(e: Evidence) -> Tensor:
    """db with reg * b added."""
    return e.oracle + reg(e) * e["b"] if reg(e) else NOTHING


RIGHT = "right: reg/2 * sum of ||W_l||^2"
LOSS = (
    Entry("no-half", f"lacks the 1/2; {RIGHT}", lambda e: reg(e) * norms(e).sum()),
    Entry(
        "biases-too",
        f"counts the biases too; {RIGHT}, weights only",
        lambda e: reg(e) / 2 * (norms(e).sum() + biases(e)),
    ),
    Entry("no-coefficient", f"lacks reg; {RIGHT}", lambda e: norms(e).sum() / 2),
    Entry(
        "coefficient-squared",
        f"has reg squared; {RIGHT}",
        lambda e: reg(e) ** 2 / 2 * norms(e).sum(),
    ),
    Entry(
        "not-squared",
        f"sums norms, not their squares; {RIGHT}",
        lambda e: reg(e) / 2 * norms(e).sqrt().sum(),
    ),
    Entry(
        "modulus",
        f"sums |W|, an L1 term; {RIGHT}",
        lambda e: reg(e) / 2 * torch.stack([W.abs().sum() for W in weights(e)]).sum(),
    ),
    Entry(
        "modulus",
        f"sums |W| times reg, an L1 term; {RIGHT}",
        lambda e: reg(e) * torch.stack([W.abs().sum() for W in weights(e)]).sum(),
    ),
    Entry(
        "averaged",
        f"averages the squares of each layer; {RIGHT}, a sum",
        lambda e: reg(e) / 2 * torch.stack([W.square().mean() for W in weights(e)]).sum(),
    ),
    Entry(
        "over-N",
        f"is divided by the batch; {RIGHT}, whatever N",
        lambda e: apart(e, reg(e) / 2 * norms(e).sum() / e.batch),
    ),
    Entry(
        "half",
        f"is halved: 1/2 twice, or 1/N where N = 2; {RIGHT}",
        lambda e: reg(e) / 4 * norms(e).sum(),
    ),
    Entry(
        "squared-sum",
        f"squares the sum of the weights; {RIGHT}",
        lambda e: reg(e) / 2 * torch.stack([W.sum().square() for W in weights(e)]).sum(),
    ),
    *(
        Entry(
            "layer-missing",
            f"leaves out the weights of layer {name}; {RIGHT} over all five",
            partial(one_missing, layer=k),
        )
        for k, name in enumerate(("C1", "C3", "C5", "F6", "F7"))
    ),
)

TOTAL = "right: total = data + reg"
TOTALS = (
    Entry("no-regulariser", f"is the data loss alone; {TOTAL}", lambda e: e["data"]),
    Entry("subtracted", f"subtracts the regulariser; {TOTAL}", lambda e: e["data"] - e["reg"]),
    Entry("twice", f"adds the regulariser twice; {TOTAL}", lambda e: e["data"] + 2 * e["reg"]),
    Entry("half", f"adds half the regulariser; {TOTAL}", lambda e: e["data"] + e["reg"] / 2),
    Entry("coefficient-twice", f"multiplies the regulariser by reg again; {TOTAL}",
          lambda e: e["data"] + float(e.spec.reg) * e["reg"]),
    Entry("averaged", f"averages the two losses; {TOTAL}", lambda e: (e["data"] + e["reg"]) / 2),
)  # fmt: skip

TERM = "right: dW gains reg * W (erratum S16)"
FACTORS: tuple[tuple[str, str, Factor], ...] = (
    ("no-decay", "lacks the regulariser's gradient", lambda r, n: 0.0),
    ("decay-twice", "has 2 reg W: the 1/2 of the loss or a second application", lambda r, n: 2 * r),
    ("decay-sign", "has -reg W, so that weights grow", lambda r, n: -r),
    ("decay-half", "has reg/2 W: the 2 of the derivative is lost", lambda r, n: r / 2),
    ("decay-no-coefficient", "has W without reg", lambda r, n: 1.0),
    ("decay-squared", "has reg^2 W", lambda r, n: r * r),
    ("decay-over-N", "has reg W divided by the batch", lambda r, n: r / n),
    ("decay-times-N", "has reg W once per pattern", lambda r, n: r * n),
)
GRADIENT = (
    *(
        Entry(name, f"{what}; {TERM}", partial(decay, factor=factor))
        for name, what, factor in FACTORS
    ),
    Entry("decay-factor", f"has another multiple of W than reg; {TERM}", other_decay),
    Entry("decay-modulus", f"has reg sign(W), an L1 term; {TERM}", modulus),
)
BIASES = (
    Entry(
        "decay-on-bias",
        "gains reg * b; the regulariser holds for weights only (erratum S16)",
        decayed_bias,
    ),
)

ALTERNATIVES = {
    "regulariser.reg": LOSS,
    "total": TOTALS,
    "convolution.dW": GRADIENT,
    "affine.dW": GRADIENT,
    "convolution.db": BIASES,
    "affine.db": BIASES,
}
