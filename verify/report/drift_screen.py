"""What a person sees of a comparison: who was compared, counts, the worst first, one last line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from verify.report.drift import TABLES, WHERE, Drift
from verify.report.drift_reading import Folder
from verify.report.screen import aligned
from verify.report.text import WIDTH, one_line

__all__ = ["SHOWN", "closing", "counts", "differing", "lines", "number", "place"]
SHOWN = 8
"""Regressions on the screen; the rest is in the files."""
_Pairs = list[tuple[str, str]]


def lines(drift: Drift) -> Iterator[str]:
    """One screen."""
    yield from aligned([*map(_side, ("old", "new"), (drift.old, drift.new))])
    yield from (f"  {name}: {told}"[:WIDTH] for name, told in differing(drift))
    width = max(len(name) for name, _ in counts(drift))
    yield from (f"{name:<{width}}  {told}" for name, told in counts(drift))
    bad = drift.regressions
    if len(bad):
        head = ("", "margin", "old", "new", "explained", "why")
        yield ""
        yield from _table(bad.head(SHOWN), head)
    if len(bad) > SHOWN:
        yield f"  and {len(bad) - SHOWN} more: --csv FILE or --html FILE has all"
    near = drift.nearest
    yield f"nearest to its bound: {number(near['margin'])} {place(near)}"[:WIDTH]
    yield closing(drift)


def _side(name: str, folder: Folder) -> tuple[str, ...]:
    asked = f", {len(folder.checks)} checks" if len(folder.checks) else ""
    again = f" ({folder.repeated} repeat a key)" if folder.repeated else ""
    return name, str(folder.place), f"{len(folder.rows)} rows{again}{asked}"


def differing(drift: Drift) -> _Pairs:
    """Where the two were made, as far as that differs."""
    old, new = drift.old.made, drift.new.made
    names = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    return [(n, f"{old.get(n, 'not said')} -> {new.get(n, 'not said')}") for n in names]


def counts(drift: Drift) -> _Pairs:
    """What there was of each kind."""
    c = drift.counted
    seen = f", vanished {c('vanished')}, appeared {c('appeared')}" if not drift.common else ""
    return [
        ("rows", f"{drift.both} in both{seen}, other shape {c('shape')}"),
        ("verdicts", f"{c('verdict', regression='yes')} worse, "
                     f"{c('verdict', regression='no')} otherwise"),
        ("numbers", f"{drift.same} rows the same; beyond rounding {c('error')}, "
                    f"by rounding {c('rounding')}"),
        ("bounds", f"{c('bound')} wider; rows that contradict themselves {c('contradiction')}"),
        *((name, _asked(drift, table)) for name, table in zip(("checks", "coverage"), TABLES[1:],
                                                              strict=True)),
    ]  # fmt: skip


def _asked(drift: Drift, table: str) -> str:
    vanished, come = (drift.counted(what, table) for what in ("vanished", "appeared"))
    worse = drift.counted("verdict", table, "yes")
    return f"{worse} worse, vanished {vanished}, appeared {come}"


def _table(rows: pd.DataFrame, head: tuple[str, ...]) -> list[str]:
    """Two lines each: where it is, and what changed there."""
    found = []
    cells = [
        (r["change"], *(number(r[name]) for name in head[1:])) for r in rows.to_dict("records")
    ]
    top, *told = aligned([head, *cells])
    for row, line in zip(rows.to_dict("records"), told, strict=True):
        found += [f"  {line}"[:WIDTH], f"    {place(row)}"[:WIDTH]]
    return [f"  {top}", *found]


def place(row: Any) -> str:
    """The tensor and its case, on one line; what a check was asked."""
    case = [f"batch {row['batch']}", f"seed {row['seed']}"] if str(row["batch"]) else []
    words = [row[name] for name in ("tensor", "variant", "regime", "tier")]
    options = [] if row["options"] in ("", "default") else [row["options"]]
    return one_line(" ".join([*(str(word) for word in words if str(word)), *case, *options]))


def number(value: Any) -> str:
    """Few digits; what is no number as it is, and nothing for NaN."""
    if not isinstance(value, float):
        return str(value) or "-"
    if value != value:
        return "-"
    return f"{value:.2f}" if value == 0 or 0.005 <= value < 1000 else f"{value:.1e}"


def closing(drift: Drift) -> str:
    """The last line."""
    bad = len(drift.regressions)
    if not bad:
        return f"PASS  {drift.both} rows compared, no regression"
    where = drift.regressions[list(WHERE)].drop_duplicates()
    return f"REGRESSION  {bad} in {len(where)} places"
