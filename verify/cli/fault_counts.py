"""What is told of planted mistakes: counts by verdict, then whatever was not as expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from verify.proof.faults.fault import Fault
from verify.proof.faults.plant import CAUGHT, EQUIVALENT, EXEMPT, UNSEEN, Outcome
from verify.proof.planting.entry import Entry
from verify.proof.planting.general import General
from verify.report.screen import aligned

__all__ = ["PARTS", "scoreboard"]
PARTS: tuple[tuple[str, type[Entry | Fault], str, tuple[str, ...]], ...] = (
    ("table", Entry, "named as themselves", (EXEMPT, UNSEEN)),
    ("general causes", General, "named", (EXEMPT, UNSEEN)),
    ("code", Fault, "caught, located and named", (EQUIVALENT,)),
)
"""What is planted, and what is counted apart of it."""


def scoreboard(outcomes: Sequence[Outcome]) -> list[str]:
    """Counts by verdict, the table and the code apart, then whatever was not as expected."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    lines = aligned([(verdict, str(number)) for verdict, number in counts.most_common()])
    for title, kind, done, apart in PARTS:
        part = [o for o in outcomes if type(o.fault) is kind]
        if part:
            lines.append(f"{title}: {_caught(part, apart)} {done}{_apart(part, apart)}")
    for o in outcomes:
        if not o.good:
            lines.append(
                f"  {o.verdict}: {o.fault.name}: expected {o.layers}; "
                f"got {' '.join(o.guilty)} {o.tensor} {o.cause}"
            )
    return lines


def _caught(outcomes: Sequence[Outcome], apart: Sequence[str]) -> str:
    """How many of how many."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    return f"{counts[CAUGHT]} of {len(outcomes) - sum(counts[word] for word in apart)}"


def _apart(outcomes: Sequence[Outcome], apart: Sequence[str]) -> str:
    """How many are counted apart."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    return "".join(f", {counts[word]} {word}" for word in apart if counts[word])
