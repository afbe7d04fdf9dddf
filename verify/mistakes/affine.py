"""Mistaken formulas of the fully connected layers."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from verify.mistakes.guards import NOTHING, bias, of_bias, visible
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation


def linear(e: Situation) -> Tensor:
    """z without its bias."""
    return e["x"] @ e["W"].mT


def in_memory(W: Tensor) -> Tensor:
    """The memory of (K, D) read as (D, K)."""
    return W.reshape(W.shape[1], W.shape[0])


def repeated(e: Situation) -> Tensor:
    """Every pattern gets the first one's result."""
    return NOTHING if e.batch == 1 else (linear(e) + bias(e))[:1].expand(e.oracle.shape)


def of_another(e: Situation, by: int) -> Tensor:
    """Every unit gets the bias of one so many places before it."""
    return linear(e) + e["b"].roll(by)


PLUS = "right: z = a W^T + b"
Z = (
    Mistake("no-bias", "equals the reference without the bias", "field notes A12",
            of_bias(linear)),
    Mistake("bias-twice", f"adds the bias twice; {PLUS}", "experience",
            of_bias(lambda e: linear(e) + 2 * e["b"])),
    Mistake("bias-subtracted", f"subtracts the bias; {PLUS}", "sign slip",
            of_bias(lambda e: linear(e) - e["b"])),
    Mistake("bias-multiplied", f"multiplies by the bias; {PLUS}", "field notes A6",
            of_bias(lambda e: visible(e, linear(e) * e["b"]))),
    Mistake("bias-of-another-unit:reversed", f"adds the biases in reverse order; {PLUS}",
            "index slip", of_bias(lambda e: linear(e) + e["b"].flip(0))),
    *(
        Mistake(f"bias-of-another-unit:{text}", f"adds the bias of the {text} unit; {PLUS}",
                "off by one",
              of_bias(partial(of_another, by=by)))
        for by, text in ((1, "previous"), (-1, "next"))
    ),
    Mistake("one-bias", f"adds the first unit's bias to all; {PLUS}", "field notes A14",
            of_bias(lambda e: linear(e) + e["b"][0])),
    Mistake("averaged-over-inputs", f"averages over the inputs; {PLUS}, a sum", "experience",
            lambda e: linear(e) / e["x"].shape[1] + bias(e)),
    Mistake("inputs-reversed", "reads its inputs in reverse order", "index slip",
            lambda e: e["x"].flip(1) @ e["W"].mT + bias(e)),
    Mistake("weight-layout", "reads the memory of W (K, D) as (D, K); W must be transposed",
            "field notes C31", lambda e: e["x"] @ in_memory(e["W"]) + bias(e)),
    Mistake("first-pattern-for-all", "is the first pattern's result for every pattern",
            "index slip", repeated),
)  # fmt: skip


def stepped(e: Situation, eta: float) -> Tensor:
    """dx with weights already updated, W - eta dW."""
    return NOTHING if eta == 0 else e["dz"] @ (e["W"] - eta * e["dW"])


def updated(e: Situation) -> Tensor:
    """The same for the eta that fits best."""
    change = e["dz"] @ e["dW"]
    size = float((change * change).sum())
    return stepped(e, float((change * (e.oracle - e.subject)).sum()) / size if size > 0 else 0.0)


def one_unit(e: Situation, k: int) -> Tensor:
    """dx from one output unit alone."""
    return torch.outer(e["dz"][:, k], e["W"][k])


DX = (
    Mistake("no-derivative", "uses dy: the derivative of the activation is missing; it needs dz",
            "field notes C24", lambda e: e["dy"] @ e["W"]),
    Mistake("weight-layout", "reads the memory of W transposed; right: dx = dz W",
            "field notes C31", lambda e: e["dz"] @ e["W"].mT.reshape(e["W"].shape)),
    Mistake("last-unit-only", "is the last output unit's alone: assigned in the loop over units, "
            "must be accumulated", "field notes C7", partial(one_unit, k=-1)),
    Mistake("first-unit-only", "is the first output unit's alone; dx sums over all",
            "field notes C7", partial(one_unit, k=0)),
    Mistake("averaged-over-units", "is divided by the number of output units; dx sums over them",
            "experience", lambda e: e["dz"] @ e["W"] / e["W"].shape[0]),
    Mistake("updated-weights", "uses weights already updated; dx needs those of the forward pass",
            "field notes C19", updated, partial(stepped, eta=0.1), fitted=1),
)  # fmt: skip


def decayed(e: Situation, dW: Tensor) -> Tensor:
    """dW with the regulariser's share."""
    return dW + e.reg * e["W"]


def one_pattern(e: Situation, n: int) -> Tensor:
    """dW of one pattern."""
    return NOTHING if e.batch == 1 else decayed(e, torch.outer(e["dz"][n], e["x"][n]))


def means(e: Situation) -> Tensor:
    """Sums over the batch multiplied, instead of products summed."""
    return decayed(e, torch.outer(e["dz"].sum(0), e["x"].sum(0)))


DW = (
    Mistake("no-derivative", "uses dy: the derivative of the activation is missing; it needs dz",
            "field notes C24", lambda e: decayed(e, e["dy"].mT @ e["x"])),
    Mistake("last-pattern-only", "is the last pattern's alone: assigned in the loop, must be "
            "accumulated", "field notes C5", partial(one_pattern, n=-1)),
    Mistake("first-pattern-only", "is the first pattern's alone; the gradient sums over the batch",
            "field notes C5", partial(one_pattern, n=0)),
    Mistake("sums-apart:sums", "equals (sum of dz)(sum of a), the product outside the sum",
            "experience", means),
    Mistake("sums-apart:means", "equals (mean of dz)(mean of a), the product outside the mean",
            "parenthesis slip", lambda e: decayed(e, means(e) / e.batch**2)),
    Mistake("reshape-for-transpose", "is the matrix (D, K) reshaped; it must be transposed",
            "field notes C31", lambda e: (e["x"].mT @ e["dz"]).reshape(e.oracle.shape)),
    Mistake("output-for-input", "uses the layer's output for its input", "argument slip",
            lambda e: e["dz"].mT @ e["y"] if e["y"].shape == e["x"].shape else NOTHING),
)  # fmt: skip
DB = (
    Mistake("no-derivative", "uses dy: the derivative of the activation is missing; it needs dz",
            "field notes C24", lambda e: e["dy"].sum(0)),
    Mistake("last-pattern-only", "is the last pattern's alone: assigned in the loop, must be "
            "accumulated", "field notes C5", lambda e: NOTHING if e.batch == 1 else e["dz"][-1]),
    Mistake("first-pattern-only", "is the first pattern's alone; the gradient sums over the batch",
            "field notes C5", lambda e: NOTHING if e.batch == 1 else e["dz"][0]),
    Mistake("one-number", "is summed over the units as well: one number for all; every unit has "
            "its own", "field notes C4",
            lambda e: visible(e, e["dz"].sum().expand(e.oracle.shape))),
    Mistake("bias-itself", "is the bias: the update reads b for db", "field notes C3",
            lambda e: e["b"]),
    Mistake("sum-of-moduli", "adds moduli; right: db = sum of dz", "sign slip",
            lambda e: e["dz"].abs().sum(0)),
)  # fmt: skip

MISTAKES = {"affine.z": Z, "affine.dx": DX, "affine.dW": DW, "affine.db": DB}
