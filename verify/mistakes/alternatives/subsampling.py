"""Mistaken formulas of the trainable subsampling layers, forward."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import finite
from verify.mistakes.alternatives.windows import windows
from verify.mistakes.hypothesis import Evidence


def column(values: Tensor) -> Tensor:
    """One value per map, to be multiplied into a volume."""
    return values[:, None, None]


def per_window(e: Evidence, reduce: Callable[[Tensor], Tensor]) -> Tensor:
    """One number per window."""
    return reduce(windows(e, e["x"])).reshape(e.oracle.shape)


def without(e: Evidence, position: int) -> Tensor:
    """The windows' sums but for one element (in the right proportion of sum or average)."""
    whole = 1 if e.spec.reading == "sum" else e.spec.window[0] * e.spec.window[1]
    rows = windows(e, e["x"])
    return ((rows.sum(dim=1) - rows[:, position]) / whole).reshape(e.oracle.shape)


def from_rows(e: Evidence, rows: Tensor) -> Tensor:
    """The sum or average of each row, as the reading has it."""
    reduced = rows.sum(dim=1) if e.spec.reading == "sum" else rows.mean(dim=1)
    return reduced.reshape(e.oracle.shape)


II_B = "section II-B adds the four inputs"
SUMS = (
    Entry(
        "averaged",
        f"equals the average of each window; {II_B} (II-A's average is a named reading)",
        lambda e: F.avg_pool2d(e["x"], e.spec.window),
    ),
    Entry(
        "summed",
        "equals the sum of each window; this reading averages (section II-A)",
        lambda e: F.avg_pool2d(e["x"], e.spec.window, divisor_override=1),
    ),
    Entry(
        "maximum",
        f"equals the maximum of each window; {II_B}",
        lambda e: per_window(e, lambda rows: rows.amax(dim=1)),
    ),
    *(
        Entry(
            "one-input-missing",
            f"leaves out input {k} of each window; {II_B}",
            partial(without, position=k),
        )
        for k in range(4)
    ),
    Entry(
        "first-element",
        f"equals the first element of each window; {II_B}",
        lambda e: per_window(e, lambda rows: rows[:, 0]),
    ),
    Entry(
        "follows-from-a",
        "reduces the rows of this layer's a, which is wrong",
        lambda e: from_rows(e, e["a"]),
    ),
    Entry(
        "squared",
        f"equals the sum of squares of each window; {II_B}",
        lambda e: per_window(e, lambda rows: rows.square().sum(dim=1)),
    ),
)

Z = "right: z = W s + b"
SCALED = (
    Entry("no-coefficient", f"equals s + b; {Z}", lambda e: e["s"] + column(e["b"])),
    Entry("no-bias", f"equals W s; {Z}", lambda e: column(e["W"]) * e["s"]),
    Entry("no-parameters", f"equals s alone; {Z}", lambda e: e["s"]),
    Entry(
        "bias-multiplied",
        f"equals W s b; {Z}",
        lambda e: column(e["W"] * e["b"]) * e["s"],
    ),
    Entry(
        "bias-inside",
        f"equals W (s + b); {Z}",
        lambda e: column(e["W"]) * (e["s"] + column(e["b"])),
    ),
    Entry(
        "bias-subtracted",
        f"equals W s - b; {Z}",
        lambda e: column(e["W"]) * e["s"] - column(e["b"]),
    ),
    Entry(
        "swapped-parameters",
        f"equals b s + W; {Z}",
        lambda e: column(e["b"]) * e["s"] + column(e["W"]),
    ),
    Entry(
        "divided",
        f"equals s / W + b; {Z}",
        lambda e: finite(e["s"] / column(e["W"]) + column(e["b"])),
    ),
    Entry(
        "averaged",
        f"equals W s / 4 + b: averaged a second time; {Z}",
        lambda e: column(e["W"]) * e["s"] / 4 + column(e["b"]),
    ),
    Entry(
        "neighbour's-coefficient",
        f"uses the coefficient of the previous map; {Z} per map",
        lambda e: column(e["W"].roll(1)) * e["s"] + column(e["b"]),
    ),
    Entry(
        "neighbour's-coefficient",
        f"uses the coefficient of the next map; {Z} per map",
        lambda e: column(e["W"].roll(-1)) * e["s"] + column(e["b"]),
    ),
    Entry(
        "shared-coefficient",
        "uses the first map's coefficient for all; every map has its own",
        lambda e: e["W"][0] * e["s"] + column(e["b"]),
    ),
    Entry(
        "shared-bias",
        "uses the first map's bias for all; every map has its own",
        lambda e: column(e["W"]) * e["s"] + e["b"][0],
    ),
)

ALTERNATIVES = {"subsampling.s": SUMS, "subsampling.z": SCALED}
