"""Tables by layer and by case: a worst row is never hidden, names are no formulas."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from verify.cases.plan import Job
from verify.expected.steps import steps
from verify.judge.compare import compare
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding, Judgement
from verify.judge.theorem import FOLLOWS
from verify.judge.verdict import Verdict
from verify.report import screen
from verify.report.files import write_csv
from verify.report.frame import frame
from verify.report.rows import COLUMNS
from verify.report.tables import LAYER_COLUMNS, SUMMARY_COLUMNS, Tables


def findings(*told: tuple[str, Verdict, float], variant: str = "modern") -> list[Finding]:
    """Findings of some tensors whose own error has a verdict and a ratio."""
    case = replace(Job(variant, "digits", "float64", 1).case(), upstream=None)
    known = {step.tensor: step for step in steps(case.arch)}
    same = compare(np.ones(2), np.ones(2), None)
    return [
        Finding(case, known[tensor], Judgement(verdict, comparison=replace(same, ratio=ratio_)),
                Judgement(Verdict.PASS, comparison=same), (2,))
        for tensor, verdict, ratio_ in told
    ]  # fmt: skip


def test_a_nan_ratio_never_hides_a_worse_one() -> None:
    found = findings(("C1.z", Verdict.PASS, 0.5), ("C1.y", Verdict.MISSING, math.nan))
    tables = Tables([frame(found)])
    [layer] = tables.layers(Tally(found).order).to_dict("records")
    assert (layer["worst_own_tensor"], layer["verdict"]) == ("C1.z", "fail")
    assert (layer["rows"], layer["tensors"], layer["failed"], layer["guilty"]) == (2, 2, 1, 1)
    assert tuple(layer) == LAYER_COLUMNS
    [case] = tables.summary().to_dict("records")
    assert tuple(case) == SUMMARY_COLUMNS
    assert (case["guilty_layers"], case["worst_own_ratio"], case["seeds"]) == ("C1", 0.5, 1)


def test_a_layer_without_a_number_has_no_worst() -> None:
    found = findings(("C1.z", Verdict.MISSING, math.nan), ("S2.y", Verdict.PASS, 0.1))
    first, second = Tables([frame(found)]).layers(Tally(found).order).to_dict("records")
    assert first["worst_own_tensor"] == "" and math.isnan(first["worst_own_ratio"])
    assert second["worst_own_tensor"] == "S2.y"


def without_bound(finding: Finding, error: float) -> Finding:
    """Its drift follows from own errors."""
    bare = replace(compare(np.ones(2), np.ones(2), None), error=error, bound=math.nan,
                   ratio=math.nan)  # fmt: skip
    return replace(finding, inherited=Judgement(Verdict.PASS, FOLLOWS, "", bare))


def test_of_drifts_without_a_bound_the_largest_is_told() -> None:
    first, second, bounded = findings(
        *((name, Verdict.PASS, 0.1) for name in ("C1.x", "C1.z", "C1.y"))
    )
    found = [without_bound(first, 1e-9), without_bound(second, 3e-9), bounded]
    tables = Tables([frame(found)])
    [layer] = tables.layers(Tally(found).order).to_dict("records")
    assert (layer["worst_inherited_tensor"], layer["worst_inherited_error"]) == ("C1.z", 3e-9)
    assert math.isnan(layer["worst_inherited_ratio"]) and "proved" in screen_tables(tables, found)
    [case] = Tables([frame(found[:2])]).summary().to_dict("records")
    assert math.isnan(case["worst_inherited_ratio"])


def test_one_beyond_its_bound_is_told_before_those_without() -> None:
    first, second = findings(("C1.x", Verdict.PASS, 0.1), ("C1.z", Verdict.PASS, 0.1))
    worse = replace(compare(np.ones(2), np.ones(2), None), ratio=2.0)
    found = [without_bound(first, 1.0), replace(second, inherited=Judgement(
        Verdict.FAIL, comparison=worse))]  # fmt: skip
    [layer] = Tables([frame(found)]).layers(Tally(found).order).to_dict("records")
    assert layer["worst_inherited_tensor"] == "C1.z"


def screen_tables(tables: Tables, found: list[Finding]) -> str:
    return str(screen.tables(tables.layers(Tally(found).order)))


def test_tables_of_many_chunks_are_those_of_one() -> None:
    parts = [
        findings(("C3.z", Verdict.FAIL, 9.0), ("C1.z", Verdict.PASS, 0.2)),
        findings(("F7.y", Verdict.PASS, 0.3), variant="1998"),
        findings(("C1.y", Verdict.UNVERIFIED, 0.1)),
        findings(("S2.y", Verdict.PASS, 0.1)),
        findings(("C1.z", Verdict.PASS, 0.4)),
    ]
    every = [f for part in parts for f in part]
    one, many = Tables([frame(every)]), Tables(frame(part) for part in parts)
    order = Tally(every).order
    pd.testing.assert_frame_equal(one.layers(order), many.layers(order))
    pd.testing.assert_frame_equal(one.summary(), many.summary())
    pd.testing.assert_frame_equal(one.coverage(["modern"]), many.coverage(["modern"]))
    assert list(one.layers(order)["layer"]) == ["C1", "S2", "C3", "F7"]


def test_tables_of_nothing(tmp_path: Path) -> None:
    tables = Tables()
    write_csv(tmp_path / "l.csv", LAYER_COLUMNS, tables.layers(Tally().order))
    write_csv(tmp_path / "s.csv", SUMMARY_COLUMNS, tables.summary())
    assert (tmp_path / "l.csv").read_text() == ",".join(LAYER_COLUMNS) + "\n"
    assert (tmp_path / "s.csv").read_text() == ",".join(SUMMARY_COLUMNS) + "\n"
    assert set(tables.coverage(["modern"])["verdict"]) == {"uncovered", "not applicable"}


def test_names_in_small_tables_are_no_formulas_either(tmp_path: Path) -> None:
    found = findings(("C1.z", Verdict.PASS, 0.5))
    arch = replace(found[0].case.arch, variant="=a()\n", options="@b")
    told = [replace(found[0], case=replace(found[0].case, arch=arch))]
    tables = Tables([frame(told)])
    write_csv(tmp_path / "l.csv", LAYER_COLUMNS, tables.layers(Tally(told).order))
    write_csv(tmp_path / "s.csv", SUMMARY_COLUMNS, tables.summary())
    write_csv(tmp_path / "d.csv", COLUMNS, frame(told))
    for name, start in (("l", "'=a()\\n,C1,"), ("s", "'=a()\\n,'@b,"), ("d", "'=a()\\n,'@b,")):
        assert (tmp_path / f"{name}.csv").read_text().splitlines()[1].startswith(start)
