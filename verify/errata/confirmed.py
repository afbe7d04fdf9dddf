"""Formulas that the source has right, so that nobody corrects them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from verify.errata.algebra import added, beside, by_entry, product, trace
from verify.errata.gradients import differential, moved
from verify.errata.material import Array, Run, change, direction
from verify.errata.statement import RIGHT, Statement

CONVOLUTIONS, FULL = ("C1", "C3", "C5"), ("F6", "F7")
DENSE = CONVOLUTIONS + FULL
RECTIFIED = ("C1", "C3", "C5", "F6")
BACKWARD = "backward, F7 to C1"


def each(r: Run, layers: tuple[str, ...], f: Callable[[Array, Array, Array], Array]) -> Array:
    """A formula in several layers, as one array."""
    return beside(*(f(r[f"{n}.a"], r[f"{n}.W"], r[f"{n}.dz"]) for n in layers))


def names(layers: tuple[str, ...], symbol: str) -> str:
    """The names of one symbol in several layers."""
    return " ".join(f"{layer}.{symbol}" for layer in layers)


def added_weighted(r: Run) -> Array:
    """S2 of 1998: the four inputs of a window added, times a coefficient, plus a bias."""
    s = r["S2.a"].sum(axis=1).reshape(7, 6, -1)
    return (s * r["S2.W"].reshape(6, 1) + r["S2.b"].reshape(6, 1)).reshape(-1, 1)


def probabilities(r: Run) -> Array:
    """exp(z7) / (exp(z7).A.B^T)."""
    e, A, B = np.exp(r["F7.z"]), np.ones((10, 1)), np.ones((10, 1))
    return e / product(product(e, A), B.T)


def data_loss(r: Run) -> Array:
    """-(1/N) 1^T.ln(exp((z7 * Y).A) / (exp(z7).A))."""
    z, A, one = r["F7.z"], np.ones((10, 1)), np.ones((len(r["F7.z"]), 1))
    quotient = np.exp(product(by_entry(z, r.codes_of_labels), A)) / product(np.exp(z), A)
    return -product(one.T, np.log(quotient))[0, 0] / len(one)


def penalty(r: Run) -> Array:
    """0.5 reg (||W1||^2 + ||W3||^2 + ||W5||^2 + ||W6||^2 + ||W7||^2)."""
    return 0.5 * r.reg * np.sum([(r[f"{layer}.W"] ** 2).sum() for layer in DENSE])


def to_the_maximum(r: Run) -> Array:
    """The maximum of each window gets the gradient of z, the rest 0."""
    da = np.zeros_like(r["S2.a"])
    np.put_along_axis(da, r["S2.a"].argmax(axis=1)[:, None], r["S2.dz"], axis=1)
    return da


def back_to_output(r: Run) -> Array:
    """The windows of S4 back on the maps of C3, then as rows: gradient of y3."""
    blocks = r["S4.da"].reshape(-1, 16, 5, 5, 2, 2)
    return blocks.transpose(0, 2, 4, 3, 5, 1).reshape(-1, 16)


def random(name: str, *shape: int) -> Array:
    """Integers, so that sums are exact."""
    return direction(shape, f"identity {name}")


STATEMENTS = (
    Statement(
        "R11", "forward, C5, F6, F7", "z = a.W + b for one image", "", RIGHT,
        truth=names(("C5", *FULL), "z"),
        written=lambda r: beside(*(
            added(product(r[f"{n}.a"], r[f"{n}.W"]), r[f"{n}.b"]) for n in ("C5", *FULL)
        )),
    ),
    Statement(
        "R12", "forward", "y = relu(z) after C1, C3, C5, F6", "", RIGHT, on="batch",
        truth=names(RECTIFIED, "y"),
        written=lambda r: beside(*(np.maximum(r[f"{n}.z"], 0) for n in RECTIFIED)),
    ),
    Statement(
        "R13", "forward, S2, S4", "z = max(a), row by row", "", RIGHT, on="batch",
        truth=names(("S2", "S4"), "z"),
        written=lambda r: beside(*(r[f"{n}.a"].max(axis=1, keepdims=True) for n in ("S2", "S4"))),
    ),
    Statement(
        "R14", "forward, S2, S4", "argz = argmax(a) records the place of the maximum", "", RIGHT,
        on="batch", truth=names(("S2", "S4"), "argmax"),
        written=lambda r: beside(*(r[f"{n}.a"].argmax(axis=1)[:, None] for n in ("S2", "S4"))),
    ),
    Statement(
        "R15", "introduction, 1998", "S2 adds 4 inputs, times a coefficient, plus a bias", "",
        RIGHT, on="1998", truth="S2.z", written=added_weighted,
    ),
    Statement(
        "R16", "forward, F6, F7", "a5 = y5, a6 = y6", "", RIGHT, on="batch",
        truth=names(FULL, "a"), written=lambda r: beside(r["C5.y"], r["F6.y"]),
    ),
    Statement(
        "R17", "forward, loss", "probs = exp(z7) / (exp(z7).A.B^T), A and B ones", "", RIGHT,
        on="batch", truth="loss.probs", written=probabilities,
    ),
    Statement(
        "R18", "forward, loss", "dataLoss = -(1/N) 1^T.ln(exp(z7 * Y.A) / (exp(z7).A))", "", RIGHT,
        on="batch", truth="loss.data", written=data_loss,
    ),
    Statement(
        "R19", "forward, loss", "regLoss = 0.5 reg (||W1||^2 + ||W3||^2 + ... + ||W7||^2)", "",
        RIGHT, on="decay", truth="loss.reg", written=penalty,
    ),
    Statement(
        "R20", "forward, loss", "J = dataLoss + regLoss", "", RIGHT, on="decay",
        truth="loss.total", written=lambda r: r["loss.data"] + r["loss.reg"],
    ),
    Statement(
        "R21", BACKWARD, "tr(D.(B * dz)) = tr((D * B^T).dz)", "", RIGHT,
        truth=lambda r: trace(
            product(random("D", 5, 7), by_entry(random("B", 7, 5), random("dz", 7, 5)))
        ),
        written=lambda r: trace(
            product(by_entry(random("D", 5, 7), random("B", 7, 5).T), random("dz", 7, 5))
        ),
    ),
    Statement(
        "R22", BACKWARD, "tr(D.da.W) = tr(W.D.da)", "", RIGHT,
        truth=lambda r: trace(
            product(product(random("D", 5, 7), random("da", 7, 3)), random("W", 3, 5))
        ),
        written=lambda r: trace(
            product(product(random("W", 3, 5), random("D", 5, 7)), random("da", 7, 3))
        ),
    ),
    Statement(
        "R23", BACKWARD, "dz6 = da5.W6 + a5.dW6 + db6 for one image", "", RIGHT, on="integers",
        truth=lambda r: differential(r, "F6"),
        written=lambda r: added(
            added(product(moved(r, "F6")[0], r["F6.W"]), product(r["F6.a"], moved(r, "F6")[1])),
            moved(r, "F6")[2],
        ),
    ),
    Statement(
        "R24", BACKWARD, "grad W = a^T.grad z", "", RIGHT, on="batch", truth=names(DENSE, "dW"),
        written=lambda r: each(r, DENSE, lambda a, W, dz: product(a.T, dz)),
    ),
    Statement(
        "R25", BACKWARD, "D_W = D_z.a, the gradient its transpose", "", RIGHT, on="batch",
        truth=names(DENSE, "dW"),
        written=lambda r: each(r, DENSE, lambda a, W, dz: product(dz.T, a).T),
    ),
    Statement(
        "R26", BACKWARD, "grad a = grad z.W^T", "", RIGHT, on="batch", truth=names(DENSE, "da"),
        written=lambda r: each(r, DENSE, lambda a, W, dz: product(dz, W.T)),
    ),
    Statement(
        "R27", BACKWARD, "dy = 1(z >= 0) * dz, where no z is 0", "", RIGHT, on="batch",
        truth=lambda r: change(torch.relu, (r["C1.z"], direction(r["C1.z"].shape, "C1.z"))),
        written=lambda r: by_entry(1.0 * (r["C1.z"] >= 0), direction(r["C1.z"].shape, "C1.z")),
    ),
    Statement(
        "R28", "backward, S4", "grad z4 = D_a4 in one step, for C5 covers the whole map", "", RIGHT,
        truth="S4.dz", written=lambda r: r["C5.da"].T,
    ),
    Statement(
        "R29", "backward, S4, S2", "the maximum's gradient is that of z, the others' are 0", "",
        RIGHT, on="batch", truth="S2.da", written=to_the_maximum,
    ),
    Statement(
        "R30", "backward, C3", "the gradient at a3 is put back to output3, then to y3", "", RIGHT,
        on="batch", truth="C3.dy", written=back_to_output,
    ),
)  # fmt: skip
