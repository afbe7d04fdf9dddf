"""Error over bound of every kept element, as a picture: a pixel each, kernels and maps as tiles."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from verify.judge.samples import Sample

__all__ = ["COLOURS", "DECADES", "GAP", "LARGEST", "LOWEST", "NUMBERLESS", "SMALLEST", "WIDEST",
           "Floats", "Heat", "heat", "laid_out", "tiled"]  # fmt: skip
Floats = NDArray[np.float64]
COLOURS = ("#dfe8f1", "#7fa6c9", "#f4c25f", "#d2503f", "#56102e")
"""From no error to the bound two blues; from the bound to DECADES above it, from yellow to dark."""
NUMBERLESS = "#000000"
"""Where the error is no number."""
DECADES = 12
"""Above the bound; all beyond look the same."""
WIDEST, LOWEST, SMALLEST, LARGEST = 420, 90, 2, 18
"""Pixels of the picture and of one element."""
GAP = -math.inf
"""Between tiles."""


@dataclass(frozen=True)
class Heat:
    """source: the picture as a data URI; width, height: as it is shown; said: how it is laid."""

    source: str
    width: int
    height: int
    said: str


def heat(sample: Sample) -> Heat | None:
    """The picture; None of a single number."""
    if sample.got.size < 2:
        return None
    grid, said = laid_out(sample.ratio)
    rows, columns = grid.shape
    size = max(SMALLEST, min(LARGEST, WIDEST // max(rows, columns)))
    tall = max(1, min(LARGEST, LOWEST // rows) // size)  # a strip is hard to see
    return Heat(
        _png(_coloured(np.repeat(grid, tall, axis=0))), columns * size, rows * size * tall, said
    )


def laid_out(values: Floats) -> tuple[Floats, str]:
    """Any number of axes as rows and columns, and in words which is which."""
    while values.ndim > 1 and values.shape[-1] == 1:
        values = values[..., 0]
    if values.ndim <= 1:
        return _folded(values.reshape(-1)), "elements in order, row by row"
    if values.ndim == 2:
        tall = values.shape[0] > 2 * values.shape[1]
        turned = values.T if tall else values
        return turned, f"rows are axis {int(tall)}, columns axis {int(not tall)}"
    tiles = values.reshape(-1, *values.shape[-3:]) if values.ndim > 4 else values
    if tiles.ndim == 3 or 1 in tiles.shape[:2]:
        return _wrapped(tiles.reshape(-1, *tiles.shape[-2:])), "a tile for each map or kernel"
    if tiles.shape[0] > tiles.shape[1]:
        return tiled(tiles.swapaxes(0, 1)), "a tile for each kernel or map: axis 0 across, 1 down"
    return tiled(tiles), "a tile for each kernel or map: axis 1 across, 0 down"


def tiled(values: Floats) -> Floats:
    """(rows, columns, height, width) as one picture, a pixel between tiles where they have
    several."""
    rows, columns, height, width = values.shape
    gap = int(height * width > 1)
    framed = np.pad(values, ((0, 0), (0, 0), (0, gap), (0, gap)), constant_values=GAP)
    whole = framed.transpose(0, 2, 1, 3).reshape(rows * (height + gap), columns * (width + gap))
    return whole[: rows * (height + gap) - gap, : columns * (width + gap) - gap]


def _wrapped(tiles: Floats) -> Floats:
    """Tiles in rows that make a picture about twice as wide as high."""
    count, height, width = tiles.shape
    columns = min(count, max(1, round(math.sqrt(2 * count * height / width))))
    rows = -(-count // columns)
    full = np.full((rows * columns, height, width), GAP)
    full[:count] = tiles
    return tiled(full.reshape(rows, columns, height, width))


def _folded(values: Floats) -> Floats:
    return _wrapped(values.reshape(-1, 1, 1))


def _coloured(ratio: Floats) -> NDArray[np.uint8]:
    """Colours of errors over bounds; gaps let the page through."""
    from matplotlib.colors import LinearSegmentedColormap, to_rgba

    below = LinearSegmentedColormap.from_list("below", COLOURS[:2])
    above = LinearSegmentedColormap.from_list("above", COLOURS[2:])
    with np.errstate(all="ignore"):
        over = np.clip(np.log10(ratio) / DECADES, 0, 1)
    under = np.clip(np.nan_to_num(ratio, nan=0, posinf=1, neginf=0), 0, 1)
    colours = np.where((ratio > 1)[..., None], above(np.nan_to_num(over)), below(under))
    colours[np.isnan(ratio)] = to_rgba(NUMBERLESS)
    colours[ratio == GAP] = 0
    return np.asarray(np.round(colours * 255), dtype=np.uint8)


def _png(colours: NDArray[np.uint8]) -> str:
    """A data URI; no date and no version of who wrote it, so that it is the same each time."""
    from matplotlib.image import imsave

    file, bare = io.BytesIO(), cast(dict[str, str], {"Software": None})
    imsave(file, colours, format="png", metadata=bare)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
