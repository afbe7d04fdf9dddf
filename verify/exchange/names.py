"""Their names and ours: literal ones, and patterns in which a * is any text on both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from verify.errors import InputError

__all__ = ["LONGEST", "MOST", "STAR", "STARS", "Names", "common", "matches"]
STAR = "*"
STARS = 2
"""In one pattern: every further one would be another power of a name's length in time."""
LONGEST = 80
"""Characters of a pattern."""
MOST = 32
"""Patterns of a mapping: each is held against each."""


@dataclass(frozen=True, eq=False)
class Names:
    """theirs to ours, as a mapping has them."""

    given: Mapping[str, str]

    @cached_property
    def patterns(self) -> dict[str, str]:
        """Those with a *."""
        return {theirs: ours for theirs, ours in self.given.items() if STAR in theirs + ours}

    def check(self) -> None:
        """Every pattern can be turned round, and no two speak of one name.

        Raises:
            InputError: one of them that cannot, or two that do.
        """
        if len(self.patterns) > MOST:
            raise InputError("too many patterns", where="[names]", got=len(self.patterns),
                             expected=f"at most {MOST}", fix="write names out")  # fmt: skip
        for theirs, ours in self.patterns.items():
            _fits(theirs, ours)
        for (one, first), (other, second) in combinations(self.patterns.items(), 2):
            name = common(one, other)
            if name is not None and _put(one, first, name) != _put(other, second, name):
                raise InputError("two patterns for one name", got=f"{name!r}",
                                 where=f"[names] {one!r} and {other!r}",
                                 fix="write such names out")  # fmt: skip

    def ours(self, theirs: str) -> str:
        """Of a name of theirs: as it is where nothing is said of it."""
        if theirs in self.given and theirs not in self.patterns:
            return self.given[theirs]
        for pattern, ours in self.patterns.items():
            found = _put(pattern, ours, theirs)
            if found is not None:
                return found
        return theirs

    def theirs(self, ours: str) -> str:
        """Of a tensor of ours: as it is where they have no name for it.

        Raises:
            InputError: they have two.
        """
        literal = [name for name, mine in self.given.items()
                   if mine == ours and name not in self.patterns]  # fmt: skip
        turned = (_put(mine, name, ours) for name, mine in self.patterns.items() if mine)
        found = [name for name in turned if name is not None and self.ours(name) == ours]
        every = list(dict.fromkeys([*literal, *found]))
        if len(every) > 1:
            raise InputError("two names for one tensor", where=f"[names] {ours}"[:200],
                             got=" and ".join(repr(name[:80]) for name in every[:3]),
                             expected="one, under which it is to be given",
                             fix='leave one, or say inputs = "ours" in [layout]')  # fmt: skip
        return every[0] if every else ours


def matches(pattern: str, name: str) -> bool:
    """A name is one of those that a pattern stands for."""
    return _pattern(pattern).fullmatch(name) is not None


def _fits(theirs: str, ours: str) -> None:
    counts = theirs.count(STAR), ours.count(STAR)
    if ours and counts[0] != counts[1]:
        raise InputError("not as many * on both sides", where=f"[names] {theirs!r}"[:200],
                         got=ours[:80], expected=f"{counts[0]} of them, or \"\"")  # fmt: skip
    if max(counts) > STARS or max(len(theirs), len(ours)) > LONGEST:
        raise InputError("a pattern that is too long", where=f"[names] {theirs!r}"[:200],
                         expected=f"at most {STARS} *, {LONGEST} characters")  # fmt: skip


@lru_cache(2**10)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, text.split(STAR))), re.DOTALL)


def _put(pattern: str, other: str, name: str) -> str | None:
    """What stands for the * of one side put into the other; None where the name is no such one."""
    found = _pattern(pattern).fullmatch(name)
    if found is None:
        return None
    texts = iter(found.groups())
    return re.sub(re.escape(STAR), lambda _: next(texts), other)


@lru_cache(2**12)
def common(one: str, other: str) -> str | None:
    """A name that both patterns match; None where there is none.  What is left open is a 0, so that
    it shows in what is made of it."""
    if not one or not other:
        rest = one or other
        return "" if set(rest) <= {STAR} else None
    if one[0] == other[0] == STAR:
        found = common(one[1:], other)
        found = common(one, other[1:]) if found is None else found
        return None if found is None else f"0{found}"
    if STAR not in (one[0], other[0]):
        found = common(one[1:], other[1:]) if one[0] == other[0] else None
        return None if found is None else one[0] + found
    open_, closed = (one, other) if one[0] == STAR else (other, one)
    found = common(open_[1:], closed)
    if found is not None:
        return found
    found = common(open_, closed[1:])
    return None if found is None else closed[0] + found
