"""The RBF codes of 1998: Fig. 3 of the paper, digits on bitmaps 12 high and 7 wide."""

from __future__ import annotations

import numpy as np

from lenet_ref.types import Array

HEIGHT, WIDTH = 12, 7

# Twelve rows from the top; each holds the digits 0 to 9 side by side.
BITMAPS = """
.#####.   ...##..   .#####.   #######   .#####.   .#####.   ..####.   #######   .#####.   .#####.
.......   ..###..   .......   .....##   .......   .......   .##....   .....##   ##...##   ##..###
..###..   .####..   .#####.   ....##.   .......   #######   ##.....   .....##   ##...##   ##...##
.##.##.   ...##..   ##...##   ...##..   .##..##   ##.....   ##.....   ....##.   ##...##   ##...##
##...##   ...##..   #....##   ..####.   .##..##   ##.....   ######.   ...##..   .#####.   ##..###
##...##   ...##..   ....##.   .....##   ###..##   .####..   ###..##   ...##..   ##...##   .######
##...##   ...##..   ..###..   .....##   ##...##   ..####.   ##...##   ..##...   ##...##   .....##
##...##   ...##..   .##....   .....##   ##...##   .....##   ##...##   ..##...   ##...##   .....##
.##.##.   ...##..   ##.....   ##...##   ##..###   ##...##   ###..##   ..##...   ##...##   ....##.
..###..   .######   #######   .#####.   .######   .#####.   .#####.   ..##...   .#####.   .####..
.......   .......   .......   .......   .....##   .......   .......   .......   .......   .......
.......   .......   .......   .......   .....##   .......   .......   .......   .......   .......
"""


def glyphs() -> list[list[str]]:
    """For each digit its twelve rows of seven characters, # ink and . background."""
    lines = [line.split() for line in BITMAPS.strip().splitlines()]
    return [[line[digit] for line in lines] for digit in range(10)]


def codes(dtype: np.dtype[np.floating] | str = "float64") -> Array:
    """w_i, (10, 84): +1 ink, -1 background, row-major from the top.  Eq. H-F7-W."""
    ink = [[pixel == "#" for pixel in "".join(rows)] for rows in glyphs()]
    return np.where(np.array(ink), 1, -1).astype(dtype)
