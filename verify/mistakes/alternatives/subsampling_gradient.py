"""Mistaken formulas of the trainable subsampling layers, backward."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import finite
from verify.mistakes.alternatives.pooling_gradient import FROM_DA
from verify.mistakes.alternatives.windows import at, fold, windows
from verify.mistakes.hypothesis import Evidence

Terms = Callable[[Evidence], Tensor]


def column(values: Tensor) -> Tensor:
    """One value per map, to be multiplied into a volume."""
    return values[:, None, None]


def share(e: Evidence) -> float:
    """Part of ds that each element receives."""
    return 1.0 if e.spec.reading == "sum" else 1.0 / (e.spec.window[0] * e.spec.window[1])


def spread(e: Evidence, rows: Tensor) -> Tensor:
    """da, or dx with the windows put back."""
    return fold(e, rows) if e.step.symbol == "dx" else rows


def copies(e: Evidence) -> Tensor:
    """ds repeated to its window, the rows of da."""
    return e["ds"].reshape(-1, 1).expand(-1, e.spec.window[0] * e.spec.window[1])


def tiled(e: Evidence) -> Tensor:
    """dx as copies of the small map side by side."""
    return e["ds"].tile(e.spec.window) * share(e)


def consecutive(e: Evidence) -> Tensor:
    """da from tile() where repeat() was meant: consecutive windows mixed in one row."""
    size = e.spec.window[0] * e.spec.window[1]
    return e["ds"].reshape(-1).tile(size).reshape(-1, size) * share(e)


def to_maximum(e: Evidence) -> Tensor:
    """da at the largest element of each window only."""
    rows = windows(e, e["x"])
    return e["ds"].reshape(-1, 1) * at(e, rows.argmax(dim=1)) * share(e)


def per_map(volume: Tensor) -> Tensor:
    """Sum over patterns and positions."""
    return volume.sum(dim=(0, 2, 3))


DS = (
    Entry("no-coefficient", "equals dz; right: ds = W dz", lambda e: e["dz"]),
    Entry(
        "neighbour's-coefficient",
        "uses the coefficient of the previous map; right: ds = W dz per map",
        lambda e: column(e["W"].roll(1)) * e["dz"],
    ),
    Entry(
        "neighbour's-coefficient",
        "uses the coefficient of the next map; right: ds = W dz per map",
        lambda e: column(e["W"].roll(-1)) * e["dz"],
    ),
    Entry(
        "shared-coefficient",
        "uses the first map's coefficient for all; every map has its own",
        lambda e: e["W"][0] * e["dz"],
    ),
    Entry("divided", "equals dz / W; right: ds = W dz", lambda e: finite(e["dz"] / column(e["W"]))),
    Entry(
        "no-derivative",
        "equals W dy: the derivative of the squash is missing; right: ds = W dz",
        lambda e: column(e["W"]) * e["dy"],
    ),
    Entry(
        "coefficient-squared",
        "equals W W dz: the coefficient is applied twice; right: ds = W dz",
        lambda e: column(e["W"].square()) * e["dz"],
    ),
)

EACH = "each of the four inputs receives"
SPREAD = (
    Entry(
        "averaged",
        f"equals ds / 4; {EACH} the whole ds, for section II-B adds the four inputs",
        lambda e: spread(e, copies(e) / copies(e).shape[1]),
    ),
    Entry(
        "averaged-twice",
        f"equals ds / 16: averaged twice; {EACH} ds / 4 when the window is averaged",
        lambda e: spread(e, copies(e) / copies(e).shape[1] ** 2),
    ),
    Entry(
        "summed",
        f"equals ds: the 1/4 of the average is missing; {EACH} ds / 4 (section II-A)",
        lambda e: spread(e, copies(e)),
    ),
    Entry(
        "first-element",
        f"goes to the first element of each window only; {EACH} it",
        lambda e: spread(e, F.pad(copies(e)[:, :1] * share(e), (0, copies(e).shape[1] - 1))),
    ),
    Entry(
        "to-maximum",
        f"goes to the maximum of each window only, as in max pooling; {EACH} it",
        lambda e: spread(e, to_maximum(e)),
    ),
    Entry(
        "tiled",
        f"mixes windows: ds is tiled where it must be repeated; {EACH} its own ds",
        lambda e: spread(e, consecutive(e)),
    ),
)

DW = "right: dW = sum of dz s"
COEFFICIENT = (
    Entry("swapped", f"equals db: dW and db are exchanged; {DW}", lambda e: per_map(e["dz"])),
    Entry(
        "no-derivative",
        f"equals the sum of dy s: the derivative of the squash is missing; {DW}",
        lambda e: per_map(e["dy"] * e["s"]),
    ),
    Entry(
        "window-average",
        f"equals the sum of dz s / 4: the window's average for its sum; {DW}",
        lambda e: per_map(e["dz"] * e["s"]) / 4,
    ),
    Entry(
        "window-sum",
        f"equals the sum of 4 dz s: the window's sum for its average; {DW}",
        lambda e: per_map(e["dz"] * e["s"]) * 4,
    ),
    Entry(
        "output-for-sum",
        f"equals the sum of dz y: the layer's output for its window sums; {DW}",
        lambda e: per_map(e["dz"] * e["y"]),
    ),
    Entry(
        "pre-activation-for-sum",
        f"equals the sum of dz z: the pre-activation for the window sums; {DW}",
        lambda e: per_map(e["dz"] * e["z"]),
    ),
    Entry(
        "times-coefficient",
        f"equals the sum of ds s: multiplied by W; {DW}",
        lambda e: e["W"] * per_map(e["dz"] * e["s"]),
    ),
    Entry(
        "sums-apart",
        f"equals (sum of dz)(sum of s), the product outside the sum; {DW}",
        lambda e: per_map(e["dz"]) * per_map(e["s"]),
    ),
)


def product(e: Evidence) -> Tensor:
    """What dW sums: dz s."""
    return e["dz"] * e["s"]


def upstream(e: Evidence) -> Tensor:
    """What db sums: dz."""
    return e["dz"]


def one_number(e: Evidence, terms: Terms) -> Tensor:
    """One number for all maps."""
    return terms(e).sum().expand(e.oracle.shape)


def one_pattern(e: Evidence, terms: Terms, pattern: int) -> Tensor:
    """The sum over one pattern only."""
    return terms(e)[pattern].sum(dim=(1, 2))


def reductions(terms: Terms) -> tuple[Entry, ...]:
    """Ways to sum too much or too little."""
    return (
        Entry(
            "one-number",
            "is summed over the maps as well: one number for all; every map has its own",
            partial(one_number, terms=terms),
        ),
        Entry(
            "last-pattern-only",
            "is the last pattern's alone: assigned in the loop, must be accumulated",
            partial(one_pattern, terms=terms, pattern=-1),
        ),
        Entry(
            "first-pattern-only",
            "is the first pattern's alone; the gradient sums over the batch",
            partial(one_pattern, terms=terms, pattern=0),
        ),
    )


DB = "right: db = sum of dz"
BIAS = (
    Entry("swapped", f"equals dW: dW and db are exchanged; {DB}", lambda e: per_map(product(e))),
    Entry(
        "no-derivative",
        f"equals the sum of dy: the derivative of the squash is missing; {DB}",
        lambda e: per_map(e["dy"]),
    ),
    Entry(
        "times-coefficient",
        f"equals the sum of ds: multiplied by W; {DB}",
        lambda e: e["W"] * per_map(e["dz"]),
    ),
)

ALTERNATIVES = {
    "subsampling.ds": DS,
    "subsampling.da": SPREAD,
    "subsampling.dx": (
        Entry(
            "tiled",
            "puts whole copies of ds side by side (tile); each ds must fill its own window",
            tiled,
        ),
        *SPREAD,
        FROM_DA,
    ),
    "subsampling.dW": (*COEFFICIENT, *reductions(product)),
    "subsampling.db": (*BIAS, *reductions(upstream)),
}
