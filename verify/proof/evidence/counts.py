"""What the outcomes come to: recall, false alarms, where and how a mistake is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from verify.proof.evidence.plants import TIERS
from verify.proof.evidence.record import FOUND_LETTERS, PLACES, Entered, Named, Record

__all__ = ["ARMS", "Line", "Place", "Places", "Share", "alarms_by", "blunt", "by_cell", "excluded",
           "inner", "lines", "listed", "of_places", "unlisted", "unplanned", "wrongly"]  # fmt: skip


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    @property
    def value(self) -> float:
        """Between 0 and 1; NaN of nothing."""
        return self.part / self.whole if self.whole else float("nan")

    def __str__(self) -> str:
        """In percent; 100 is said of all alone, and 0 of none."""
        if not self.whole:
            return "-"
        if self.part in (0, self.whole):
            return "100" if self.part else "0"
        percent = round(100 * self.value)
        return "<1" if percent < 1 else ">99" if percent > 99 else str(percent)


@dataclass(frozen=True)
class Line:
    """A policy.  By number format: seen, found of the mistakes that change what it reads; all,
    found of all; alarms, right subjects that are rejected.  located, named: of those found; new:
    found of the changes that nobody listed; cost: of a comparison by hand."""

    policy: Named
    seen: dict[str, Share]
    all: dict[str, Share]
    alarms: dict[str, Share]
    located: Share
    named: Share
    new: Share
    cost: float | None = None


def listed(record: Record) -> list[Entered]:
    """Mistakes of the table and of the code that something could show."""
    return [m for m in record.mistakes if not m.why and m.kind != "random"]


def unlisted(record: Record) -> list[Entered]:
    """Random changes that make a difference."""
    return [m for m in record.mistakes if not m.why and m.kind == "random"]


def excluded(record: Record) -> dict[str, int]:
    """Reasons why mistakes are in no table, with how many."""
    reasons = [m.why for m in record.mistakes if m.why]
    return {why: reasons.count(why) for why in dict.fromkeys(reasons)}


def lines(record: Record) -> list[Line]:
    """One for each policy; the last is ours on the plan."""
    found = [_line(record, i, policy) for i, policy in enumerate(record.policies)]
    return [*found, _plan(record, found[-1])]


def inner(record: Record, tier: str) -> list[Entered]:
    """Mistakes that change no tensor that autograd has: in matrix forms, window sums, positions of
    maxima.  Where a trace is planted step by step nothing follows from them; in code it would."""
    every = [i for i, p in enumerate(record.policies) if p.tensors == "every" and p.group != "ours"]
    known = (m for m in listed(record) if m.letters(tier))
    return [m for m in known if m.letters(tier)[every[0]] == "-"]


def _open(record: Record, mistakes: Sequence[Entered], tier: str) -> list[Entered]:
    """Those that show in a number format, in a tensor that others have, too."""
    hidden = {m.name for m in inner(record, tier)}
    return [m for m in mistakes if m.letters(tier) and m.name not in hidden]


def _line(record: Record, i: int, policy: Named) -> Line:
    known, new = listed(record), unlisted(record)
    told = {tier: [m.letters(tier)[i] for m in _open(record, known, tier)] for tier in TIERS}
    used = [tier for tier in TIERS if {*told[tier]} - {" "}]
    asked = {tier: told[tier] if tier in used else [] for tier in TIERS}
    hidden = sum(not (m.float64 or m.float32) for m in known)
    every = [letter for tier in used for letter in told[tier]]
    return Line(
        policy,
        seen={t: _share(asked[t], lambda x: x != "-") for t in TIERS},
        all={t: _of_all(asked[t], hidden) for t in TIERS},
        alarms={t: _rejected(record, i, t) for t in TIERS},
        located=_within(every, "ln"),
        named=_within(every, "mn"),
        new=_share([m.letters(t)[i] for t in used[:1] for m in _open(record, new, t)]),
        cost=record.costs.get(f"{policy.name}, {policy.tensors}"),
    )


def _share(letters: Sequence[str], counts: Callable[[str], bool] = bool) -> Share:
    """Found of those that count."""
    return Share(sum(x in FOUND_LETTERS for x in letters), sum(map(counts, letters)))


def _of_all(letters: Sequence[str], hidden: int) -> Share:
    """Found of those that show in a format or in none; nothing of a format that is not read."""
    return Share(_share(letters).part, len(letters) + hidden) if letters else Share()


def _within(letters: Sequence[str], wanted: str) -> Share:
    found = [x for x in letters if x in FOUND_LETTERS]
    return Share(sum(x in wanted for x in found), len(found))


def _rejected(record: Record, i: int, dtype: str) -> Share:
    asked = [r.letters[i] for r in record.right if r.dtype == dtype and r.letters[i] != " "]
    return Share(asked.count("x"), len(asked))


def alarms_by(record: Record, i: int, group: str, dtype: str) -> Share:
    """Right subjects of a group that a policy rejects."""
    asked = [r.letters[i] for r in record.right if (r.group, r.dtype) == (group, dtype)]
    return Share(asked.count("x"), sum(x != " " for x in asked))


ARMS = {"float64": ("float64", "exact"), "float32": ("float32",)}
"""Tiers by their number format."""
Place = tuple[str, str]
"""Regime and tier."""


def _plan(record: Record, one: Line) -> Line:
    """Ours on all cells; the exact tier is of float64."""
    policy = Named("ours", "ours, the plan", "every", one.policy.source)
    known = listed(record)
    found = {tier: of_places(known, _in_tiers(*arms)).found for tier, arms in ARMS.items()}
    every, new = of_places(known, _anywhere), of_places(unlisted(record), _anywhere)
    return Line(policy, found, found, one.alarms, Share(), every.named, new.found,
                record.costs.get("plan"))  # fmt: skip


def _anywhere(place: Place) -> bool:
    return True


def _in_tiers(*tiers: str) -> Callable[[Place], bool]:
    return lambda place: place[1] in tiers


def by_cell(record: Record) -> dict[str, Places]:
    """Ours on the plan, by tier, and by regime."""
    known = listed(record)
    found = {"the plan": of_places(known, _anywhere)}
    for tier in ("exact", "float64", "float32"):
        found[f"tier {tier}"] = of_places(known, _in_tiers(tier))
    for regime in dict.fromkeys(place[0] for place in PLACES):
        found[regime] = of_places(known, _in_regime(regime))
    return found


def _in_regime(regime: str) -> Callable[[Place], bool]:
    return lambda place: place[0] == regime


@dataclass(frozen=True)
class Places:
    """Of some of ours' cells together.  alone: names of mistakes that no other cell finds."""

    found: Share
    named: Share
    alone: tuple[str, ...]


def of_places(mistakes: Iterable[Entered], chosen: Callable[[Place], bool]) -> Places:
    """What cells find, named where one of them names it."""
    mistakes = [m for m in mistakes if m.cells]
    inside = [[x for x, p in zip(m.cells, PLACES, strict=True) if chosen(p)] for m in mistakes]
    outside = [[x for x, p in zip(m.cells, PLACES, strict=True) if not chosen(p)] for m in mistakes]
    found = [[x for x in letters if x in FOUND_LETTERS] for letters in inside]
    alone = [
        m.name
        for m, mine, others in zip(mistakes, found, outside, strict=True)
        if mine and not any(x in FOUND_LETTERS for x in others)
    ]
    hits = [letters for letters in found if letters]
    return Places(
        Share(len(hits), len(mistakes)),
        Share(sum(any(x in "mn" for x in letters) for letters in hits), len(hits)),
        tuple(alone),
    )


def unplanned(record: Record) -> list[str]:
    """Names of mistakes that no case of the plan shows, only one that was made for them."""
    known = (*listed(record), *unlisted(record))
    return [m.name for m in known if not {*m.cells} & {*FOUND_LETTERS}]


def blunt(record: Record, tier: str) -> list[str]:
    """Names of mistakes that ours misses in the one case that is tried, in a number format."""
    last = len(record.policies) - 1
    known = [m for m in (*listed(record), *unlisted(record)) if m.letters(tier)]
    return [m.name for m in known if m.letters(tier)[last] not in FOUND_LETTERS]


def wrongly(record: Record) -> list[str]:
    """What ours got wrong: missed in both formats and on the plan, blamed elsewhere, rejected
    though right."""
    last = len(record.policies) - 1
    found = [
        f"rejected, but right: {r.group} {r.how}: {r.case}"
        for r in record.right
        if r.letters[last] == "x"
    ]
    for m in (*listed(record), *unlisted(record)):
        told = {m.letters(tier)[last] for tier in TIERS if m.letters(tier)}
        found += [] if {*told, *m.cells} & {*FOUND_LETTERS} else [f"missed: {m.name}"]
        found += [f"not blamed on its layer: {m.name}"] if told & {*"fm"} else []
    return found
