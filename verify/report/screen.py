"""What a person sees at the end of a run: one table per variant, one closing line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from verify.checks.check import Check
from verify.checks.outcome import status
from verify.errors import PASSED
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding
from verify.report.checks import detail
from verify.report.reasons import cause, text, unexplained
from verify.report.rows import rerun
from verify.report.text import WIDTH, Block, one_line

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ALSO",
    "HEADER",
    "HERE",
    "NOTHING",
    "PROVED",
    "TITLES",
    "aligned",
    "also",
    "beside",
    "broken",
    "closing",
    "counted",
    "failures",
    "is_number",
    "ratio",
    "table",
    "tables",
    "wrapped",
]  # fmt: skip
TITLES = {"modern": "modern (ReLU, max pooling, softmax)", "1998": "1998 (Table I, RBF output)"}
HEADER = ("layer", "rows", "failed", "worst own error", "/bound", "inherited", "/bound")
ALSO = 6
"""Causes beside the first that are told on the screen."""
NOTHING = "nothing was supplied that could be judged"
PROVED = "proved"
"""In place of error over bound."""
HERE = "> "
"""Before a layer with an own error."""


def tables(layers: pd.DataFrame) -> str:
    """One table per variant.  layers: the rows of layers.csv."""
    groups = layers.groupby("variant", sort=False)
    return Block("\n\n".join(table(str(variant), mine) for variant, mine in groups))


def table(variant: str, layers: pd.DataFrame) -> str:
    """The layers of a variant; guilty ones are marked, and it is said how."""
    rows = layers.to_dict("records")
    heading, *lines = aligned([HEADER, *map(_cells, rows)])
    marks = [HERE if row["guilty"] else "  " for row in rows]
    told = [mark + line for mark, line in zip(marks, lines, strict=True)]
    legend = [f"  ({HERE.strip()} an own error arises in this layer)"] if HERE in marks else []
    return "\n".join([TITLES.get(variant, variant), f"  {heading}", *told, *legend])


def _cells(row: Any) -> tuple[str, ...]:
    counts = (str(row[name]) for name in ("layer", "rows", "failed"))
    return (*counts, *_worst(row, "own"), *_worst(row, "inherited"))


def _worst(row: Any, kind: str) -> tuple[str, str]:
    if not row[f"worst_{kind}_tensor"]:
        return "-", "-"
    error, allowed = row[f"worst_{kind}_error"], row[f"worst_{kind}_ratio"]
    return f"{row[f'worst_{kind}_tensor']} {error:.1e}", ratio(allowed)


def ratio(value: float) -> str:
    """Error over bound, for people; of a drift that follows from own errors there is none."""
    if value != value:
        return PROVED
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
            cell.rjust(width) if is_number(cell) else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def is_number(text: str) -> bool:
    """Infinity among them."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def wrapped(rows: Sequence[Sequence[str]]) -> list[str]:
    """The same, the last column going on below itself where it is too long, or below the others
    where they leave it less than half of the width."""
    lines = aligned([row[:-1] for row in rows])
    left = max(map(len, lines)) + 2
    apart = left > WIDTH // 2
    indent = 4 if apart else left
    found = []
    for line, row in zip(lines, rows, strict=True):
        told = textwrap.wrap(one_line(row[-1]), WIDTH - indent)
        first = "" if apart else "".join(told[:1])
        found.append(f"{line.ljust(left)}{first}".rstrip())
        found += [" " * indent + each for each in told[0 if apart else 1 :]]
    return found


def failures(
    tally: Tally, otherwise: str = "no layer has an own error", again: str = "", others: bool = True
) -> Iterator[str]:
    """Which layer is guilty, what the numbers say, how to see it again.

    otherwise: what to say where no layer has an own error; again: the command, if it is not the
    row's own; others: tell the other guilty layers, too.
    """
    for variant in tally.variants():
        if (first := tally.first.get(variant)) is None:
            continue
        guilty = tally.guilty(variant)
        who = f"guilty layer: {', '.join(guilty)}" if guilty else otherwise
        yield f"{variant}: {who}; first: {first.step.tensor} ({first.step.equation})"
        yield f"  {first.verdict}: {text(first.reason)}"
        if first.cause or first.guilty:
            yield f"  cause: {cause(first.cause) or unexplained(first)}"
        yield f"  rerun: {rerun(first, again)}"
        yield from also(tally, variant) if others else []


def also(tally: Tally, variant: str) -> Iterator[str]:
    """What else is wrong: each guilty layer with its causes, each of these once."""
    lines = [*_also(tally, variant)]
    yield from lines[:ALSO]
    if (more := len(lines) - ALSO) > 0:
        yield f"  and {more} more: column cause of diff.csv"


def _also(tally: Tally, variant: str) -> Iterator[str]:
    for f in beside(tally, variant):
        unknown = f"{f.step.tensor}: {unexplained(f)}: {text(f.reason)}"
        yield f"  also {f.step.layer}: {cause(f.cause) or unknown}"


def beside(tally: Tally, variant: str) -> Iterator[Finding]:
    """What else is wrong than the first finding that fails: of each layer with an own error one
    finding for each cause, and those without one of tensors that have none in another case."""
    first = tally.first[variant]
    for layer in tally.guilty(variant):
        found = tally.blamed[variant, layer]
        caused = {f.step.tensor for f in found.values() if f.cause}
        for finding in found.values():
            if finding is not first and (finding.cause or finding.step.tensor not in caused):
                yield finding


def broken(checks: Iterable[Check]) -> list[str]:
    """Checks that do not hold."""
    return [line for check in checks if not check.passed for line in _broken(check)]


def _broken(check: Check) -> Iterator[str]:
    said = f"{check.name}: {check.variant} {check.subject}: {detail(check)}"
    if not (check.fix or check.drop):
        yield said
        return
    yield from textwrap.wrap(said, WIDTH, subsequent_indent="  ", break_long_words=False)
    yield from (f"  leave out: {check.drop}",) if check.drop else ()
    yield from (f"  add: {check.fix}",) if check.fix else ()


def closing(tally: Tally, checks: Sequence[Check], cases: int) -> str:
    """PASS or FAIL, and counts: the last line."""
    held = sum(check.passed for check in checks)
    right = status(tally, checks) == PASSED
    word, passed, hold = ("PASS", "", "") if right else ("FAIL", " passed", " hold")
    asked = f", {held} of {len(checks)} checks{hold}" if checks else ""
    return f"{word}  {counted(tally)}{passed} in {cases} case{'s' if cases != 1 else ''}{asked}"


def counted(tally: Tally) -> str:
    """How many comparisons passed, and how many were too blunt to."""
    blunt = f" ({tally.unverified} not verified)" if tally.unverified else ""
    return f"{tally.passed} of {tally.rows} comparisons{blunt}"
