"""Two reports compared: what is a regression, and what is another machine's rounding."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.docs.derivation import ROOT
from tests.verify.report.drifting import beside, missed, planted
from verify.report.drift import Drift, compared
from verify.report.drift_reading import CASE, Folder, read_folder

BASELINE = ROOT / "reports" / "baseline"
Change = Callable[[pd.DataFrame], pd.DataFrame]


@cache
def baseline() -> Folder:
    """The committed report."""
    return read_folder(BASELINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the committed report."""
    return Path(shutil.copytree(BASELINE, tmp_path / "new"))


def rewritten(folder: Path, change: Change, name: str = "diff.csv") -> Drift:
    """The comparison after a change of a table, value by value as texts."""
    table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
    change(table).to_csv(folder / name, index=False)
    return compared(baseline(), read_folder(folder))


def found(drift: Drift) -> list[tuple[str, str]]:
    """Regressions: what, and where."""
    bad = drift.regressions
    return list(zip(bad["change"], bad["tensor"], strict=True))


def one(table: pd.DataFrame, tensor: str = "C3.dW") -> pd.Index:
    """A row of a tensor with an error."""
    mine = (table["tensor"] == tensor) & (table["own_error"].astype(float) > 0)
    return table.index[mine & (table["tier"] == "float64")][:1]


def times(name: str, factor: float, tensor: str = "C3.dW") -> Change:
    """A number of one row multiplied."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        row = one(table, tensor)
        table.loc[row, name] = repr(float(table.loc[row, name].iloc[0]) * factor)
        return table

    return change


def test_a_report_and_itself() -> None:
    drift = compared(baseline(), baseline())
    assert drift.changes.empty
    assert drift.both == drift.same == len(baseline().rows)
    assert drift.nearest["margin"] == baseline().rows["own_ratio"].max()


def test_two_digits_lost_in_any_row_are_found() -> None:
    """Each row by itself, all others as they were."""
    count, lost = missed(baseline(), baseline())
    assert count > 400
    assert lost == []


def tensors() -> Iterator[tuple[str, ...]]:
    """Each tensor of each tier that has an error, over all its cases."""
    rows = baseline().rows
    wrong = rows[rows["own_error"] > 0]
    yield from dict.fromkeys(zip(wrong["variant"], wrong["tier"], wrong["tensor"], strict=True))


def test_two_digits_lost_in_any_tensor_are_found() -> None:
    both = beside(baseline(), baseline())
    assert len([*tensors()]) > 100
    for variant, tier, tensor in tensors():
        mine = (both["variant"] == variant) & (both["tier"] == tier) & (both["tensor"] == tensor)
        rows = np.flatnonzero(mine & (both["own_error_new"] > 0))
        assert planted(both, rows)[rows].all(), (variant, tier, tensor)


def test_a_loss_within_its_bound_is_a_regression(folder: Path) -> None:
    """The verdict stays, and the numbers go together."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        mine = (table["tensor"] == "C3.dW") & (table["own_error"].astype(float) > 0)
        row = table.loc[mine, "own_ratio"].astype(float).idxmin()  # room for two digits
        for name in ("own_error", "own_ratio"):
            table.loc[row, name] = repr(100 * float(table.loc[row, name]))
        there = float(table.loc[row, "own_ratio"]) * float(table.loc[row, "own_bound"])
        table.loc[row, ["subject", "oracle"]] = [repr(there), "0.0"]
        return table

    drift = rewritten(folder, change)
    assert found(drift) == [("error", "C3.dW")]
    assert drift.regressions["margin"].iloc[0] < 1


@pytest.mark.parametrize("factor", [1.1, 2, 10])
@pytest.mark.parametrize("tensor", ["C3.dW", "C1.dW", "F6.y", "S4.dz"])
def test_a_wider_bound_is_a_regression(folder: Path, factor: float, tensor: str) -> None:
    drift = rewritten(folder, times("own_bound", factor, tensor))
    assert ("bound", tensor) in found(drift)


def test_a_wider_bound_told_at_another_element(folder: Path) -> None:
    """The floor, which is of all elements, gives it away; so does the row's own arithmetic."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        (row,) = one(table)
        table.loc[row, "own_floor"] = repr(2 * float(table.loc[row, "own_floor"]))
        table.loc[row, "index"] = "0 0 0 1"
        return table

    assert found(rewritten(folder, change)) == [("bound", "C3.dW")]


def test_more_roundings_in_a_rule(folder: Path) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[one(table), "own_rule"] = "product 2*gamma_99999"
        return table

    assert found(rewritten(folder, change)) == [("bound", "C3.dW")]


def test_a_narrower_bound_and_a_smaller_error_are_none(folder: Path) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        (row,) = one(table)
        for name in ("own_error", "own_bound", "subject", "oracle", "own_floor"):
            table.loc[row, name] = repr(float(table.loc[row, name]) / 2)
        return table

    assert found(rewritten(folder, change)) == []


def test_numbers_that_do_not_go_together(folder: Path) -> None:
    assert found(rewritten(folder, times("own_ratio", 0.5))) == [("contradiction", "C3.dW")]


@pytest.mark.parametrize("verdict", ["fail", "unverified", "absent", "disputed"])
def test_a_worse_verdict(folder: Path, verdict: str) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[one(table), "verdict"] = verdict
        return table

    drift = rewritten(folder, change)
    assert found(drift) == [("verdict", "C3.dW")]
    again = compared(drift.new, baseline())
    assert found(again) == [] and again.counted("verdict") == 1


def test_a_row_that_vanished_and_one_that_appeared(folder: Path) -> None:
    drift = rewritten(folder, lambda table: table.drop(one(table)))
    assert found(drift) == [("vanished", "C3.dW")]
    again = compared(drift.new, baseline())
    assert found(again) == [] and again.counted("appeared") == 1
    assert found(compared(baseline(), drift.new, common=True)) == []


def test_a_changed_key_is_said(folder: Path) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[one(table), "seed"] = "7"
        return table

    (row,) = rewritten(folder, change).regressions.to_dict("records")
    assert (row["change"], row["why"]) == ("vanished", "now with seed = 7")


def test_a_repeated_key_is_counted_and_compared(folder: Path) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([table, table.loc[one(table)].assign(verdict="fail")])

    drift = rewritten(folder, change)
    assert drift.new.repeated == 1
    assert found(drift) == [("appeared", "C3.dW")]


def test_another_shape(folder: Path) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[one(table), "shape"] = "1x2"
        return table

    assert found(rewritten(folder, change)) == [("shape", "C3.dW")]


@pytest.mark.parametrize("name", ["checks.csv", "coverage.csv"])
def test_a_check_or_a_cell_that_vanished(folder: Path, name: str) -> None:
    drift = rewritten(folder, lambda table: table.iloc[1:], name)
    assert [what for what, _ in found(drift)] == ["vanished"]
    assert found(compared(drift.new, baseline())) == []


@pytest.mark.parametrize(("name", "worse"), [("checks.csv", "fail"), ("coverage.csv", "uncovered")])
def test_a_check_or_a_cell_that_broke(folder: Path, name: str, worse: str) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[0, "verdict"] = worse
        return table

    drift = rewritten(folder, change, name)
    assert [what for what, _ in found(drift)] == ["verdict"]
    assert found(compared(drift.new, baseline())) == []


def test_the_key_of_a_row_is_unique() -> None:
    assert not baseline().rows.duplicated([*CASE, "tensor"]).any()
    assert baseline().repeated == 0


@pytest.mark.parametrize(
    ("name", "good", "now"),
    [("coverage.csv", "verified", "not applicable"), ("checks.csv", "pass", "okay")],
)
def test_what_was_good_and_is_called_otherwise_is_worse(
    name: str, good: str, now: str, folder: Path
) -> None:
    """505 cells that nobody covers any more were no regression."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        row = table.index[table["verdict"] == good][:1]
        table.loc[row, "verdict"] = now
        return table

    assert [what for what, _ in found(rewritten(folder, change, name))] == ["verdict"]


def test_a_bound_that_is_no_number_is_a_contradiction(folder: Path) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[one(table), "own_bound"] = "nan"
        return table

    assert ("contradiction", "C3.dW") in found(rewritten(folder, change))
