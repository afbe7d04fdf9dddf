"""Mistaken formulas of the convolution layers, backward: da, dW and db."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from verify.mistakes.connections import correlated
from verify.mistakes.guards import NOTHING
from verify.mistakes.kernels import LAYOUT, LAYOUTS, read_as
from verify.mistakes.kernels import correlated as correlated_only
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle import convolution

Upstream = Callable[[Situation], Tensor]


def rows(volume: Tensor) -> Tensor:
    """One row per position."""
    return volume.movedim(1, -1).flatten(0, -2)


def scrambled(e: Situation) -> Tensor:
    """dz (N, K, OH, OW) reshaped to (rows, K) without moving the axes, as a volume."""
    n, k, oh, ow = e["dz"].shape
    if oh * ow == 1:
        return NOTHING
    return e["dz"].reshape(-1, k).reshape(n, oh, ow, k).movedim(-1, 1)


def by_position(e: Situation) -> Tensor:
    """dz with its rows listed by (i, j, n), taken for (n, i, j), as a volume."""
    n, k, oh, ow = e["dz"].shape
    if oh * ow == 1 or n == 1:
        return NOTHING
    return e["dz"].permute(2, 3, 0, 1).reshape(n, oh, ow, k).movedim(-1, 1)


def matrix(e: Situation) -> Tensor:
    """The live weights as they meet the fields, (K, C*kh*kw)."""
    return filters(e, e["W"])


def filters(e: Situation, W: Tensor) -> Tensor:
    """Any weights as they would meet the fields."""
    return convolution.turned(convolution.live(W, e.spec), e.spec).flatten(1)


def da_from(e: Situation, dz: Tensor) -> Tensor:
    """da for another dz."""
    return dz if dz is NOTHING else rows(dz) @ matrix(e)


def da_by(e: Situation, change: Callable[[Tensor], Tensor]) -> Tensor:
    """da for other weights, where they are others."""
    W = convolution.live(e["W"], e.spec)
    other = change(W)
    if other.shape != W.shape or torch.equal(other, W):
        return NOTHING
    return rows(e["dz"]) @ convolution.turned(other, e.spec).flatten(1)


def stepped(e: Situation, eta: float) -> Tensor:
    """da with weights already updated, W - eta dW."""
    if eta == 0:
        return NOTHING
    return rows(e["dz"]) @ (matrix(e) - eta * filters(e, e["dW"]))


def updated(e: Situation) -> Tensor:
    """The same for the eta that fits best."""
    change = rows(e["dz"]) @ filters(e, e["dW"])
    size = float((change * change).sum())
    return stepped(e, float((change * (e.oracle - e.subject)).sum()) / size if size > 0 else 0.0)


def dx_of(e: Situation, W: Tensor) -> Tensor:
    """dx for other weights."""
    x = e["x"].detach().requires_grad_()
    z = convolution.linear(x, W, None, e.spec)
    return torch.autograd.grad((z * e["dz"]).sum(), x)[0]


def dx_stepped(e: Situation, eta: float) -> Tensor:
    """dx with weights already updated, W - eta dW."""
    return NOTHING if eta == 0 else dx_of(e, e["W"] - eta * e["dW"])


def dx_updated(e: Situation) -> Tensor:
    """The same for the eta that fits best."""
    change = dx_of(e, e["dW"])
    size = float((change * change).sum())
    return dx_stepped(e, float((change * (e.oracle - e.subject)).sum()) / size if size > 0 else 0.0)


def one_output(e: Situation, k: int) -> Tensor:
    """da from one output map alone."""
    kept = torch.zeros_like(e["dz"])
    kept[:, k] = e["dz"][:, k]
    return da_from(e, kept)


def dW_from(e: Situation, dz: Tensor) -> Tensor:
    """dW for another dz, the regulariser's share included."""
    if dz is NOTHING:
        return dz
    found = convolution.live(correlated(e, e["x"], dz), e.spec)
    return found + e.reg * e["W"]


def pattern(e: Situation, n: int) -> Tensor:
    """dz of one pattern, zero elsewhere."""
    if e.batch == 1:
        return NOTHING
    kept = torch.zeros_like(e["dz"])
    kept[n] = e["dz"][n]
    return kept


def position(e: Situation, i: int) -> Tensor:
    """dz of the first or last position, zero elsewhere."""
    if e["dz"][0, 0].numel() == 1:
        return NOTHING
    kept = torch.zeros_like(e["dz"])
    kept[:, :, i, i] = e["dz"][:, :, i, i]
    return kept


def in_memory(e: Situation) -> Tensor:
    """The matrix (C*kh*kw, K) of dW read as (K, C, kh, kw)."""
    found = dW_from(e, e["dz"])
    return NOTHING if len(found) == 1 else found.flatten(1).T.reshape(found.shape)


def without_last_kernel_row(e: Situation) -> Tensor:
    """The loop over kernel rows ends one too early."""
    found = dW_from(e, e["dz"])
    last = torch.tensor([found.shape[2] - 1])
    return found.index_fill(2, last, 0.0)


def dx_from(e: Situation, dz: Tensor) -> Tensor:
    """dx for another dz."""
    x = e["x"].detach().requires_grad_()
    z = convolution.linear(x, e["W"], None, e.spec)
    return torch.autograd.grad((z * dz).sum(), x)[0]


def summed(dz: Tensor) -> Tensor:
    """db for another dz."""
    return dz if dz is NOTHING else dz.sum(dim=(0, 2, 3))


TERMS: tuple[tuple[str, str, str, Upstream], ...] = (
    ("no-derivative", "uses dy: the derivative of the activation is missing; it needs dz",
     "field notes C24", lambda e: e["dy"]),
    ("last-pattern-only", "is the last pattern's alone: assigned in the loop, must be accumulated",
     "field notes C5", lambda e: pattern(e, -1)),
    ("first-pattern-only", "is the first pattern's alone; the gradient sums over the batch",
     "field notes C5", lambda e: pattern(e, 0)),
    ("last-position-only", "is the last position's alone: assigned in the loop, must be "
     "accumulated", "field notes C5", lambda e: position(e, -1)),
    ("first-position-only", "is the first position's alone; the gradient sums over positions",
     "index slip", lambda e: position(e, 0)),
    ("reshape-for-transpose:dz", "reads dz (N, K, OH, OW) as rows by K without moving its axes",
     "erratum S27", scrambled),
    ("rows-by-position", "lists the rows of dz by (i, j, n); rows run over (n, i, j)",
     "erratum S27", by_position),
)  # fmt: skip


def following(e: Situation, make: Callable[[Situation, Tensor], Tensor], dz: Upstream) -> Tensor:
    """A formula of the right form on a wrong dz."""
    return make(e, dz(e))


def each(make: Callable[[Situation, Tensor], Tensor], *names: str) -> tuple[Mistake, ...]:
    """The same wrong dz in another formula."""
    return tuple(
        Mistake(name, text, source, partial(following, make=make, dz=dz))
        for name, text, source, dz in TERMS
        if name in names
    )


KERNEL = "da = dz W^T needs the kernel as it stands"
DA = (
    *each(da_from, "no-derivative", "reshape-for-transpose:dz", "rows-by-position"),
    Mistake("kernel-rotated", f"uses the kernel rotated by 180 degrees; {KERNEL}",
            "field notes C12", correlated_only(partial(da_by, change=lambda W: W.flip(2, 3)))),
    Mistake("kernel-transposed", f"has kernel rows and columns exchanged; {KERNEL}",
            "H and W swapped", partial(da_by, change=lambda W: W.mT)),
    Mistake("axes-flipped", "uses rot90 on the wrong axes: maps are in reverse order",
            "field notes C13",
            correlated_only(partial(da_by, change=lambda W: W.flip(0, 1)))),
    Mistake("axes-flipped:all", "turns the kernel in its map axes, not its spatial ones, or in "
            "all four: maps are in reverse order, the kernel rotated", "field notes C13",
            correlated_only(partial(da_by, change=lambda W: W.flip(0, 1, 2, 3)))),
    *(Mistake(f"weight-layout:{name}", f"reads the weights as {name}; {LAYOUT}", source,
              partial(da_by, change=read_as(order))) for name, order, source in LAYOUTS),
    Mistake("last-map-only", "is the last output map's alone: assigned in the loop over maps, must "
            "be accumulated", "field notes C7", lambda e: one_output(e, -1)),
    Mistake("first-map-only", "is the first output map's alone; da sums over all", "field notes C7",
            lambda e: one_output(e, 0)),
    Mistake("averaged-over-maps", "is divided by the number of output maps; da sums over them",
            "experience", lambda e: da_from(e, e["dz"] / e["dz"].shape[1])),
    Mistake("updated-weights", "uses weights already updated; da needs those of the forward pass",
            "field notes C19", updated, partial(stepped, eta=0.1), fitted=1),
)  # fmt: skip
DW = (
    *each(dW_from, *(name for name, *_ in TERMS)),
    Mistake("reshape-for-transpose:dW",
            "is the matrix (C*kh*kw, K) reshaped; it must be transposed", "field notes C31",
            in_memory),
    Mistake("last-row-missing", "lacks the last kernel row: the loop ends one too early",
            "off by one", without_last_kernel_row),
)  # fmt: skip
DB = (
    *each(lambda e, dz: summed(dz), *(name for name, *_ in TERMS[:6])),
    Mistake("one-number", "is summed over the maps as well: one number for all; every map has its "
            "own", "field notes C4", lambda e: e["dz"].sum().expand(e.oracle.shape)),
    Mistake("bias-itself", "is the bias: the update reads b for db", "field notes C3",
            lambda e: e["b"]),
    Mistake("sum-of-moduli", "adds moduli; right: db = sum of dz", "sign slip",
            lambda e: summed(e["dz"].abs())),
    Mistake("largest", "takes the largest dz; right: db = sum of dz", "experience",
            lambda e: e["dz"].amax(dim=(0, 2, 3))),
)  # fmt: skip

MISTAKES = {
    "convolution.da": DA,
    "convolution.dx": (
        *each(dx_from, "no-derivative"),
        Mistake(
            "updated-weights",
            "uses weights already updated; dx needs those of the forward pass",
            "field notes C19",
            dx_updated,
            partial(dx_stepped, eta=0.1),
            fitted=1,
        ),
    ),
    "convolution.dW": DW,
    "convolution.db": DB,
}
