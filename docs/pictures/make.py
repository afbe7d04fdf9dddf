"""Draw the pictures of docs: ``python docs/pictures/make.py`` (extra: docs).

The data come from the code (data.py) and are written beside the pictures as data.json; a test
makes them again and compares.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.patches import FancyBboxPatch, Rectangle

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))
from docs.pictures.data import everything, text  # noqa: E402

INK, SOFT, ACCENT, WARM = "#1b2a41", "#c9d3e0", "#2f6f9f", "#c8553d"
mpl.rcParams.update({"svg.hashsalt": "lenet", "font.size": 9, "text.color": INK,
                     "font.family": "DejaVu Sans", "svg.fonttype": "none"})  # fmt: skip


def save(name: str) -> None:
    """As SVG, without a date, so that the same picture is the same file."""
    plt.savefig(HERE / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight",
                pad_inches=0.1, facecolor="white")  # fmt: skip
    plt.close()


def architecture(rows: list[dict[str, Any]], name: str, title: str) -> None:
    """Maps as stacks of sheets, drawn to scale; vectors as columns."""
    _, ax = plt.subplots(figsize=(11, 3.4))
    x = 0.0
    for row in rows:
        x = _volume(ax, x, row)
    ax.set_title(title, loc="left", fontsize=11, color=INK)
    ax.set_xlim(-3, x - 5)
    ax.set_ylim(-33, 29)
    ax.set_aspect("equal")
    ax.axis("off")
    save(name)


def _volume(ax: Any, x: float, row: dict[str, Any]) -> float:
    maps, height, width = (*row["shape"], 1, 1)[:3]
    vector = height == width == 1
    height, width = (min(maps / 4, 32), 2.2) if vector else (height, width)
    sheets = 1 if vector else min(maps, 8)
    for k in range(sheets):
        corner = (x + k * 0.9, -height / 2 + k * 0.9)
        face = SOFT if row["name"] == "input" else ("#e8eef5" if not vector else ACCENT)
        ax.add_patch(Rectangle(corner, width, height, facecolor=face, edgecolor=INK, lw=0.7))
    middle = x + (width + 0.9 * (sheets - 1)) / 2
    size = f"{maps}" if vector else f"{maps} @ {row['shape'][1]}x{row['shape'][2]}"
    ax.text(middle, 26, row["name"], ha="center", weight="bold")
    ax.text(middle, -21, size, ha="center", va="top", fontsize=8)
    ax.text(middle, -24.5, row["does"], ha="center", va="top", fontsize=7.5, color=ACCENT)
    count = f"{row['parameters']:,}" if row["parameters"] else ""
    ax.text(middle, -31.5, count, ha="center", va="top", fontsize=8, color=WARM)
    return x + max(width + 0.9 * sheets, 9) + 8


def connections(table: list[list[int]]) -> None:
    """Table I: which S2 maps (rows) each C3 map (columns) reads."""
    _, ax = plt.subplots(figsize=(7.4, 3.1))
    for c, row in enumerate(table):
        for k, linked in enumerate(row):
            face = ACCENT if linked else "white"
            ax.add_patch(Rectangle((k, c), 1, 1, facecolor=face, edgecolor=SOFT))
    for start, stop, words in ((0, 6, "3 neighbours"), (6, 12, "4 neighbours"),
                               (12, 15, "4 others"), (15, 16, "all")):  # fmt: skip
        ax.plot([start + 0.1, stop - 0.1], [-0.25, -0.25], color=WARM, lw=2)
        ax.text((start + stop) / 2, -0.45, words, ha="center", va="bottom", color=WARM)
    ax.set_xticks([k + 0.5 for k in range(16)], [str(k) for k in range(16)])
    ax.set_yticks([c + 0.5 for c in range(6)], [str(c) for c in range(6)])
    ax.set_xlabel("C3 map", color=INK)
    ax.set_ylabel("S2 map", color=INK)
    ax.tick_params(length=0, colors=INK)
    ax.set_xlim(0, 16)
    ax.set_ylim(6, -1.2)
    ax.set_aspect("equal")
    for side in ax.spines.values():
        side.set_visible(False)
    save("connections")


def bitmaps(glyphs: list[list[str]]) -> None:
    """The codes of the ten classes: ink is +1, background -1."""
    _, axes = plt.subplots(1, 10, figsize=(9, 1.9))
    for digit, (ax, rows) in enumerate(zip(axes, glyphs, strict=True)):
        for u, row in enumerate(rows):
            for v, mark in enumerate(row):
                if mark == "#":
                    ax.add_patch(Rectangle((v, u), 1, 1, facecolor=INK, edgecolor=SOFT, lw=0.4))
        ax.hlines(range(13), 0, 7, color=SOFT, lw=0.4, zorder=0)
        ax.vlines(range(8), 0, 12, color=SOFT, lw=0.4, zorder=0)
        ax.set_xlim(0, 7)
        ax.set_ylim(12, 0)
        ax.set_aspect("equal")
        ax.axis("off")
        ax.set_title(f"$w_{{{digit}}}$", color=INK)
    save("bitmaps")


SHADES = ("#f4c7b8", "#f9e3b4", "#c5e0c8", "#bcd7ec")


def im2col(data: dict[str, Any]) -> None:
    """Left: each field becomes a row.  Right: rows are added back where they came from."""
    _, axes = plt.subplots(1, 4, figsize=(10.5, 2.9), width_ratios=[3, 4, 4, 3])
    centre = [[source == 4 for source in row] for row in data["source"]]
    middle = [[r == c == 1 for c in range(3)] for r in range(3)]
    grid(axes[0], data["pixels"], "x", middle)
    grid(axes[1], data["a"], "a = im2col(x)", centre, SHADES)
    grid(axes[2], data["da"], "da", centre, SHADES)
    grid(axes[3], data["dx"], "dx = col2im(da)", middle)
    for ax, x, y, words in (
        (axes[0], 1.5, 3.3, "the middle pixel is in\nall four receptive fields"),
        (axes[1], 2, 4.3, "one row for each field,\nthe pixel copied four times"),
        (axes[2], 2, 4.3, "its four gradients ..."),
        (axes[3], 1.5, 3.3, "... are added:\n-3 + 0 + 0 - 2 = -5"),
    ):
        ax.text(x, y, words, ha="center", va="top")
    save("im2col")


def grid(
    ax: Any,
    values: list[list[int]],
    title: str,
    framed: list[list[bool]],
    shades: tuple[str, ...] = (),
) -> None:
    """A matrix as cells; framed cells are drawn last, with a heavy border."""
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            face = shades[r] if shades else "white"
            edge, width = (WARM, 2.2) if framed[r][c] else (INK, 0.6)
            ax.add_patch(Rectangle((c, r), 1, 1, facecolor=face, edgecolor=edge, lw=width,
                                   zorder=2 + framed[r][c]))  # fmt: skip
            ax.text(c + 0.5, r + 0.5, f"{value}", ha="center", va="center", zorder=4)
    ax.set_xlim(-0.1, len(values[0]) + 0.1)
    ax.set_ylim(5.4, -0.1)
    ax.set_aspect("equal")
    ax.axis("off")
    ax.set_title(title, color=INK)


STEP, WIDE = 4.3, 2.5
"""Distance of two things in the flow, and how wide each is."""


def flow(data: dict[str, Any]) -> None:
    """Things in a row, the rooms that make one from the other between and below them."""
    _, ax = plt.subplots(figsize=(12.5, 4.6))
    middle = {row["name"]: i * STEP + WIDE / 2 for i, row in enumerate(data["things"])}
    for row in data["things"]:
        _box(ax, middle[row["name"]], row["name"], row["is"])
    for i, row in enumerate(data["between"]):
        start, stop = i * STEP + WIDE, (i + 1) * STEP
        _arrow(ax, (start, 0), (stop, 0))
        ax.text((start + stop) / 2, 0.2, row["room"], ha="center", weight="bold", color=ACCENT)
        ax.text((start + stop) / 2, 0.95, row["does"], ha="center", fontsize=7.5)
    middle["judge"] = middle["trace"] + STEP / 2
    for name, x in middle.items():
        rows = [row for row in data["feeds"] if row["to"] == name]
        _feeds(ax, x, rows, *((-0.1, -3.1) if name == "judge" else (-0.8, -1.9)))
    for i, row in enumerate(data["around"]):
        y = -3.9 - i * 0.85
        ax.text(0, y, row["room"], weight="bold", color=ACCENT)
        ax.text(2.2, y, row["does"], fontsize=8)
    ax.set_xlim(-0.1, 5 * STEP + WIDE + 0.1)
    ax.set_ylim(-6.9, 2)
    ax.set_aspect("equal")
    ax.axis("off")
    save("flow")


def _box(ax: Any, x: float, name: str, words: str) -> None:
    style = "round,pad=0,rounding_size=0.15"
    ax.add_patch(FancyBboxPatch((x - WIDE / 2, -0.8), WIDE, 1.6, boxstyle=style,
                                facecolor=SOFT, edgecolor=INK, lw=0.8))  # fmt: skip
    ax.text(x, 0.4, name, ha="center", va="center", weight="bold")
    ax.text(x, -0.25, words, ha="center", va="center", fontsize=7.5)


def _feeds(ax: Any, x: float, rows: list[dict[str, str]], top: float, bottom: float) -> None:
    """Rooms in a column below what they feed."""
    if rows:
        _arrow(ax, (x, bottom), (x, top))
    for i, row in enumerate(rows):
        y = bottom - 0.3 - i * 0.85
        ax.text(x, y, row["room"], ha="center", va="center", weight="bold", color=ACCENT)
        ax.text(x, y - 0.25, row["does"], ha="center", va="top", fontsize=7.5)


def _arrow(ax: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate("", xy=end, xytext=start,
                arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.0})  # fmt: skip


def main() -> None:
    """Draw everything and write the data."""
    data = everything()
    architecture(data["modern"], "modern", "modern: 61,706 parameters (red: per layer)")
    architecture(data["1998"], "1998", "1998: 60,000 trainable parameters (red: per layer)")
    connections(data["connections"])
    bitmaps(data["codes"])
    im2col(data["im2col"])
    flow(data["flow"])
    (HERE / "data.json").write_text(text())


if __name__ == "__main__":
    main()
