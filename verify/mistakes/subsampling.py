"""Mistaken formulas of the trainable subsampling layers, forward."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import finite
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.windows import windows


def column(values: Tensor) -> Tensor:
    """One value per map, to be multiplied into a volume."""
    return values[:, None, None]


def per_window(e: Situation, reduce: Callable[[Tensor], Tensor]) -> Tensor:
    """One number per window."""
    return reduce(windows(e, e["x"])).reshape(e.oracle.shape)


def without(e: Situation, position: int) -> Tensor:
    """The windows' sums but for one element (in the right proportion of sum or average)."""
    whole = 1 if e.spec.reading == "sum" else e.spec.window[0] * e.spec.window[1]
    rows = windows(e, e["x"])
    return ((rows.sum(dim=1) - rows[:, position]) / whole).reshape(e.oracle.shape)


def from_rows(e: Situation, rows: Tensor) -> Tensor:
    """The sum or average of each row, as the reading has it."""
    reduced = rows.sum(dim=1) if e.spec.reading == "sum" else rows.mean(dim=1)
    return reduced.reshape(e.oracle.shape)


II_B = "section II-B adds the four inputs"
SUMS = (
    Mistake(
        "averaged",
        f"equals the average of each window; {II_B} (II-A's average is a named reading)",
        "field notes A4",
        lambda e: F.avg_pool2d(e["x"], e.spec.window, e.spec.step),
    ),
    Mistake(
        "summed",
        "equals the sum of each window; this reading averages (section II-A)",
        "field notes A4",
        lambda e: F.avg_pool2d(e["x"], e.spec.window, e.spec.step, divisor_override=1),
    ),
    Mistake(
        "maximum",
        f"equals the maximum of each window; {II_B}",
        "experience",
        lambda e: per_window(e, lambda rows: rows.amax(dim=1)),
    ),
    *(
        Mistake(
            f"one-input-missing:{k}",
            f"leaves out input {k} of each window; {II_B}",
            "off by one",
            partial(without, position=k),
        )
        for k in range(4)
    ),
    Mistake(
        "first-element",
        f"equals the first element of each window; {II_B}",
        "experience",
        lambda e: per_window(e, lambda rows: rows[:, 0]),
    ),
    Mistake(
        "follows-from-a",
        "reduces the rows of this layer's a, which is wrong",
        "consequence",
        lambda e: from_rows(e, e["a"]),
    ),
    Mistake(
        "squared",
        f"equals the sum of squares of each window; {II_B}",
        "experience",
        lambda e: per_window(e, lambda rows: rows.square().sum(dim=1)),
    ),
)

Z = "right: z = W s + b"
SCALED = (
    Mistake(
        "no-coefficient", f"equals s + b; {Z}", "field notes A5", lambda e: e["s"] + column(e["b"])
    ),
    Mistake("no-bias", f"equals W s; {Z}", "field notes A5", lambda e: column(e["W"]) * e["s"]),
    Mistake("no-parameters", f"equals s alone; {Z}", "field notes A5", lambda e: e["s"]),
    Mistake(
        "bias-multiplied",
        f"equals W s b; {Z}",
        "field notes A6",
        lambda e: column(e["W"] * e["b"]) * e["s"],
    ),
    Mistake(
        "bias-inside",
        f"equals W (s + b); {Z}",
        "parenthesis slip",
        lambda e: column(e["W"]) * (e["s"] + column(e["b"])),
    ),
    Mistake(
        "bias-subtracted",
        f"equals W s - b; {Z}",
        "sign slip",
        lambda e: column(e["W"]) * e["s"] - column(e["b"]),
    ),
    Mistake(
        "swapped-parameters",
        f"equals b s + W; {Z}",
        "argument order",
        lambda e: column(e["b"]) * e["s"] + column(e["W"]),
    ),
    Mistake(
        "divided",
        f"equals s / W + b; {Z}",
        "experience",
        lambda e: finite(e["s"] / column(e["W"]) + column(e["b"])),
    ),
    Mistake(
        "averaged",
        f"equals W s / 4 + b: averaged a second time; {Z}",
        "field notes A4",
        lambda e: column(e["W"]) * e["s"] / 4 + column(e["b"]),
    ),
    Mistake(
        "neighbour's-coefficient:previous",
        f"uses the coefficient of the previous map; {Z} per map",
        "off by one",
        lambda e: column(e["W"].roll(1)) * e["s"] + column(e["b"]),
    ),
    Mistake(
        "neighbour's-coefficient:next",
        f"uses the coefficient of the next map; {Z} per map",
        "off by one",
        lambda e: column(e["W"].roll(-1)) * e["s"] + column(e["b"]),
    ),
    Mistake(
        "shared-coefficient",
        "uses the first map's coefficient for all; every map has its own",
        "field notes A5; field notes C4",
        lambda e: e["W"][0] * e["s"] + column(e["b"]),
    ),
    Mistake(
        "shared-bias",
        "uses the first map's bias for all; every map has its own",
        "field notes C4",
        lambda e: column(e["W"]) * e["s"] + e["b"][0],
    ),
)

MISTAKES = {"subsampling.s": SUMS, "subsampling.z": SCALED}
