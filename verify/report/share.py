"""What the report of a run takes from one job, made by whoever did the job: text and sums, and of
findings those that fail alone.  Whoever gathers a thousand workers' has little left to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from verify.checks.coverage import PROBE
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.report.parquet import packed
from verify.report.rows import KINDS, Row, row
from verify.report.summed import summed
from verify.report.sums import Sums
from verify.report.text import cell

__all__ = ["Share", "lines", "shared"]


@dataclass
class Share:
    """text: its rows in diff.csv; values: the same as they are, where somebody asked for them;
    columns: as diff.parquet takes them; sums, tally: of all its rows; failing: findings."""

    text: str
    values: list[Row]
    sums: Sums
    tally: Tally
    failing: list[Finding] = field(default_factory=list)
    columns: bytes = b""


def shared(
    findings: Sequence[Finding], failing: bool, texts: bool, values: bool, columns: bool = False
) -> Share:
    """Of one job.

    Args:
        failing: rows that do not pass are shown, and no others.
        texts, values, columns: what of the rows is asked for.
    """
    rows = [row(finding) for finding in findings]
    shown = [r for r in rows if r["verdict"] != Verdict.PASS] if failing else rows
    sums = Sums(PROBE)
    sums.add(map(summed, rows))
    return Share(lines(shown) if texts else "", shown if values else [], sums, Tally(findings),
                 [finding for finding in findings if finding.failed],
                 packed(shown) if columns else b"")  # fmt: skip


def lines(rows: Sequence[Row]) -> str:
    """Rows of a CSV file, as :class:`verify.report.files.CsvFile` writes them."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([write(r[name]) for name, write in _WRITERS.items()] for r in rows)
    return file.getvalue()


_WRITERS: dict[str, Callable[[Any], Any]] = {
    name: cell if kind is str else kind for name, kind in KINDS.items()
}
