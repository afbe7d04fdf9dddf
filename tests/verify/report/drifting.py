"""Losses planted into reports, and how many of them and of what is right `diff` takes for what.

``python -m tests.verify.report.drifting FOLDER...`` compares all pairs of reports of one version of
the project, made on different machines, and plants a loss of two digits in every row of each.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import permutations, starmap
from pathlib import Path

import numpy as np
import pandas as pd

from verify.report.drift import compared
from verify.report.drift_reading import KEY, NTH, Folder, read_folder
from verify.report.drift_rounding import LOSS, explained


def beside(old: Folder, new: Folder) -> pd.DataFrame:
    """Rows that both have."""
    return old.rows.merge(new.rows, on=[*KEY, NTH], suffixes=("_old", "_new"), sort=False)


def planted(both: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
    """Rows in which a loss of two digits, in these rows alone, is a regression."""
    worse = both.copy()
    worse.loc[rows, "own_error_new"] *= LOSS
    error = worse["own_error_new"].to_numpy(dtype=np.float64)
    found: np.ndarray = error > explained(worse, "own")
    return found


def missed(old: Folder, new: Folder) -> tuple[int, list[str]]:
    """How many losses were planted, one row at a time, and those that were not found."""
    both = beside(old, new)
    wrong = np.flatnonzero(both["own_error_new"].to_numpy() > 0)
    lost = [i for i in wrong if not planted(both, np.array([i]))[i]]
    return len(wrong), [" ".join(map(str, both.loc[i, list(KEY)])) for i in lost]


def across(old: Folder, new: Folder) -> tuple[int, int]:
    """The same with the earlier report of another machine: planted losses, and those missed."""
    both = beside(old, new)
    lost = LOSS * both["own_error_new"].to_numpy(dtype=np.float64)
    wrong = (lost > 0) & np.flatnonzero(both["own_error_new"] != both["own_error_old"]).any()
    return int(wrong.sum()), int((wrong & ~(lost > explained(both, "own"))).sum())


def main(folders: list[str]) -> None:
    """Print the figures of docs/drift.md."""
    reports = {name: read_folder(Path(name)) for name in folders}
    pairs = [(reports[one], reports[other]) for one, other in permutations(reports, 2)]
    drifts = [compared(old, new, common=True) for old, new in pairs]
    bad = Counter(
        (row["change"], row["variant"], row["regime"], row["tensor"], row["why"])
        for drift in drifts
        for row in drift.regressions.to_dict("records")
    )
    rows = sum(drift.both for drift in drifts)
    print(f"{bad.total()} regressions in {rows} rows of {len(pairs)} pairs")
    print(*(f"  {times} x {' '.join(what)}" for what, times in bad.most_common(20)), sep="\n")
    count, lost = (sum(each) for each in zip(*starmap(across, pairs), strict=True))
    print(f"{lost} of {count} losses missed beside another machine's report")
    found = [missed(report, report) for report in reports.values()]
    own = [line for _, lost in found for line in lost]
    print(f"{len(own)} of {sum(count for count, _ in found)} losses missed beside its own", *own)


if __name__ == "__main__":
    main(sys.argv[1:])
