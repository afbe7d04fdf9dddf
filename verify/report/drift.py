"""Two reports compared: what appeared, vanished, changed its verdict, or moved by more than
rounding explains.  docs/drift.md says what is a regression, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from verify.judge.verdict import Verdict
from verify.report.drift_reading import CHECK, COVERED, KEY, NTH, Folder
from verify.report.drift_rounding import bound_grew, contradicts, explained, moved

__all__ = ["COLUMNS", "GOOD", "TABLES", "WHERE", "Drift", "compared"]
WHERE = ("variant", "options", "tier", "regime", "dtype", "batch", "seed", "tensor")
COLUMNS = ("regression", "change", "table", *WHERE, "old", "new", "explained", "margin", "why")
GOOD = ("pass", "verified")
"""Words of checks and of cells for which there is none better."""
TABLES = ("diff.csv", "checks.csv", "coverage.csv")
_MARGINS = ("own", "inherited")
_Mask = NDArray[np.bool_]
_NOTHING = float("nan")


@dataclass(frozen=True)
class Drift:
    """changes: one row for each, COLUMNS; regressions first, those nearest to their bound first.

    nearest: the row of NEW with the largest error / bound, its key and its margin.
    both: rows that both reports have; same: those of them whose numbers are the same bits.
    """

    old: Folder
    new: Folder
    changes: pd.DataFrame
    nearest: pd.Series[Any]
    both: int
    same: int
    common: bool

    @property
    def regressions(self) -> pd.DataFrame:
        """The changes that must not be."""
        return self.changes[self.changes["regression"] == "yes"]

    def counted(self, change: str, table: str = TABLES[0], regression: str = "") -> int:
        """How many changes there are of a kind."""
        c = self.changes
        found = (c["change"] == change) & (c["table"] == table)
        return int((found & (c["regression"] == regression) if regression else found).sum())


def compared(old: Folder, new: Folder, common: bool = False) -> Drift:
    """What changed from an earlier report to a later one.

    common: what only one of them has is not looked at.
    """
    both = old.rows.merge(new.rows, on=[*KEY, NTH], how="outer", indicator=True, sort=False,
                          suffixes=("_old", "_new"))  # fmt: skip
    shared = both[both["_merge"] == "both"].reset_index(drop=True)
    found = [] if common else [_rows_of_one(both)]
    found += [_verdicts(shared), _shapes(shared), _contradictions(both)]
    found += [ask(shared, kind) for kind in _MARGINS for ask in (_errors, _bounds)]
    for name, key in (("checks", CHECK), ("coverage", COVERED)):
        found.append(_others(getattr(old, name), getattr(new, name), name, key, common))
    changes = _joined(found)
    ranked = changes.sort_values(["regression", "margin"], ascending=False, kind="stable",
                                 na_position="last", ignore_index=True)  # fmt: skip
    differ = changes[changes["change"].isin(("error", "bound", "rounding"))]
    return Drift(old, new, ranked, _nearest(new.rows), len(shared),
                 len(shared) - len(differ.drop_duplicates(list(WHERE))), common)  # fmt: skip


def _told(rows: pd.DataFrame, change: str, regression: _Mask | bool, **others: Any) -> pd.DataFrame:
    """Changes of one kind; others: old, new, explained, margin, why."""
    said = np.where(np.broadcast_to(regression, len(rows)), "yes", "no")
    given = {"table": TABLES[0], "explained": _NOTHING, "margin": _NOTHING, "why": "", **others}
    values = {name: rows[name].to_numpy() for name in WHERE if name in rows}
    blank = {name: "" for name in WHERE if name not in rows}
    index = pd.RangeIndex(len(rows))
    found = pd.DataFrame({**values, **blank, "change": change, "regression": said, **given}, index)
    return found[list(COLUMNS)]


def _margin(rows: pd.DataFrame, end: str) -> NDArray[np.float64]:
    """error / bound: own, where there is one."""
    own, other = (rows[f"{kind}_ratio{end}"].to_numpy(np.float64) for kind in _MARGINS)
    return np.where(np.isnan(own), other, own)


def _failing(verdicts: pd.Series[Any]) -> _Mask:
    return verdicts.isin([str(v) for v in Verdict if v.failing]).to_numpy()


def _worse(old: pd.Series[Any], new: pd.Series[Any]) -> _Mask:
    """From pass to anything else, or from what does not fail to what does."""
    passed, passes = (old == "pass").to_numpy(), (new == "pass").to_numpy()
    return (passed & ~passes) | (~_failing(old) & _failing(new))


def _rows_of_one(both: pd.DataFrame) -> pd.DataFrame:
    """Rows that vanished, and rows that appeared: a regression where they do not pass."""
    gone, come = (both[both["_merge"] == side] for side in ("left_only", "right_only"))
    lost = _told(gone, "vanished", True, old=gone["verdict_old"].to_numpy(), new="",
                 margin=_margin(gone, "_old"), why=_elsewhere(gone, come))  # fmt: skip
    failing = _failing(come["verdict_new"])
    new = _told(come, "appeared", failing, old="", new=come["verdict_new"].to_numpy(),
                margin=_margin(come, "_new"), why=np.where(failing, "it fails", ""))  # fmt: skip
    return _joined([lost, new])


def _elsewhere(gone: pd.DataFrame, come: pd.DataFrame) -> list[str]:
    """Of each row that vanished: in which one part of its key another that appeared differs."""
    keys = gone[list(KEY)].to_numpy().tolist()
    seen: list[dict[tuple[Any, ...], Any]] = []
    for i in range(len(KEY)):
        rest = come[[*KEY[:i], *KEY[i + 1 :]]].itertuples(index=False, name=None)
        seen.append(dict(zip(rest, come[KEY[i]], strict=True)))
    return [_changed_key(key, seen) for key in keys]


def _changed_key(key: list[Any], seen: list[dict[tuple[Any, ...], Any]]) -> str:
    for i, name in enumerate(KEY):
        other = seen[i].get((*key[:i], *key[i + 1 :]))
        if other is not None:
            return f"now with {name} = {other}"
    return "no row has its key"


def _verdicts(shared: pd.DataFrame) -> pd.DataFrame:
    """Verdicts that changed, of the row or of one of its two errors."""
    found = []
    names = ("verdict", "own_verdict", "inherited_verdict")
    told = np.zeros(len(shared), dtype=bool)
    for name in names:
        old, new = shared[f"{name}_old"], shared[f"{name}_new"]
        changed = (old != new).to_numpy() & ~told
        rows, worse = shared[changed], _worse(old, new)[changed]
        found.append(_told(rows, "verdict", worse, old=old[changed].to_numpy(),
                           new=new[changed].to_numpy(), margin=_margin(rows, "_new"),
                           why=name.replace("_", " ")))  # fmt: skip
        told |= changed
    return _joined(found)


def _shapes(shared: pd.DataFrame) -> pd.DataFrame:
    """A tensor of another shape is another tensor."""
    rows = shared[shared["shape_old"] != shared["shape_new"]]
    return _told(rows, "shape", True, old=rows["shape_old"].to_numpy(),
                 new=rows["shape_new"].to_numpy(), margin=_margin(rows, "_new"))  # fmt: skip


def _errors(shared: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Errors that moved: beyond what rounding explains, or within.

    The inherited error decides where there is no own one; where masks or maxima turned that did
    not before, it may be anything within its bound.
    """
    e, f = (shared[f"{kind}_error{end}"].to_numpy(np.float64) for end in ("_old", "_new"))
    most, decides = explained(shared, kind), np.ones(len(shared), dtype=bool)
    if kind == "inherited":
        alone = shared["own_error_old"].isna() & shared["own_error_new"].isna()
        decides = (alone & ~(shared["flips_new"] > shared["flips_old"])).to_numpy()
    worse = decides & (f > most)
    found = []
    for what, rows in (("error", worse), ("rounding", moved(e, f) & ~worse)):
        margin = shared.loc[rows, f"{kind}_ratio_new"].to_numpy(np.float64)
        found.append(_told(shared[rows], what, what == "error", old=e[rows], new=f[rows],
                           explained=most[rows], margin=margin, why=f"{kind} error"))  # fmt: skip
    return _joined(found)


def _bounds(shared: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Bounds that are wider than they should be, each said once."""
    found = []
    for seen, rows, most in bound_grew(shared, kind):
        mine, name = shared[rows], f"{kind}_{'floor' if seen == 'floor' else 'bound'}"
        old, new = mine[f"{kind}_rule_old"], mine[f"{kind}_rule_new"]
        rules = (old + " -> " + new if seen == "rule" else new).to_numpy()
        found.append(_told(mine, "bound", True, old=mine[f"{name}_old"].to_numpy(),
                           new=mine[f"{name}_new"].to_numpy(), explained=most[rows],
                           margin=mine[f"{kind}_ratio_new"].to_numpy(),
                           why=np.array([f"{kind} {seen}: {rule}" for rule in rules], dtype=object)
                           ))  # fmt: skip
    return _joined(found)


def _joined(found: list[pd.DataFrame]) -> pd.DataFrame:
    """One table; without what is empty, of which pandas would take the types."""
    return pd.concat([each for each in found if len(each)] or found[:1], ignore_index=True)


def _contradictions(both: pd.DataFrame) -> pd.DataFrame:
    """Rows of NEW whose numbers do not go together."""
    rows = both[both["_merge"] != "left_only"]
    rows = rows[contradicts(rows)]
    said = "error, bound, ratio and both values do not go together"
    return _told(rows, "contradiction", True, old="", new=rows["verdict_new"].to_numpy(),
                 margin=_margin(rows, "_new"), why=said)  # fmt: skip


def _others(
    old: pd.DataFrame, new: pd.DataFrame, name: str, key: tuple[str, ...], common: bool
) -> pd.DataFrame:
    """Checks, or cells of coverage, that vanished, appeared or changed their verdict."""
    both = old.merge(new, on=[*key, NTH], how="outer", suffixes=("_old", "_new"), sort=False)
    both = both.fillna({"verdict_old": "", "verdict_new": ""})
    if common:
        both = both[(both["verdict_old"] != "") & (both["verdict_new"] != "")]
    both = both[both["verdict_old"] != both["verdict_new"]]
    before, now = both["verdict_old"].to_numpy(), both["verdict_new"].to_numpy()
    held = (before == "") | ~np.isin(before, ("fail", "uncovered"))
    worse = (now == "") | (held & np.isin(now, ("fail", "uncovered")))
    worse |= np.isin(before, GOOD) & ~np.isin(now, GOOD)
    change = np.where(now == "", "vanished", np.where(before == "", "appeared", "verdict"))
    if name == "checks":
        both = both.assign(tensor=both["check"] + ": " + both["subject"])
    found = _told(both, "", worse, old=before, new=now, table=f"{name}.csv")
    return found.assign(change=change)


def _nearest(rows: pd.DataFrame) -> pd.Series[Any]:
    """The row with the largest margin."""
    margin = pd.Series(_margin(rows, ""), rows.index).fillna(-1.0)
    return rows.assign(margin=margin).iloc[int(margin.to_numpy().argmax())]
