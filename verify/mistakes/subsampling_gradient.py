"""Mistaken formulas of the trainable subsampling layers, backward to their input."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING, finite
from verify.mistakes.max_pool_gradient import FROM_DA
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.windows import BY_ROW, at, fold, windows


def column(values: Tensor) -> Tensor:
    """One value per map, to be multiplied into a volume."""
    return values[:, None, None]


def share(e: Situation) -> float:
    """Part of ds that each element receives."""
    return 1.0 if e.spec.reading == "sum" else 1.0 / (e.spec.window[0] * e.spec.window[1])


def spread(e: Situation, rows: Tensor) -> Tensor:
    """da, or dx with the windows put back."""
    return fold(e, rows) if e.step.symbol == "dx" else rows


def copies(e: Situation) -> Tensor:
    """ds repeated to its window, the rows of da."""
    return e["ds"].reshape(-1, 1).expand(-1, e.spec.window[0] * e.spec.window[1])


def tiled(e: Situation) -> Tensor:
    """dx as copies of the small map side by side."""
    return e["ds"].tile(e.spec.window) * share(e) if e.spec.tiled else NOTHING


def consecutive(e: Situation) -> Tensor:
    """da from tile() where repeat() was meant: consecutive windows mixed in one row."""
    size = e.spec.window[0] * e.spec.window[1]
    return e["ds"].reshape(-1).tile(size).reshape(-1, size) * share(e)


def to_maximum(e: Situation) -> Tensor:
    """da at the largest element of each window only."""
    rows = windows(e, e["x"])
    return e["ds"].reshape(-1, 1) * at(e, rows.argmax(dim=1)) * share(e)


DS = (
    Mistake(
        "no-coefficient", "equals dz; right: ds = W dz", "section 3 of the facts", lambda e: e["dz"]
    ),
    Mistake(
        "neighbour's-coefficient:previous",
        "uses the coefficient of the previous map; right: ds = W dz per map",
        "off by one",
        lambda e: column(e["W"].roll(1)) * e["dz"],
    ),
    Mistake(
        "neighbour's-coefficient:next",
        "uses the coefficient of the next map; right: ds = W dz per map",
        "off by one",
        lambda e: column(e["W"].roll(-1)) * e["dz"],
    ),
    Mistake(
        "shared-coefficient",
        "uses the first map's coefficient for all; every map has its own",
        "field notes A5; field notes C4",
        lambda e: e["W"][0] * e["dz"],
    ),
    Mistake(
        "divided",
        "equals dz / W; right: ds = W dz",
        "inverse taken for the adjoint",
        lambda e: finite(e["dz"] / column(e["W"])),
    ),
    Mistake(
        "no-derivative",
        "equals W dy: the derivative of the squash is missing; right: ds = W dz",
        "field notes C30",
        lambda e: column(e["W"]) * e["dy"],
    ),
    Mistake(
        "coefficient-squared",
        "equals W W dz: the coefficient is applied twice; right: ds = W dz",
        "product rule slip",
        lambda e: column(e["W"].square()) * e["dz"],
    ),
)

EACH = "each input of a window receives"
SPREAD = (
    Mistake(
        "averaged",
        f"is ds divided by the window's size; {EACH} the whole ds, for section II-B adds them",
        "field notes A4, C29",
        lambda e: spread(e, copies(e) / copies(e).shape[1]),
    ),
    Mistake(
        "averaged-twice",
        f"is divided by the window's size twice; {EACH} its share once when they are averaged",
        "field notes C29",
        lambda e: spread(e, copies(e) / copies(e).shape[1] ** 2),
    ),
    Mistake(
        "summed",
        f"equals ds: the division of the average is missing; {EACH} a share (section II-A)",
        "field notes A4, C29",
        lambda e: spread(e, copies(e)),
    ),
    Mistake(
        "first-element",
        f"goes to the first element of each window only; {EACH} it",
        "experience",
        lambda e: spread(e, F.pad(copies(e)[:, :1] * share(e), (0, copies(e).shape[1] - 1))),
    ),
    Mistake(
        "to-maximum",
        f"goes to the maximum of each window only, as in max pooling; {EACH} it",
        "experience",
        lambda e: spread(e, to_maximum(e)),
    ),
    Mistake(
        "tiled:windows",
        f"mixes windows: ds is tiled where it must be repeated; {EACH} its own ds",
        "experience",
        lambda e: spread(e, consecutive(e)),
    ),
)

MISTAKES = {
    "subsampling.ds": DS,
    "subsampling.da": SPREAD,
    "subsampling.dx": (
        Mistake(
            "tiled:map",
            "puts whole copies of ds side by side (tile); each ds must fill its own window",
            "experience",
            tiled,
        ),
        *SPREAD,
        BY_ROW,
        FROM_DA,
    ),
}
