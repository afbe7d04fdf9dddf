"""Conclusions in sentences, for the end of a check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from verify.judge.conclude.common import Common, CommonDtype, CommonFactor, Meaning
from verify.judge.conclude.conclusions import Conclusions, Doubt, Harmless, Located, Place
from verify.judge.conclude.span import Span
from verify.report.reasons import either, text

__all__ = ["MOST", "OFFERED", "SHOWN", "at", "common", "factor", "not_verified", "notes", "seen",
           "spanned", "told", "too_blunt"]  # fmt: skip
MOST, SHOWN = 6, 2
"""Tensors that are listed by name, and cases."""
_OF_BATCH = (Meaning.SUMMED, Meaning.AVERAGED_TWICE)
_TWO: dict[Meaning | None, Meaning] = {
    Meaning.HALF: Meaning.AVERAGED_TWICE,
    Meaning.TWICE: Meaning.SUMMED,
}
"""What 1/2 and 2 may be in a batch of two."""
OFFERED = ("float32", "float64")
"""Dtypes that there are cases of."""


def told(found: Conclusions) -> list[str]:
    """One cause behind many rows, a span where no layer can be named, and what has no effect;
    each said once, with the cases in which it is seen."""
    places: dict[str, list[Place]] = {}
    for what in _of_any_batch(found.told):
        where = [what.place] if isinstance(what, Located) else []
        places.setdefault(_told(what), []).extend(where)
    return [f"{seen(where)}{said}" for said, where in places.items()]


def _of_any_batch(
    told: Sequence[Common | Located | Harmless],
) -> Iterator[Common | Located | Harmless]:
    """What is N or 1/N in cases of several batches is that, and no number; in a batch of two, too,
    where it might be 2 or 1/2."""
    factors = [what for what in told if isinstance(what, CommonFactor)]
    known = {each.meaning for each in factors if each.meaning in _OF_BATCH and each.batch > 2}
    several = len({each.batch for each in factors}) > 1
    for what in told:
        if several and isinstance(what, CommonFactor):
            meaning = _TWO.get(what.meaning, what.meaning) if what.batch == 2 else what.meaning
            yield replace(what, meaning=meaning, batch=0) if meaning in known else what
        else:
            yield what


def _told(what: Common | Located | Harmless) -> str:
    match what:
        case CommonFactor() | CommonDtype():
            return f"one cause: {common(what)}"
        case Located(_, span):
            return spanned(span)
        case Harmless(name, right=True):
            return f"{name} is right, but does not follow from what was supplied before it"
        case Harmless(name):
            return (
                f"without consequence: {name} differs, every parameter gradient after it is right"
            )
        case _:
            assert_never(what)


def seen(places: Sequence[Place]) -> str:
    """The cases, where it matters which: the first of them, and how many more."""
    if not places:
        return ""
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return ", ".join(map(at, places[:SHOWN])) + f"{more}: "


def at(place: Place) -> str:
    """The case."""
    return f"{place.regime} N={place.batch}"


def common(cause: Common | None) -> str:
    """One cause of many rows; empty where there is none."""
    if cause is None:
        return ""
    if isinstance(cause, CommonFactor):
        which = "every gradient" if cause.every else "every wrong gradient"
        return f"{which} equals the reference x {factor(cause)}"
    said = f"{cause.theirs} in place of {cause.ours}, everywhere"
    if cause.theirs in OFFERED:
        said += f"; supply {cause.ours}, or start from inputs of --tier {cause.theirs}"
    return said


def factor(found: CommonFactor) -> str:
    """The factor in words; of no batch in particular, N in place of a number."""
    n = found.batch
    match found.meaning:
        case None:
            return f"{found.factor:.8g}"
        case Meaning.SUMMED if not n:
            return "N: the loss is summed over the batch, 1/N is missing"
        case Meaning.AVERAGED_TWICE if not n:
            return "1/N: 1/N is applied twice"
        case Meaning.SUMMED:
            return f"N = {n}: the loss is summed over the batch, 1/N is missing"
        case Meaning.AVERAGED_TWICE:
            return f"1/N = 1/{n}: 1/N is applied twice"
        case Meaning.HALF:
            return "1/2: a factor 2 is lost, or a 1/2 too many"
        case Meaning.TWICE:
            return "2: a factor 1/2 is lost"
        case Meaning.SIGN:
            return "-1: the sign of the loss"
        case _:
            assert_never(found.meaning)


def spanned(found: Span) -> str:
    """The first wrong tensor, and the layers it can have arisen in."""
    before = f"{found.good} the last right one before it" if found.good else "none before it"
    arises = f"the error arises in {either(found.layers)}"
    return f"{found.wrong} is the first wrong tensor, {before}; {arises}"


def notes(found: Conclusions) -> Iterator[str]:
    """Tensors whose shape was taken for another one."""
    if found.taken:
        listed = ", ".join(found.taken[:MOST]) + (" ..." if len(found.taken) > MOST else "")
        yield f"note: taken as the same, other axes of length 1: {listed}"


def too_blunt(found: Conclusions) -> Iterator[str]:
    """Tensors that were compared, but not sharply: where, and in how many of their elements."""
    where: dict[str, dict[str, None]] = {}
    for doubt in found.doubts:
        said = f"{at(doubt.place)}, {_how_far(doubt)}"
        where.setdefault(doubt.tensor, {})[said] = None
    if where:
        yield "not verified, for a mistake there could have passed:"
    for name, places in where.items():
        yield f"  {name}: {'; '.join(places)}"


def _how_far(doubt: Doubt) -> str:
    return text(doubt.reason) or f"{doubt.some} of {doubt.elements} elements"


def not_verified(found: Conclusions) -> Iterator[str]:
    """Tensors that no case supplied."""
    if found.lacking:
        yield "not verified, for it was not supplied:"
    for each in found.lacking:
        yield f"  {' '.join(each.layers)}: {' '.join(each.symbols)}"
