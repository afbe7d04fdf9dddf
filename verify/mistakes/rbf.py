"""Mistaken formulas of the RBF layer: the distance of eq. 7 and its gradients."""

from __future__ import annotations

import torch
from torch import Tensor

from verify.mistakes.codes import CODES
from verify.mistakes.guards import NOTHING, apart, finite, unless_two
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation


def gap(e: Situation) -> Tensor:
    """x_j - w_ij, (N, K, D)."""
    return e["x"][:, None, :] - e["W"]


def misread(e: Situation) -> Tensor:
    """x_i - w_ij, (N, K, D): the class's index used for the unit's, where there are as many."""
    if e["x"].shape[1] < len(e["W"]):
        return torch.full_like(gap(e), torch.nan)
    return e["x"][:, : len(e["W"]), None] - e["W"]


def length(e: Situation) -> Tensor:
    """Euclidean distances, (N, K, 1)."""
    return gap(e).square().sum(dim=2, keepdim=True).sqrt()


def gaussian(e: Situation) -> Tensor:
    """exp(-y), where the subject has it to the precision that y's own rounding leaves."""
    found = (-gap(e).square().sum(dim=2)).exp()
    near = (e.subject - found).abs() <= found * torch.expm1(e.bound)
    return found if bool(near.all()) else NOTHING


def pulled(e: Situation, d: Tensor) -> Tensor:
    """dx for differences d: 2 sum_i dy_i d_i."""
    return 2 * (e["dy"][:, :, None] * d).sum(dim=1)


def moved(e: Situation, d: Tensor) -> Tensor:
    """dW for differences d: -2 sum_n dy_n d_n."""
    return -2 * (e["dy"][:, :, None] * d).sum(dim=0)


EQ7 = "eq. 7 is sum_j (x_j - w_ij)^2"
DISTANCES = (
    Mistake(
        "class-index",
        f"uses x_i for x_j, as the source prints it (erratum S12); {EQ7}",
        "erratum S12; field notes B1",
        lambda e: misread(e).square().sum(dim=2),
    ),
    Mistake(
        "not-squared",
        f"equals the Euclidean distance, its square root taken; {EQ7}",
        "eq. 7",
        lambda e: length(e)[:, :, 0],
    ),
    Mistake("modulus", f"sums |x_j - w_ij|; {EQ7}", "eq. 7", lambda e: gap(e).abs().sum(dim=2)),
    Mistake(
        "no-square", f"sums x_j - w_ij, not squared; {EQ7}", "eq. 7", lambda e: gap(e).sum(dim=2)
    ),
    Mistake(
        "half",
        f"is halved; {EQ7}, without 1/2",
        "field notes B5",
        lambda e: gap(e).square().sum(dim=2) / 2,
    ),
    Mistake(
        "averaged",
        f"is averaged over the units (1/84); {EQ7}, a sum",
        "field notes B6",
        lambda e: gap(e).square().mean(dim=2),
    ),
    Mistake(
        "affine",
        f"equals x W^T, a linear layer; {EQ7}",
        "field notes A17",
        lambda e: e["x"] @ e["W"].mT,
    ),
    Mistake(
        "sum-squared",
        f"squares the sum of the differences; {EQ7}, a sum of squares",
        "parenthesis slip",
        lambda e: gap(e).sum(dim=2).square(),
    ),
    Mistake(
        "sign",
        f"is a negative distance (a score); {EQ7}",
        "field notes B4",
        lambda e: -(length(e)[:, :, 0] ** 2),
    ),
    Mistake(
        "gaussian",
        f"equals exp(-distance), a Gaussian; {EQ7} itself",
        "eq. 7",
        gaussian,
        lambda e: (-gap(e).square().sum(dim=2)).exp(),
    ),
    Mistake(
        "no-cross-term",
        f"equals |x|^2 + |w|^2, the cross term -2 x w missing; {EQ7}",
        "expansion slip",
        lambda e: (e["x"].square()[:, None, :] + e["W"].square()).sum(dim=2),
    ),
    Mistake(
        "half-cross-term",
        f"equals |x|^2 - x w + |w|^2, the 2 of the cross term missing; {EQ7}",
        "expansion slip",
        lambda e: (gap(e).square() + e["x"][:, None, :] * e["W"]).sum(dim=2),
    ),
)

DX = "right: dx_j = sum_i 2 (x_j - w_ij) dy_i"
STATE = (
    Mistake(
        "half",
        f"lacks the 2 of the derivative; {DX}",
        "field notes B5",
        lambda e: pulled(e, gap(e)) / 2,
    ),
    Mistake(
        "sign",
        f"has the wrong sign, w - x for x - w; {DX}",
        "field notes B8",
        lambda e: -pulled(e, gap(e)),
    ),
    Mistake(
        "class-index",
        f"uses x_i for x_j (erratum S12); {DX}",
        "erratum S12",
        lambda e: pulled(e, misread(e)),
    ),
    Mistake(
        "no-upstream",
        f"is not multiplied by the upstream gradient; {DX}",
        "field notes B8, C24",
        lambda e: 2 * gap(e).sum(dim=1),
    ),
    Mistake(
        "averaged-over-classes",
        f"is averaged over the classes; {DX}, a sum",
        "experience",
        lambda e: pulled(e, gap(e)) / len(e["W"]),
    ),
    Mistake(
        "state-only",
        f"equals the sum of 2 x_j dy_i: the code is missing; {DX}",
        "experience",
        lambda e: pulled(e, e["x"][:, None, :].expand_as(gap(e))),
    ),
    Mistake(
        "affine",
        f"equals dy W, the gradient of a linear layer; {DX}",
        "field notes A17",
        lambda e: e["dy"] @ e["W"],
    ),
    Mistake(
        "modulus",
        f"uses |x_j - w_ij|: the sign of the difference is lost; {DX}",
        "sign slip",
        lambda e: pulled(e, gap(e).abs()),
    ),
    Mistake(
        "sign-of-gap",
        f"uses the sign of x_j - w_ij, the derivative of a modulus; {DX}",
        "eq. 7",
        lambda e: pulled(e, gap(e).sign()) / 2,
    ),
    Mistake(
        "not-squared",
        f"is the gradient of the Euclidean distance, not of its square; {DX}",
        "eq. 7",
        lambda e: finite(pulled(e, gap(e) / length(e)) / 2),
    ),
)

DW = "right: dW_ij = -sum_n 2 (x_j - w_ij) dy_i"
LEARNED = (
    Mistake(
        "sign",
        f"lacks the minus of the inner derivative; {DW}",
        "field notes B8",
        lambda e: -moved(e, gap(e)),
    ),
    Mistake(
        "half",
        f"lacks the 2 of the derivative; {DW}",
        "field notes B5",
        lambda e: unless_two(e, moved(e, gap(e)) / 2),
    ),
    Mistake(
        "class-index",
        f"uses x_i for x_j (erratum S12); {DW}",
        "erratum S12",
        lambda e: moved(e, misread(e)),
    ),
    Mistake(
        "no-upstream",
        f"is not multiplied by the upstream gradient; {DW}",
        "field notes B8",
        lambda e: -2 * gap(e).sum(dim=0),
    ),
    Mistake(
        "averaged-over-batch",
        f"is averaged over the batch, whose 1/N dy already holds; {DW}",
        "field notes B10",
        lambda e: apart(e, moved(e, gap(e)) / e.batch),
    ),
    Mistake(
        "last-pattern-only",
        f"is the last pattern's alone: assigned in the loop, must be accumulated; {DW}",
        "field notes C5",
        lambda e: -2 * e["dy"][-1][:, None] * gap(e)[-1],
    ),
    Mistake(
        "affine",
        f"equals dy^T x, the gradient of a linear layer; {DW}",
        "field notes A17",
        lambda e: e["dy"].mT @ e["x"],
    ),
)

MISTAKES = {
    "rbf.y": (*DISTANCES, *CODES),
    "rbf.dx": (*STATE, *CODES),
    "rbf.dW": (*LEARNED, *CODES),
}
