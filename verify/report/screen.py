"""What a person sees at the end of a run: one table per variant, one closing line."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from lenet_ref.door import reason
from verify.checks.check import Check
from verify.errors import PASSED
from verify.report.checks import detail
from verify.report.text import encodable, one_line
from verify.report.totals import LayerTotals, Totals, status

TITLES = {"modern": "modern (ReLU, max pooling, softmax)", "1998": "1998 (Table I, RBF output)"}
HEADER = (
    "layer",
    "tensors",
    "rows",
    "failed",
    "worst own error",
    "of bound",
    "inherited",
    "of bound",
)


def tables(totals: Totals) -> str:
    """One table per variant."""
    return Block("\n\n".join(table(totals, variant) for variant in totals.variants()))


def table(totals: Totals, variant: str) -> str:
    """The layers of a variant; guilty ones are marked."""
    lines = [_cells(layer, t) for layer, t in totals.ordered(variant)]
    text = aligned([HEADER, *lines])
    marked = [
        f"  {line}"
        + ("   <- own error here" if i and totals.ordered(variant)[i - 1][1].guilty else "")
        for i, line in enumerate(text)
    ]
    return "\n".join([TITLES.get(variant, variant), *marked])


def _cells(layer: str, t: LayerTotals) -> tuple[str, ...]:
    own = ("-", "-") if t.own is None else _worst(t.own, "own")
    inherited = ("-", "-") if t.inherited is None else _worst(t.inherited, "inherited")
    return (layer, str(len(t.tensors)), str(t.rows), str(t.failed), *own, *inherited)


def _worst(row: Any, kind: str) -> tuple[str, str]:
    return f"{row['tensor']} {row[f'{kind}_error']:.1e}", ratio(row[f"{kind}_ratio"])


def ratio(value: float) -> str:
    """Error over bound, for people."""
    if value == 0:
        return "0"
    return f"{value:.2f}" if 0.005 <= value < 1000 else f"{value:.0e}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns left-aligned, two spaces apart; numbers right-aligned."""
    rows = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width)
            if cell.replace(".", "").replace("e-", "").isdigit()
            else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def failures(
    totals: Totals, checks: Sequence[Check], otherwise: str = "no layer has an own error"
) -> list[str]:
    """Which layer is guilty, what the numbers say, how to see it again.

    otherwise: what to say where no layer has an own error.
    """
    lines = []
    for variant in totals.variants():
        first = totals.first.get(variant)
        if first is None:
            continue
        guilty = totals.guilty(variant)
        who = f"guilty layer: {', '.join(guilty)}" if guilty else otherwise
        lines.append(f"{variant}: {who}; first: {first['tensor']} ({first['equation']})")
        lines.append(f"  {first['verdict']}: {first['reason']}")
        lines += [f"  cause: {first['cause']}"] if first["cause"] else []
        lines.append(f"  rerun: {first['rerun']}")
        lines += [f"  also {text}" for text in others(totals, variant, first)]
    for check in checks:
        if not check.passed:
            lines.append(f"{check.name}: {check.variant} {check.subject}: {detail(check)}")
    return lines


def others(totals: Totals, variant: str, first: Mapping[str, Any]) -> list[str]:
    """The other guilty layers, each with its first wrong tensor and cause."""
    rows = [totals.blamed[variant, layer] for layer in totals.guilty(variant)]
    mine = [row for row in rows if row["layer"] != first["layer"]]
    return [
        f"{r['layer']}: {r['cause'] or r['tensor'] + ': unexplained: ' + r['reason']}" for r in mine
    ]


def closing(totals: Totals, checks: Sequence[Check], out: Path) -> str:
    """PASS or FAIL, counts, and where the report is."""
    wrong = sum(not check.passed for check in checks)
    word = "PASS" if status(totals, checks) == PASSED else "FAIL"
    cases = sum(len(t.seeds) for t in totals.cases.values())
    return (
        f"{word}  {counted(totals)} in {cases} cases, "
        f"{len(checks) - wrong} of {len(checks)} checks; report in {out}"
    )


def counted(totals: Totals) -> str:
    """How many comparisons passed, and how many were too blunt to."""
    passed = totals.rows - totals.failed - totals.unverified
    blunt = f" ({totals.unverified} not verified)" if totals.unverified else ""
    return f"{passed} of {totals.rows} comparisons{blunt}"


def progress(done: int, total: int, what: str) -> None:
    """One line on a terminal, nothing in a pipe."""
    if sys.stderr.isatty():
        end = "\r" if done < total else "\r\033[K"
        print(f"{what} {done} of {total}", end=end, file=sys.stderr, flush=True)


class Block(str):
    """Lines that are meant to be lines; in any other text a line end is an intruder."""


def printed(*lines: str) -> None:
    """Print lines, each on one line whatever it holds.  A reader that left early (``| head``), a
    full disk or a closed output do not change the exit status: the report says it all."""
    shown = [
        one_line(part)
        for line in lines
        for part in (line.split("\n") if isinstance(line, Block) else [line])
    ]
    try:
        written(sys.stdout, shown)
    except BrokenPipeError:
        silenced(sys.stdout)
    except OSError as error:
        silenced(sys.stdout)
        said(f"lenet-verify: standard output cannot be written: {reason(error)}")


def said(text: str) -> None:
    """One line on standard error, if there is one."""
    try:
        written(sys.stderr, [one_line(text)])
    except OSError:
        silenced(sys.stderr)


def written(stream: IO[str] | None, lines: Sequence[str]) -> None:
    """Lines to a stream; None where it was closed before we began."""
    if stream is None or stream.closed:
        return
    for line in lines:
        print(encodable(line, stream), file=stream)
    stream.flush()


def silenced(stream: IO[str]) -> None:
    """What is still to be written goes nowhere, and does not fail again when Python ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
