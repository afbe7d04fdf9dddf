"""The small tables say of each row what it is; apart from the other proofs, for pandas is loaded
later than they are asked."""

from __future__ import annotations

from dataclasses import replace

from verify.judge.conclude.tally import Tally
from verify.judge.verdict import Verdict
from verify.proof.gate.counts import FAILING, FINE, finding
from verify.report.frame import frame
from verify.report.tables import Tables

KINDS = [*FAILING, (Verdict.PASS, True), (Verdict.UNVERIFIED, True)]


def tabled() -> list[str]:
    """layers.csv and summary.csv of one row of each kind, each a case and a variant of its own."""
    found = []
    for number, (verdict, own) in enumerate(KINDS):
        row = finding(verdict, own)
        arch = replace(row.case.arch, variant=str(number))
        found.append(replace(row, case=replace(row.case, arch=arch)))
    tables = Tables([frame(found)])
    wrong = []
    for table in (tables.layers(Tally(found).order), tables.summary()):
        told = dict(zip(table["variant"], table["verdict"], strict=True))
        for number, (verdict, _) in enumerate(KINDS):
            said = verdict if verdict in FINE else Verdict.FAIL
            if told.get(str(number)) != said:
                wrong.append(f"a table does not say {said} of a row that is {verdict}")
    return wrong
