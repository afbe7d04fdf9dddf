"""Mistaken formulas of max pooling, backward."""

from __future__ import annotations

import torch
from torch import Tensor

from verify.mistakes.guards import NOTHING
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.windows import (
    BY_ROW,
    at,
    counted_by_column,
    fold,
    last,
    met_by_column,
    transposed,
    undeclared,
    windows,
)
from verify.oracle.max_pool import shares as right_shares


def routed(e: Situation, weights: Tensor) -> Tensor:
    """dz sent to the elements of each window in given parts."""
    da = e["dz"].reshape(-1, 1) * weights
    return fold(e, da) if e.step.symbol == "dx" else da


def winners(e: Situation) -> Tensor:
    """1 at every maximum, tied or not."""
    a = windows(e, e["x"])
    return (a == a.amax(dim=1, keepdim=True)).to(a.dtype)


def first(e: Situation) -> Tensor:
    """One-hot rows of the right winners, or the shares of those that were declared."""
    if e.spec.ties != "first":
        return right_shares(e["x"], e.spec)
    return at(e, windows(e, e["x"]).argmax(dim=1))


def unwindowed(e: Situation, t: Tensor) -> Tensor:
    """A tensor of this layer as windows."""
    return windows(e, t) if e.step.symbol == "dx" else t


def marked(e: Situation) -> Tensor:
    """The whole gradient wherever the subject has any, the right place included."""
    if e.spec.ties != "first" or e.spec.cover > 1:
        return NOTHING
    marks = (unwindowed(e, e.subject) != 0) | (first(e) != 0)
    return routed(e, marks.to(torch.float64))


def marked_before(e: Situation) -> Tensor:
    """The same of marks that the patterns in reverse order have left."""
    if e.spec.cover > 1:
        return NOTHING
    before = at(e, windows(e, e["x"].flip(0)).argmax(dim=1))
    return routed(e, torch.maximum(first(e), before))


def without_last_row(e: Situation) -> Tensor:
    """The right gradient but for the last row of windows."""
    n, c, oh, ow = e.shape("z")
    da = (e["dz"].reshape(-1, 1) * first(e)).reshape(n * c, oh, ow, -1)
    kept = torch.arange(oh)[:, None, None] < oh - 1
    return fold(e, (da * kept).flatten(0, 2))


def turned(e: Situation) -> Tensor:
    """This layer's da put back with each window transposed, where that makes a difference."""
    da = e["da"]
    other = transposed(e, da)
    return NOTHING if torch.equal(other, da) else fold(e, other)


def at_argmax(e: Situation) -> Tensor:
    """dz where the subject's argmax points; nowhere if that is outside the window."""
    if e.spec.ties != "first":
        return NOTHING
    places = torch.arange(e.oracle.shape[1])
    return e["dz"].reshape(-1, 1) * (e["argmax"].reshape(-1, 1) == places)


FROM_DA = Mistake(
    "follows-from-da",
    "is this layer's da put back where it belongs: da is wrong, not the scatter",
    "consequence",
    lambda e: fold(e, e["da"]),
)
FIRST = "the first maximum in row-major order wins"
ONE_HOT = "it belongs to one element only, the argmax (erratum S25)"

GRADIENT = (
    Mistake(
        "all-tied-maxima",
        f"gives the whole gradient to every tied maximum; {ONE_HOT}",
        "erratum S25; field notes C26",
        lambda e: undeclared(e, routed(e, winners(e))),
    ),
    Mistake(
        "split-ties",
        f"divides the gradient among tied maxima; {ONE_HOT}",
        "section 7 of the facts",
        lambda e: undeclared(e, routed(e, winners(e) / winners(e).sum(dim=1, keepdim=True))),
    ),
    Mistake(
        "last-maximum",
        f"goes to the last of tied maxima; {FIRST}",
        "field notes C26",
        lambda e: undeclared(e, routed(e, at(e, last(windows(e, e["x"]))))),
    ),
    Mistake(
        "met-by-column",
        f"goes to the tied maximum that is first down the columns; {FIRST}",
        "field notes C26",
        lambda e: undeclared(e, routed(e, at(e, met_by_column(e, windows(e, e["x"]))))),
    ),
    Mistake(
        "repeated",
        f"gives the whole gradient to every element of the window; {ONE_HOT}",
        "field notes C27; erratum S24",
        lambda e: routed(e, torch.ones_like(first(e))),
    ),
    Mistake(
        "spread-evenly",
        f"divides the gradient over the window, as an average would; {ONE_HOT}",
        "field notes C29",
        lambda e: routed(e, torch.ones_like(first(e)) / first(e).shape[1]),
    ),
    Mistake(
        "argmin",
        "goes to the minimum of each window; it belongs to the maximum",
        "sign slip",
        lambda e: routed(e, at(e, windows(e, e["x"]).argmin(dim=1))),
    ),
    Mistake(
        "column-major",
        "goes to the maximum's position counted column by column; positions are row-major",
        "erratum S27",
        lambda e: routed(e, at(e, counted_by_column(e, windows(e, e["x"])))),
    ),
    Mistake(
        "first-element",
        "always goes to the first element of the window; it belongs to the argmax",
        "experience",
        lambda e: routed(e, at(e, torch.zeros_like(windows(e, e["x"]).argmax(dim=1)))),
    ),
    Mistake(
        "times-value",
        "is multiplied by the maximum itself; the derivative of a maximum is 1 there",
        "erratum S24",
        lambda e: routed(e, first(e) * windows(e, e["x"])),
    ),
    Mistake(
        "others",
        "goes to every element but the maximum; the mask is inverted",
        "sign slip",
        lambda e: routed(e, 1 - first(e)),
    ),
    Mistake(
        "marks-left",
        f"gives the whole gradient to others too: marks left from an earlier call; {ONE_HOT}",
        "field notes C22",
        marked,
        marked_before,
    ),
)

MISTAKES = {
    "max_pool.da": (
        *GRADIENT,
        Mistake(
            "follows-from-argmax",
            "goes where this layer's argmax points, which is not the maximum",
            "consequence",
            at_argmax,
        ),
    ),
    "max_pool.dx": (
        Mistake(
            "window-transposed",
            "puts da back with each window's elements column by column; they run row by row",
            "erratum S27",
            turned,
        ),
        Mistake(
            "last-windows-missing",
            "lacks the last row of windows of da: the loop ends one too early",
            "field notes A20",
            without_last_row,
        ),
        *GRADIENT,
        BY_ROW,
        FROM_DA,
    ),
}
