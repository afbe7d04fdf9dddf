"""What rounding explains of a change between two reports: docs/drift.md derives each rule.

    explained = max(10 max(e, us/2), sqrt(n) l),  l = e held between us and 2us, and 2us for e = 0

e: the error of the earlier report; s: the tensor's largest modulus; u: unit roundoff; n: roundings
on the longest path.  Where no other tensor's error changed, the arithmetic is the same on both
sides, and 10 e is all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from verify.judge.compare import least_size
from verify.report.drift_reading import CASE
from verify.tolerance.bound import UNIT_ROUNDOFF

__all__ = ["LOSS", "TENTH", "bound_grew", "contradicts", "explained", "moved", "roundings"]
LOSS = 100.0
"""The least loss that must be told from rounding: two digits."""
TENTH = float(np.sqrt(LOSS))
"""The middle between no loss and that one, on a scale of digits."""
_Floats = NDArray[np.float64]


def roundings(rule: pd.Series[Any]) -> _Floats:
    """n of a rule as it stands in own_rule, ``product 2*gamma_26``; 0 where nothing rounds."""
    found = rule.str.extract(r"gamma_(\d{1,9})\b")[0]
    return np.asarray(found.astype(np.float64).fillna(0.0), dtype=np.float64)


def moved(old: _Floats, new: _Floats) -> NDArray[np.bool_]:
    """Two numbers differ; NaN is NaN."""
    return (old != new) & ~(np.isnan(old) & np.isnan(new))


def explained(both: pd.DataFrame, kind: str) -> _Floats:
    """The largest error of each row that rounding explains.

    both: rows of two reports side by side, columns ending in _old and _new; kind: own, inherited.
    """
    e, other = _numbers(both, f"{kind}_error"), _elsewhere(both, kind)
    largest = np.fmax(*(both[f"scale{end}"].to_numpy() for end in ("_old", "_new")))
    us = _roundoff(both) * largest
    n = np.maximum(_path(both, kind), 1.0)
    level = np.where(e > 0, np.clip(e, us, 2 * us), 2 * us)
    another = np.maximum(TENTH * np.maximum(e, us / 2), np.sqrt(n) * level)
    same = TENTH * np.where(e > 0, e, us / 2)
    return np.where(other, another, same)


def _numbers(both: pd.DataFrame, name: str) -> _Floats:
    return both[f"{name}_old"].to_numpy(np.float64)


def _roundoff(both: pd.DataFrame) -> _Floats:
    """u of each row's dtype; NaN, of which nothing is said, for one that we do not know."""
    return np.asarray(both["dtype"].map(UNIT_ROUNDOFF), dtype=np.float64)


def _path(both: pd.DataFrame, kind: str) -> _Floats:
    """Roundings on the way to a row: the step's own, or no more than all of its case.  A drift that
    follows from own errors has those of their rules."""
    step = roundings(both[f"{kind}_rule_new"])
    if kind == "own":
        return step
    step = np.where(both["inherited_bound_new"].isna(), roundings(both["own_rule_new"]), step)
    cases = [both[name] for name in CASE]
    whole = pd.Series(step, both.index).groupby(cases, sort=False).transform("sum")
    return np.asarray(whole, dtype=np.float64)


def _elsewhere(both: pd.DataFrame, kind: str) -> NDArray[np.bool_]:
    """For each row: the error of another tensor changed, so the arithmetic is another one."""
    new = both[f"{kind}_error_new"].to_numpy(np.float64)
    changed = pd.Series(moved(_numbers(both, f"{kind}_error"), new), both.index)
    mine = changed.groupby([both["variant"], both["tensor"]], sort=False).transform("sum")
    return mine.to_numpy() < int(changed.sum())


def bound_grew(both: pd.DataFrame, kind: str) -> list[tuple[str, NDArray[np.bool_], _Floats]]:
    """Where the bound is wider than its rule and the same data make it: by which number this is
    seen, in which rows, and the most that it may be.

    bound: at the same element it may differ by what the data do.  floor: of the bluntest element,
    wherever that is, it may grow by an error beside the bound.  rule: more roundings.
    """
    old, new = (both[f"{kind}_bound{end}"].to_numpy(np.float64) for end in ("_old", "_new"))
    n, m = (roundings(both[f"{kind}_rule{end}"]) for end in ("_old", "_new"))
    bounded = ~(np.isnan(old) | np.isnan(new))  # a drift that follows from own errors is not
    rule = ("rule", (m > n) & (bounded | (kind == "own")), old)
    if kind != "own":
        return [rule]
    before, now = (both[f"{kind}_floor{end}"].to_numpy(np.float64) for end in ("_old", "_new"))
    ratio = np.nan_to_num(both[f"{kind}_ratio_new"].to_numpy(np.float64), nan=0.0)
    slack = 1 + np.array([least_size(1.0, u) for u in _roundoff(both)])
    here = (both["index_old"] == both["index_new"]).to_numpy() & (new > old * slack) & (m <= n)
    most = before * (1 + np.minimum(ratio, 1.0)) * slack**2
    return [rule, ("bound", here, old * slack), ("floor", (now > most) & ~here & (m <= n), most)]


def contradicts(both: pd.DataFrame, end: str = "_new") -> NDArray[np.bool_]:
    """The row passes, and its own numbers say something else: |subject - oracle| is
    ratio x bound at the worst element, and no ratio is above 1."""
    names = ("own_error", "own_bound", "own_ratio", "subject", "oracle", "inherited_error")
    error, bound, ratio, subject, oracle, other = (both[name + end].to_numpy() for name in names)
    passed = (both[f"own_verdict{end}"] == "pass").to_numpy()
    shown = passed & (both[f"inherited_verdict{end}"] == "pass").to_numpy()
    there = np.abs(subject - oracle)
    with np.errstate(all="ignore"):
        apart = np.abs(there - ratio * bound) > 1e-9 * np.maximum(there, ratio * bound)
        beyond = ~(ratio <= 1) | ~(there <= error * (1 + 1e-9))
    nothing = (both[f"verdict{end}"] == "pass").to_numpy() & np.isnan(error) & np.isnan(other)
    nothing |= passed & np.isnan(bound)
    return nothing | (shown & (apart | beyond))
