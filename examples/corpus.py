"""Try a checker of your own on the mistakes that others made.

    lenet-verify faults --export corpus
    python examples/corpus.py corpus

Here the checker is numpy.allclose on every tensor, at several tolerances: of how many mistakes it
says something.  Put yours in the place of ``differs``.
"""

import csv
import sys
from pathlib import Path

import numpy as np


def mistake(path):
    """Inputs, parameters, right and wrong tensors of one file, each by name."""
    parts = {"inputs": {}, "parameters": {}, "right": {}, "wrong": {}}
    with np.load(path, allow_pickle=False) as file:
        for key in file.files:
            part, _, name = key.partition("/")
            parts[part][name] = file[key]
    parts["wrong"] = {**parts["right"], **parts["wrong"]}
    return parts


def differs(wrong, right, rtol):
    """The checker: the first tensor that is not close, or None."""
    for name, value in right.items():
        other = wrong[name]
        if other.shape != value.shape or not np.allclose(other, value, rtol=rtol):
            return name
    return None


def main(folder):
    """Recall at each tolerance, and how often the first tensor is a guilty one."""
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    print(f"{len(rows)} mistakes\n   rtol  found  first is guilty")
    files = [mistake(folder / "mistakes" / row["file"]) for row in rows]
    for rtol in (1e-1, 1e-2, 1e-3, 1e-5, 1e-7):
        firsts = [differs(file["wrong"], file["right"], rtol) for file in files]
        found = sum(first is not None for first in firsts)
        guilty = sum(
            first in row["tensors"].split() for first, row in zip(firsts, rows, strict=True)
        )
        print(f"{rtol:7.0e}  {found:5}  {guilty:5}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
