"""The scoreboard of what people hand in, for a screen of 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from verify.proof.faults.evidence import INSIDE, NAMED, OTHERWISE, OUTSIDE, UNEXPLAINED
from verify.proof.faults.levels import LEVELS
from verify.proof.faults.submissions import KINK_FREE
from verify.proof.faults.trial import (
    ALARM,
    CAUGHT,
    CRASHED,
    INVISIBLE,
    OUTCOMES,
    PASSED,
    RIGHT,
    Trial,
)
from verify.report.screen import aligned

__all__ = ["FALSE", "SHOWN", "WIDTH", "WRONG_LAYER", "lines", "tally"]
SHOWN = 12
WIDTH = 80
FALSE, WRONG_LAYER = "FALSE CAUSE", "WRONG LAYER"


def lines(found: Sequence[Trial]) -> list[str]:
    """By level and kind of case, what is said by level, by convention, figures, then what was
    wrongly judged."""
    mistakes = [t for t in found if t.outcome in OUTCOMES]
    kinds, names = _each(mistakes, "case"), _each(mistakes, "convention")
    by_level = [
        _counts(f"{level}, {kind}", [t for t in mistakes if (t.level, t.case) == (level, kind)])
        for level in sorted(_each(mistakes, "level"), key=_order)
        for kind in kinds
        if any((t.level, t.case) == (level, kind) for t in mistakes)
    ]
    by_name = [_counts(name, [t for t in mistakes if t.convention == name]) for name in names]
    return [
        *aligned([("level, case", *OUTCOMES), *by_level]),
        "",
        *aligned(list(_told(mistakes))),
        "",
        *aligned([("convention", *OUTCOMES), *by_name]),
        "",
        *_figures(found, mistakes),
        *_wrong(found),
    ]


def _order(level: str) -> tuple[int, str]:
    return list(LEVELS).index(level.partition(",")[0]), level


def _each(found: Sequence[Trial], name: str) -> list[str]:
    return list(dict.fromkeys(getattr(t, name) for t in found))


def _counts(title: str, found: Sequence[Trial]) -> tuple[str, ...]:
    counts = Counter(t.outcome for t in found)
    return (title, *(str(counts[outcome]) for outcome in OUTCOMES))


def _told(mistakes: Sequence[Trial]) -> Iterator[tuple[str, ...]]:
    """Of what numbers give away: where the blame lies, what is offered, and what is not true."""
    titles = (INSIDE, OUTSIDE, NAMED, OTHERWISE, UNEXPLAINED)
    yield ("said at level", *titles, FALSE)
    for level in sorted(_each(mistakes, "level"), key=_order):
        found = [t for t in mistakes if t.level == level and t.explained]
        counts = Counter(word for t in found for word in (t.blame, t.explained))
        false = sum(bool(t.false) for t in found)
        yield (level, *(str(counts[title]) for title in titles), str(false))


def _figures(found: Sequence[Trial], mistakes: Sequence[Trial]) -> Iterator[str]:
    harmless = Counter(t.outcome for t in found)
    yield f"nothing wrong: {harmless[RIGHT]} pass, {harmless[ALARM]} false alarms"
    exam = [t for t in mistakes if t.level.startswith("gradients") and t.case == KINK_FREE]
    seen = [t for t in exam if t.outcome != INVISIBLE]
    caught = sum(t.outcome == CAUGHT for t in seen)
    share = f" ({caught / len(seen):.1%})" if seen else ""
    yield f"gradients alone, kink-free: {caught} of {len(seen)} that show are caught{share}"
    never = _never(mistakes, lambda t: t.outcome == CAUGHT)
    yield f"mistakes caught in no case, level and convention: {len(never)}"
    passing = [t for t in mistakes if t.passing]
    yield (
        f"rows that pass by inherited error alone though the tensor is wrong: "
        f"{sum(t.passing for t in passing)}"
    )
    rows = [t for t in mistakes if t.small]
    silent = sum(t.outcome != CAUGHT for t in rows)
    yield (f"small elements: {sum(t.small for t in rows)} wrong by more than rounding of their own")
    yield f"  size in rows that pass, in {len(rows)} submissions, {silent} of them not caught"


def _never(found: Sequence[Trial], good: Callable[[Trial], bool]) -> list[str]:
    ever = {t.fault for t in found if good(t)}
    return [name for name in _each(found, "fault") if name not in ever]


def _wrong(found: Sequence[Trial]) -> Iterator[str]:
    """Each mistake once, with the first way in which it was wrongly judged."""
    bad = [t for t in found if t.bad]
    counts = Counter(t.fault for t in bad)
    first = {t.fault: t for t in reversed(bad)}
    names = list(counts)
    for name in names[:SHOWN]:
        t = first[name]
        more = f" and {counts[name] - 1} more" if counts[name] > 1 else ""
        yield f"  {_what(t)}"[:WIDTH]
        yield f"    {t.variant}, {t.case}, {t.convention}, {t.level}{more}"[:WIDTH]
    if len(names) > SHOWN:
        yield f"  and {len(names) - SHOWN} more mistakes; all in the table"


def _what(t: Trial) -> str:
    if t.false:
        return f"{FALSE}: {t.fault}: {t.false}"
    if t.blame == OUTSIDE:
        return f"{WRONG_LAYER}: {t.fault}: {t.blamed}"
    return f"{t.outcome}: {t.fault}: {t.tensor} {t.verdict}"


def tally(found: Sequence[Trial]) -> str:
    """How many were wrongly judged."""
    counts = Counter(t.outcome for t in found)
    crashed = f", {counts[CRASHED]} crashes of the judge" if counts[CRASHED] else ""
    false, outside = sum(bool(t.false) for t in found), sum(t.blame == OUTSIDE for t in found)
    return (
        f"{counts[PASSED]} passed, {counts[ALARM]} false alarms, {false} false causes, "
        f"{outside} outside the blame{crashed}"
    )
