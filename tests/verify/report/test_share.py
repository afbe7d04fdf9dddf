"""What a worker makes of a job's findings is what one table of all of them would be."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from verify.cases.plan import Job, plan
from verify.checks.coverage import PROBE
from verify.judge.conclude.tally import COUNTS, Tally
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.pipeline.judging import OWN, judge_subject, judged
from verify.pipeline.run import Settings, judge_job
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.fault import planted
from verify.report.files import write_csv
from verify.report.frame import frame
from verify.report.rows import COLUMNS
from verify.report.share import lines, shared
from verify.report.sums import Sums
from verify.report.tables import Tables
from verify.subjects.reference import reference


@cache
def parts() -> tuple[tuple[Finding, ...], ...]:
    """Of right cases, of mistakes, of tensors that are missing, and of texts that are no cells."""
    found = [judge_job(job, Settings()) for job in [*plan("default")][::9]]
    for fault in [f for f in catalogue() if not f.check][::12]:
        with planted(fault):
            found.append(judge_subject(fault.job().case(), reference, OWN))
    case = Job("modern", "digits", "float64", 2).case()
    trace = dict(reference(case))
    trace["C3.z"] = trace["C3.z"] * float("nan")
    del trace["F6.y"]
    found.append(judged(case, trace, OWN))
    return tuple(map(tuple, found))


def told(sums: Sums) -> str:
    """As it is written; NaN is not itself."""
    return json.dumps(sums.state(), default=float)


def test_there_is_something_of_every_kind() -> None:
    verdicts = {f.verdict for part in parts() for f in part}
    assert {Verdict.PASS, Verdict.FAIL, Verdict.MISSING} <= verdicts


def test_lines_are_those_of_a_table(tmp_path: Path) -> None:
    every = [f for part in parts() for f in part]
    write_csv(tmp_path / "a.csv", COLUMNS, frame(every))
    head = ",".join(COLUMNS) + "\n"
    text = "".join(shared(part, False, True, False).text for part in parts())
    assert (tmp_path / "a.csv").read_bytes().decode() == head + text


def test_texts_are_on_one_line_and_no_formulas() -> None:
    [finding] = parts()[0][:1]
    row = shared([finding], False, False, True).values[0] | {
        "options": '=a()\n"\udcff',
        "note": ",",
    }
    [line] = lines([row]).splitlines()
    assert line.startswith('modern,"\'=a()\\n""\\udcff",') and '","' in line


@pytest.mark.parametrize("failing", [False, True])
def test_rows_asked_for_are_shown_and_no_others(failing: bool) -> None:
    for part in parts():
        share = shared(part, failing, True, True)
        shown = [f for f in part if not failing or f.verdict is not Verdict.PASS]
        assert len(share.values) == len(shown) == len(share.text.splitlines())
        assert share.failing == [f for f in part if f.failed]
    nothing = shared(parts()[0], failing, False, False)
    assert (nothing.text, nothing.values) == ("", [])


def test_shares_together_are_the_whole() -> None:
    every = [f for part in parts() for f in part]
    whole, tables = Tally(every), Tables([frame(every)])
    tally, sums = Tally(), Sums(PROBE)
    for part in parts():
        share = shared(part, True, False, False)
        tally.merge(share.tally)
        sums.merge(share.sums)
    assert told(sums) == told(tables.sums)
    assert all(getattr(tally, name) == getattr(whole, name) for name in COUNTS)
    assert tally.first == whole.first
    assert {k: [*v.items()] for k, v in tally.blamed.items()} == (
        {k: [*v.items()] for k, v in whole.blamed.items()}
    )
    assert [tally.order(v) for v in tally.variants()] == [whole.order(v) for v in whole.variants()]


def test_the_state_of_both_is_restored() -> None:
    every = [f for part in parts() for f in part]
    tally, tables = Tally(every), Tables([frame(every)])
    again, sums = Tally(), Sums(PROBE)
    again.restore(tally.state())
    sums.restore(tables.sums.state())
    assert again.state() == tally.state() and told(sums) == told(tables.sums)
    more = shared(parts()[0], False, False, False)
    for one in (sums, tables.sums):
        one.merge(more.sums)
    assert told(sums) == told(tables.sums)
