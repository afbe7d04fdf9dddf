"""A layer with another connection table than its own: for C3 of 1998, than Table I."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet_ref.connections import TABLE_I
from verify.mistakes.guards import NOTHING, bias
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle.convolution import dense, links, turned
from verify.tolerance.bound import UNIT_ROUNDOFF, gamma

Table = Callable[[Tensor], Tensor]
CYCLIC = {4: (4, 5, 0), 5: (5, 0, 1), 9: (3, 4, 5, 0), 10: (4, 5, 0, 1), 11: (5, 0, 1, 2)}


def correlated(e: Situation, x: Tensor, dz: Tensor) -> Tensor:
    """dW of a dense layer: the images correlated with dz."""
    W = e["W"].detach().requires_grad_()
    z = dense(x, W, None, e.spec)
    return torch.autograd.grad((z * dz).sum(), W)[0]


def dense_gradient(e: Situation) -> Tensor:
    """dW without a mask.

    At a dead link the reference is zero and so is its bound; what rounding explains of the sum
    that stands there is settled here, by taking the subject's value where it agrees.
    """
    found = correlated(e, e["x"], e["dz"])
    terms = e["dz"][:, 0].numel()
    size = correlated(e, e["x"].abs(), e["dz"].abs())
    agrees = (e.subject - found).abs() <= 2 * gamma(terms, UNIT_ROUNDOFF[e.dtype]) * size
    return torch.where(agrees, e.subject, found)


def output(e: Situation, W: Tensor) -> Tensor:
    """z for these weights."""
    return dense(e["x"], W, bias(e), e.spec)


def from_weights(e: Situation, W: Tensor) -> Tensor:
    """z, da or dx, whichever failed, for these weights."""
    if e.step.symbol == "z":
        return output(e, W)
    if e.step.symbol == "da":
        return e["dz"].movedim(1, -1).flatten(0, -2) @ turned(W, e.spec).flatten(1)
    x = e["x"].detach().requires_grad_()
    z = dense(x, W, None, e.spec)
    return torch.autograd.grad((z * e["dz"]).sum(), x)[0]


def the_links(e: Situation) -> Tensor:
    """(maps out, maps in) of the layer's own table."""
    return links(e.spec.table, e.spec.maps_in)


def weights_by(e: Situation, table: Table) -> Tensor:
    """The weights that another table leaves."""
    return e["W"] * table(the_links(e))[:, :, None, None]


def result_by(e: Situation, table: Table) -> Tensor:
    """z, da or dx under another table."""
    return NOTHING if e.spec.table is None else from_weights(e, weights_by(e, table))


def gradient_by(e: Situation, table: Table) -> Tensor:
    """dW under another table."""
    return (
        NOTHING
        if e.spec.table is None
        else dense_gradient(e) * table(the_links(e))[:, :, None, None]
    )


def contributed(e: Situation) -> Tensor:
    """Share, 0 or 1, of each input map in each output map of the subject's z, (K, C).

    Without its bias an output map is the sum of what each input map contributes; least squares
    over all pixels gives the shares.
    """
    W, z, b = turned(e["W"], e.spec), e["z"], bias(e)
    share = torch.ones(W.shape[:2], dtype=torch.float64)
    for k in range(len(W)):
        filters, maps = W[k][:, None], W.shape[1]
        parts = F.conv2d(e["x"], filters, None, e.spec.stride, e.spec.padding, groups=maps)
        rows = parts.movedim(1, -1).flatten(0, -2)
        wanted = (z[:, k] - b[k]).flatten()
        fitted = torch.linalg.lstsq(rows, wanted[:, None], driver="gelsd").solution[:, 0]
        share[k] = fitted.round().clamp(0, 1)
    return share


def one_link_less(table: Tensor) -> Tensor:
    """The first link is missing."""
    return table.flatten().index_fill(0, table.flatten().argmax(), 0.0).reshape(table.shape)


def fewer_links(e: Situation) -> Tensor:
    """The failing tensor with the links left out that z does without."""
    if e.spec.table is None or not bool(torch.isfinite(e["z"]).all()):
        return NOTHING
    return from_weights(e, e["W"] * contributed(e)[:, :, None, None])


def other_links(e: Situation) -> Tensor:
    """dW that is zero where the subject's is zero, whatever the table says."""
    if e.spec.table is None:
        return NOTHING
    live = e.subject.flatten(2).any(dim=2)
    return dense_gradient(e) * live[:, :, None, None]


def packed(e: Situation) -> Tensor:
    """z with the filters of columns 4, 5, 9, 10, 11 in cyclic order of their maps."""
    if [*map(sorted, e.spec.table or ())] != [*map(sorted, TABLE_I)]:
        return NOTHING  # of a table without these columns
    W = e["W"].clone()
    for k, cyclic in CYCLIC.items():
        W[k, sorted(cyclic)] = e["W"][k, list(cyclic)]
    return output(e, W)


TABLE = "right: the layer's own (of C3 of 1998, Table I)"
TABLES: tuple[tuple[str, str, Table], ...] = (
    ("table-shifted:right", "reads the table one column off", lambda t: t.roll(1, 0)),
    ("table-shifted:left", "reads the table one column off", lambda t: t.roll(-1, 0)),
    ("table-shifted:down", "reads the table one row off", lambda t: t.roll(1, 1)),
    ("table-shifted:up", "reads the table one row off", lambda t: t.roll(-1, 1)),
    ("table-mirrored:rows", "reads the table upside down", lambda t: t.flip(1)),
    ("table-mirrored:columns", "reads the table from right to left", lambda t: t.flip(0)),
    ("table-transposed", "reads the table by rows for columns", lambda t: t.mT.reshape(t.shape)),
    ("table-inverted", "reads the links that the table does not have", lambda t: 1 - t),
)


def read_as(make: Callable[..., Tensor]) -> tuple[Mistake, ...]:
    """The table misread, in one of the formulas."""
    return tuple(
        Mistake(name, f"{what}; {TABLE}", "field notes A2", partial(make, table=table))
        for name, what, table in TABLES
    )


DENSE = Mistake(
    "unmasked",
    "is not masked: links that do not exist have a gradient and would drift (C3 of 1998: 1,516 "
    "parameters, not 2,416)",
    "field notes A1; field notes A3",
    partial(gradient_by, table=torch.ones_like),
)

WEIGHED = (
    *read_as(result_by),
    Mistake(
        "links-missing",
        f"leaves out links between maps; {TABLE}",
        "Table I; field notes A2",
        fewer_links,
        partial(result_by, table=one_link_less),
    ),
)

MISTAKES = {
    "convolution.z": (
        Mistake(
            "packed-order",
            "has the filters of maps 4, 5, 9, 10, 11 in cyclic order; Table I's rows are ascending",
            "field notes A2",
            packed,
        ),
        *WEIGHED,
    ),
    "convolution.da": WEIGHED,
    "convolution.dx": WEIGHED,
    "convolution.dW": (
        DENSE,
        *read_as(gradient_by),
        Mistake(
            "other-links",
            f"is zero or not at the wrong links; {TABLE}",
            "Table I",
            other_links,
            partial(gradient_by, table=one_link_less),
        ),
    ),
}
