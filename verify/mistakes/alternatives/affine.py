"""Mistaken formulas of the fully connected layers."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import NOTHING, visible
from verify.mistakes.hypothesis import Evidence


def linear(e: Evidence) -> Tensor:
    """z without its bias."""
    return e["x"] @ e["W"].mT


def in_memory(W: Tensor) -> Tensor:
    """The memory of (K, D) read as (D, K)."""
    return W.reshape(W.shape[1], W.shape[0])


def repeated(e: Evidence) -> Tensor:
    """Every pattern gets the first one's result."""
    return NOTHING if e.batch == 1 else (linear(e) + e["b"])[:1].expand(e.oracle.shape)


PLUS = "right: z = a W^T + b"
Z = (
    Entry("no-bias", "equals the reference without the bias", linear),
    Entry("bias-twice", f"adds the bias twice; {PLUS}", lambda e: linear(e) + 2 * e["b"]),
    Entry("bias-subtracted", f"subtracts the bias; {PLUS}", lambda e: linear(e) - e["b"]),
    Entry("bias-multiplied", f"multiplies by the bias; {PLUS}",
          lambda e: visible(e, linear(e) * e["b"])),
    Entry("bias-of-another-unit", f"adds the biases in reverse order; {PLUS}",
          lambda e: linear(e) + e["b"].flip(0)),
    *(
        Entry("bias-of-another-unit", f"adds the bias of the {text} unit; {PLUS}",
              lambda e, by=by: linear(e) + e["b"].roll(by))  # type: ignore[misc]
        for by, text in ((1, "previous"), (-1, "next"))
    ),
    Entry("one-bias", f"adds the first unit's bias to all; {PLUS}",
          lambda e: linear(e) + e["b"][0]),
    Entry("averaged-over-inputs", f"averages over the inputs; {PLUS}, a sum",
          lambda e: linear(e) / e["x"].shape[1] + e["b"]),
    Entry("inputs-reversed", "reads its inputs in reverse order",
          lambda e: e["x"].flip(1) @ e["W"].mT + e["b"]),
    Entry("weight-layout", "reads the memory of W (K, D) as (D, K); W must be transposed",
          lambda e: e["x"] @ in_memory(e["W"]) + e["b"]),
    Entry("first-pattern-for-all", "is the first pattern's result for every pattern", repeated),
)  # fmt: skip


def updated(e: Evidence) -> Tensor:
    """dx with weights already updated, W - eta dW, for the eta that fits best."""
    change = e["dz"] @ e["dW"]
    size = float((change * change).sum())
    eta = float((change * (e.oracle - e.subject)).sum()) / size if size > 0 else 0.0
    return NOTHING if eta == 0 else e["dz"] @ (e["W"] - eta * e["dW"])


def one_unit(e: Evidence, k: int) -> Tensor:
    """dx from one output unit alone."""
    return torch.outer(e["dz"][:, k], e["W"][k])


def below(e: Evidence) -> Tensor:
    """dx after the layer below has multiplied it by its derivative, in place."""
    names = list(e.evaluation.shapes)
    layers = list(dict.fromkeys(name.split(".")[0] for name in names))
    position = layers.index(e.step.layer)
    lower = f"{layers[position - 1]}.dz"
    if position == 0 or lower not in e.judge.subject:
        return NOTHING
    found = e.judge.subject[lower].to(torch.float64)
    return found.reshape(e.oracle.shape) if found.numel() == e.oracle.numel() else NOTHING


DX = (
    Entry("no-derivative", "uses dy: the derivative of the activation is missing; it needs dz",
          lambda e: e["dy"] @ e["W"]),
    Entry("weight-layout", "reads the memory of W transposed; right: dx = dz W",
          lambda e: e["dz"] @ e["W"].mT.reshape(e["W"].shape)),
    Entry("last-unit-only", "is the last output unit's alone: assigned in the loop over units, "
          "must be accumulated", partial(one_unit, k=-1)),
    Entry("first-unit-only", "is the first output unit's alone; dx sums over all",
          partial(one_unit, k=0)),
    Entry("averaged-over-units", "is divided by the number of output units; dx sums over them",
          lambda e: e["dz"] @ e["W"] / e["W"].shape[0]),
    Entry("changed-in-place", "holds the dz of the layer below: that layer's backward pass wrote "
          "into the array it was handed", below),
    Entry("updated-weights", "uses weights already updated; dx needs those of the forward pass",
          updated),
)  # fmt: skip


def decayed(e: Evidence, dW: Tensor) -> Tensor:
    """dW with the regulariser's share."""
    return dW + e.evaluation.reg * e["W"]


def one_pattern(e: Evidence, n: int) -> Tensor:
    """dW of one pattern."""
    return NOTHING if e.batch == 1 else decayed(e, torch.outer(e["dz"][n], e["x"][n]))


def means(e: Evidence) -> Tensor:
    """Sums over the batch multiplied, instead of products summed."""
    return decayed(e, torch.outer(e["dz"].sum(0), e["x"].sum(0)))


DW = (
    Entry("no-derivative", "uses dy: the derivative of the activation is missing; it needs dz",
          lambda e: decayed(e, e["dy"].mT @ e["x"])),
    Entry("last-pattern-only", "is the last pattern's alone: assigned in the loop, must be "
          "accumulated", partial(one_pattern, n=-1)),
    Entry("first-pattern-only", "is the first pattern's alone; the gradient sums over the batch",
          partial(one_pattern, n=0)),
    Entry("sums-apart", "equals (sum of dz)(sum of a), the product outside the sum", means),
    Entry("sums-apart", "equals (mean of dz)(mean of a), the product outside the mean",
          lambda e: decayed(e, means(e) / e.batch**2)),
    Entry("reshape-for-transpose", "is the matrix (D, K) reshaped; it must be transposed",
          lambda e: (e["x"].mT @ e["dz"]).reshape(e.oracle.shape)),
    Entry("output-for-input", "uses the layer's output for its input",
          lambda e: e["dz"].mT @ e["y"] if e["y"].shape == e["x"].shape else NOTHING),
)  # fmt: skip
DB = (
    Entry("no-derivative", "uses dy: the derivative of the activation is missing; it needs dz",
          lambda e: e["dy"].sum(0)),
    Entry("last-pattern-only", "is the last pattern's alone: assigned in the loop, must be "
          "accumulated", lambda e: NOTHING if e.batch == 1 else e["dz"][-1]),
    Entry("first-pattern-only", "is the first pattern's alone; the gradient sums over the batch",
          lambda e: NOTHING if e.batch == 1 else e["dz"][0]),
    Entry("one-number", "is summed over the units as well: one number for all; every unit has "
          "its own", lambda e: visible(e, e["dz"].sum().expand(e.oracle.shape))),
    Entry("bias-itself", "is the bias: the update reads b for db", lambda e: e["b"]),
    Entry("sum-of-moduli", "adds moduli; right: db = sum of dz", lambda e: e["dz"].abs().sum(0)),
)  # fmt: skip

ALTERNATIVES = {"affine.z": Z, "affine.dx": DX, "affine.dW": DW, "affine.db": DB}
