"""Differentials and gradients of the layers with weights where the source is wrong or unclear."""

from __future__ import annotations

import torch

from verify.errata.algebra import added, beside, by_entry, ones, product, trace
from verify.errata.material import Array, Run, change, direction
from verify.errata.statement import AMBIGUOUS, COSMETIC, ONCE, WRONG, Statement

FULL = ("C5", "F6", "F7")


def rows_summed(dz: Array) -> Array:
    """1^T dz."""
    return product(ones(len(dz)).T, dz)


def full(r: Run) -> Array:
    """dz of C5, F6 and F7 side by side."""
    return beside(*(r[f"{layer}.dz"] for layer in FULL))


def moved(r: Run, layer: str) -> tuple[Array, Array, Array]:
    """Changes of a, W and b of a layer."""
    names = (f"{layer}.{symbol}" for symbol in ("a", "W", "b"))
    da, dW, db = (direction(r[name].shape, name) for name in names)
    return da, dW, db


def differential(r: Run, layer: str) -> Array:
    """dz of z = a.W + 1 b for those changes, by autograd."""
    values = (r[f"{layer}.{symbol}"] for symbol in ("a", "W", "b"))
    pairs = zip(values, moved(r, layer), strict=True)
    return change(lambda a, W, b: a @ W + torch.ones(len(a), 1).double() @ b, *pairs)


def three_traces(r: Run) -> Array:
    """tr(D.da.W) + tr(D.a.dW) + tr(D.db) in F6, D the transposed gradient at z."""
    (da, dW, db), D = moved(r, "F6"), r["F6.dz"].T
    terms = (product(da, r["F6.W"]), product(r["F6.a"], dW), db)
    first, second, third = (trace(product(D, term)) for term in terms)
    return added(added(first, second), third)


STATEMENTS = (
    Statement(
        "S17", "backward, C3", "grad b3 = (1/N) sum of the rows of grad z3, N = 100",
        "grad b3 = 1^T.grad z3, the sum", WRONG, factor=100, truth="C3.db",
        written=lambda r: rows_summed(r["C3.dz"]) / 100, right=lambda r: rows_summed(r["C3.dz"]),
    ),
    Statement(
        "S18", "backward, C1", "grad b1 = (1/N) sum of the rows of grad z1, N = 784",
        "grad b1 = 1^T.grad z1, the sum", WRONG, factor=784, truth="C1.db",
        written=lambda r: rows_summed(r["C1.dz"]) / 784, right=lambda r: rows_summed(r["C1.dz"]),
    ),
    Statement(
        "S19", "backward, C1", "tr(D_z.db), D_z in R^{6x784}, db in R^{1x6}", "tr(D_z.1.db)",
        WRONG, on="integers", truth=lambda r: (r["C1.db"] * moved(r, "C1")[2]).sum(),
        written=lambda r: trace(product(r["C1.dz"].T, moved(r, "C1")[2])),
        right=lambda r: trace(product(r["C1.dz"].T, product(ones(784), moved(r, "C1")[2]))),
    ),
    Statement(
        "S20", "backward, F7, F6, C5", "grad b = grad z", "grad b = 1^T.grad z", ONCE, on="batch",
        truth="C5.db F6.db F7.db", written=full, right=lambda r: rows_summed(full(r)),
    ),
    Statement(
        "S21", "backward, F6",
        "'N is the number of rows of dz7', read as grad b6 = (1/N) 1^T.grad z6",
        "no N there: the sentence belongs to no formula", AMBIGUOUS, on="batch", factor=7,
        truth="F6.db",
        written=lambda r: rows_summed(r["F6.dz"]) / 7, right=lambda r: rows_summed(r["F6.dz"]),
    ),
    Statement(
        "S22", "backward, F6, C5, C3, C1", "grad z = grad y * 1(z >= 0)",
        "grad y * 1(z > 0): there is no derivative at 0, PyTorch takes 0", AMBIGUOUS, on="zero",
        truth="C1.dz",
        written=lambda r: r.mistaken("C1.dz", "relu'(0):1"),
        right=lambda r: by_entry(r["C1.dy"], 1.0 * (r["C1.z"] > 0)),
    ),
    Statement(
        "S28", "backward, C1", "the term tr(D_z.da0.W1) is kept: grad a0 = grad z1.W1^T",
        "the same; da0 = 0 in training, the images do not change", COSMETIC,
        on="batch", truth="C1.da",
        written=lambda r: product(r["C1.dz"], r["C1.W"].T),
    ),
    Statement(
        "S29", "backward", "tr(D_z.da.W) + tr(D_z.a.dW) + tr(D_z.db)), a parenthesis too many",
        "the same without it", COSMETIC, on="integers",
        truth=lambda r: (r["F6.dz"] * differential(r, "F6")).sum(), written=three_traces,
    ),
    Statement(
        "S31", "backward, F6", "heading: gradient of the weights w(6)", "W(6)", COSMETIC,
        on="batch", truth="F6.dW", written=lambda r: product(r["F6.a"].T, r["F6.dz"]),
    ),
)  # fmt: skip
