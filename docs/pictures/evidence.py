"""Draw docs/pictures/evidence.svg from docs/evidence.json: ``python docs/pictures/evidence.py``
(extra: docs)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))
from verify.proof.evidence.counts import Line, lines  # noqa: E402
from verify.proof.evidence.record import read  # noqa: E402

INK, SOFT = "#1b2a41", "#c9d3e0"
STYLES = {
    "allclose": ("#2f6f9f", "o"), "kernel": ("#8a6d1d", "D"), "ones": ("#2f6f9f", "s"),
    "matched": ("#8a6d1d", "^"), "elementwise": ("#5b8c5a", "v"), "norm": ("#5b8c5a", "P"),
    "cosine": ("#7d5ba6", "X"), "means": ("#7d5ba6", "h"), "differences": ("#c8553d", "<"),
    "ours": (INK, "*"),
}  # fmt: skip
WORDS = {
    "allclose": "allclose, assert_close", "kernel": "output within atol = rtol",
    "ones": "upstream of ones", "matched": "99 % of the elements", "elementwise": "rel_error",
    "norm": "relative norm", "cosine": "cosine", "means": "means",
    "differences": "finite differences", "ours": "ours",
}  # fmt: skip
CHAINS = ("allclose", "elementwise", "norm", "cosine")
"""Groups whose policies differ in their threshold alone."""
mpl.rcParams.update({"svg.hashsalt": "lenet", "font.size": 9, "text.color": INK,
                     "font.family": "DejaVu Sans", "svg.fonttype": "none"})  # fmt: skip


def panel(ax: Any, every: list[Line], tier: str) -> None:
    """Recall over false alarms: up and left is better."""
    shown = [
        line for line in every if line.all[tier].whole and line.policy.name != "ours, the plan"
    ]
    for group, (colour, mark) in STYLES.items():
        for tensors in ("output", "usual", "every", "gradients"):
            mine = [x for x in shown if (x.policy.group, x.policy.tensors) == (group, tensors)]
            if group == "ours":
                mine = [x for x in mine if "declared" not in x.policy.name]
            points(ax, mine, tier, colour, mark)
    ax.set_title(tier, loc="left", color=INK)
    ax.set_xlabel("right code rejected, %", color=INK)
    ax.set_xlim(-4, 104)
    ax.set_ylim(-4, 106)
    ax.grid(color=SOFT, lw=0.5)
    ax.set_axisbelow(True)
    ax.tick_params(colors=INK, length=0)
    for side in ax.spines.values():
        side.set_color(SOFT)


def points(ax: Any, mine: list[Line], tier: str, colour: str, mark: str) -> None:
    """One set of policies; filled where every tensor is looked at."""
    if not mine:
        return
    x = [100 * line.alarms[tier].value for line in mine]
    y = [100 * line.all[tier].value for line in mine]
    face = colour if mine[0].policy.tensors in ("every", "gradients") else "white"
    size = 190 if mine[0].policy.group == "ours" else 34
    chain = [i for i, line in enumerate(mine) if line.policy.name != "assert_close"]
    if mine[0].policy.group in CHAINS:
        ax.plot([x[i] for i in chain], [y[i] for i in chain], color=colour, lw=0.8, alpha=0.5)
    ax.scatter(x, y, s=size, marker=mark, facecolor=face, edgecolor=colour, lw=1, zorder=3)
    for i, line in enumerate(mine):
        key = (line.policy.name, line.policy.tensors, tier)
        if key in LABELS:
            word, dx, dy = LABELS[key]
            ax.annotate(word, (x[i], y[i]), (dx, dy), textcoords="offset points", fontsize=7.5,
                        color=colour)  # fmt: skip


LABELS = {
    ("allclose 1e-2", "every", "float32"): ("allclose 1e-2", 5, 3),
    ("allclose 1e-3", "every", "float32"): ("1e-3", 5, 3),
    ("relative norm 1e-5", "every", "float32"): ("norm 1e-5", 5, 4),
    ("assert_close", "every", "float32"): ("assert_close", 5, 4),
    ("atol = rtol = 1e-2", "output", "float32"): ("1e-2", 7, -3),
    ("atol = rtol = 1e-4", "output", "float32"): ("1e-4", 7, -3),
    ("cosine 0.99", "every", "float32"): ("0.99", 6, -8),
    ("differences 1e-5, 1e-2", "gradients", "float64"): ("h = 1e-5, to 1e-2", 7, 2),
    ("differences 1e-7, 1e-7", "gradients", "float64"): ("h = 1e-7, to 1e-7", -40, 9),
    **{("ours, this one case", "every", tier): ("ours", 9, -1) for tier in ("float64", "float32")},
}


def legend(figure: Any) -> None:
    """Marks by group; hollow: the usual tensors alone."""
    handles = [
        plt.Line2D([], [], color=colour, marker=mark, ls="", label=WORDS[group])
        for group, (colour, mark) in STYLES.items()
    ]
    handles.append(plt.Line2D([], [], color=INK, marker="o", ls="", mfc="white",
                              label="hollow: output, loss,\nparameter gradients"))  # fmt: skip
    figure.legend(handles=handles, loc="center right", frameon=False, labelcolor=INK, fontsize=8)


def main() -> None:
    """Draw it."""
    record = read((HERE.parent / "evidence.json").read_text(encoding="utf-8"))
    every = lines(record)
    figure, axes = plt.subplots(1, 2, figsize=(10.5, 4.2), sharey=True)
    figure.subplots_adjust(left=0.06, right=0.79, wspace=0.06, bottom=0.13, top=0.92)
    for ax, tier in zip(axes, ("float64", "float32"), strict=True):
        panel(ax, every, tier)
    axes[0].set_ylabel("mistakes found, % of all", color=INK)
    legend(figure)
    figure.savefig(HERE / "evidence.svg", metadata={"Date": None}, facecolor="white")


if __name__ == "__main__":
    main()
