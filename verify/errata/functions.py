"""Activations, radial basis functions and losses where the source is wrong or unclear."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from verify.errata.algebra import added, beside, ones, product
from verify.errata.material import Array, Run
from verify.errata.statement import AMBIGUOUS, COSMETIC, ONCE, WRONG, Statement

A, S = 1.7159, 2 / 3
HISTORIC, LOSS, OUTPUT = "introduction, 1998", "forward, loss", "backward, F7"


def squash(z: Array) -> Array:
    """The paper's f."""
    return A * np.tanh(S * z)


def distances(x: Array, codes: Array) -> Array:
    """Squared distances; x: (N, 84), codes: (84, 10)."""
    return ((x[:, None, :] - codes.T) ** 2).sum(2)


def chosen(r: Run, name: str) -> Array:
    """The entry of each image's class."""
    return r[name][np.arange(len(r[name])), r.labels]


def likelihoods(r: Run) -> torch.Tensor:
    """exp(z7 * Y.A) / (exp(z7).A), the argument of the source's logarithm."""
    z, Y, one = r.tensor("F7.z"), torch.tensor(r.codes_of_labels), torch.ones(10, 1).double()
    return torch.exp((z * Y) @ one) / (torch.exp(z) @ one)


def log_sum_gradient(r: Run) -> Array:
    """Gradient of 1^T.ln(exp(z7 * Y.A) / (exp(z7).A)), without minus and 1/N, by autograd."""
    z, Y, one = r.tensor("F7.z"), torch.tensor(r.codes_of_labels), torch.ones(10, 1).double()
    value = torch.log(torch.exp((z * Y) @ one) / (torch.exp(z) @ one)).sum()
    return torch.autograd.grad(value, z)[0].numpy()


def softmax(z: Array) -> Array:
    """exp(z) / (exp(z).A.B^T), as written."""
    e: Array = np.exp(z)
    quotient: Array = e / product(product(e, ones(10)), ones(10).T)
    return quotient


def every(r: Run, f: Any) -> Array:
    """C1, C3, C5 and F6 of 1998 with an activation by layer."""
    return beside(*(f(layer, r[f"{layer}.z"]) for layer in ("C1", "C3", "C5", "F6")))


STATEMENTS = (
    Statement(
        "S10", HISTORIC, "S2 applies a sigmoid, read as the logistic function",
        "f(a) = 1.7159 tanh(2a/3)", AMBIGUOUS, on="1998", truth="S2.y",
        written=lambda r: r.mistaken("S2.y", "another-activation:logistic"),
        right=lambda r: squash(r["S2.z"]),
    ),
    Statement(
        "S11", HISTORIC, "F6 applies tanh; C1, C3, C5 apply nothing",
        "f after C1, S2, C3, S4, C5, F6", WRONG, on="1998", truth="C1.y C3.y C5.y F6.y",
        written=lambda r: every(r, lambda layer, z: np.tanh(z) if layer == "F6" else z),
        right=lambda r: every(r, lambda layer, z: squash(z)),
    ),
    Statement(
        "S12", HISTORIC, "y_i = sum_j (x_i - w_ij)^2", "y_i = sum_j (x_j - w_ij)^2", WRONG,
        on="1998", truth="F7.y",
        written=lambda r: r.mistaken("F7.y", "class-index"),
        right=lambda r: distances(r["F7.x"], r["F7.W"]),
    ),
    Statement(
        "S13", HISTORIC, "mean squared error, read as a mean over the 84 components as well",
        "the paper's eq. 8, (1/N) sum_n y_label: a sum over components", AMBIGUOUS, on="1998",
        factor=84, truth="loss.data",
        written=lambda r: (chosen(r, "F7.y") / 84).mean(),
        right=lambda r: chosen(r, "F7.y").mean(),
    ),
    Statement(
        "S14", OUTPUT, "d(1^T.ln(...)) = tr((probs^T - Y^T).dz7) = d(dataloss)",
        "d(-(1/N) 1^T.ln(...)) = (1/N) tr((probs^T - Y^T).dz7)", WRONG, on="batch", factor=-1 / 7,
        truth="loss.dx", written=log_sum_gradient, right=lambda r: -log_sum_gradient(r) / 7,
    ),
    Statement(
        "S15", OUTPUT, "grad z7 = probs - Y", "grad z7 = (probs - Y)/N", ONCE, on="batch",
        factor=1 / 7, truth="loss.dx",
        written=lambda r: r["loss.probs"] - r.codes_of_labels,
        right=lambda r: (r["loss.probs"] - r.codes_of_labels) / len(r.codes_of_labels),
    ),
    Statement(
        "S16", OUTPUT, "regLoss has no gradient: grad W3 = a2^T.grad z3",
        "grad W3 = a2^T.grad z3 + reg W3, and so in C1, C5, F6, F7", WRONG, on="decay",
        truth="C3.dW",
        written=lambda r: product(r["C3.a"].T, r["C3.dz"]),
        right=lambda r: added(product(r["C3.a"].T, r["C3.dz"]), r.reg * r["C3.W"]),
    ),
    Statement(
        "S32", LOSS, "probs = exp(z7) / (exp(z7).A.B^T), in floating point",
        "subtract the maximum of each row from z7 first", WRONG, on="large", truth="loss.probs",
        written=lambda r: softmax(r["F7.z"]),
        right=lambda r: softmax(r["F7.z"] - r["F7.z"].max(1, keepdims=True)),
    ),
    Statement(
        "S33", HISTORIC, "the layer of radial basis functions is called F7",
        "the paper's OUTPUT; F7 stays its id", COSMETIC, on="1998", truth="F7.y",
        written=lambda r: distances(r["F7.x"], r["F7.W"]),
    ),
    Statement(
        "S30", LOSS, "exp(z7 * Y.A), precedence of * and . not said", "exp((z7 * Y).A)", COSMETIC,
        on="batch", truth="loss.data",
        written=lambda r: -np.log(likelihoods(r).detach().numpy()).mean(),
    ),
)  # fmt: skip
