"""Numbers printed as text: their values, and how much of each the printing has left.

A file is printed in one way, so its numbers tell what the last printed digit of each is worth.
With S the most significant digits and D the most decimals of any of them, a number was known to

    half a unit of its S-th significant digit, and half a unit of the D-th decimal,

whichever is more.  Printed with %.6f every number has six decimals, and S is that of the largest.
Printed with %.6e or %.6g numbers have as many significant digits, if zeros at the end are counted;
where many that do end before the D-th decimal, decimals say nothing, and a zero is zero.

Numbers of few binary digits, as 0.25 or the 255 of a pixel, are exact however few decimal ones they
have, where there are so many of them that rounding did not make them so.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from verify.errors import InputError

__all__ = ["WIDEST_NUMBER", "Printed", "parsed"]
WIDEST_NUMBER = 64
"""Bytes of a number with what separates it from the next."""
_COMMENT = re.compile(r"(#|//|%).*")
_NUMBER = re.compile(r"[+-]?(\d*)(?:\.(\d*))?(?:[eEdD]([+-]?\d{1,4}))?", re.ASCII)
_WORDS = ("nan", "inf", "infinity")
_NONE = 10**6
_LONGEST = 60
"""Digits of a number that may have few binary ones; letters of a word for what is none."""
_CHANCE = 9
"""Numbers that happen to look exact once in 10^9 files are taken to be so."""
_EACH = 3
"""Most that one number says of that, as a power of ten."""


class Printed(NamedTuple):
    """values: in float64, as a table (rows, columns) where every line has as many, else flat;
    blur: how far each is from what was printed at most; digits: S, 0 where nothing is rounded."""

    values: NDArray[np.float64]
    blur: NDArray[np.float64]
    digits: int


def parsed(data: bytes, where: str, most: int) -> Printed:
    """All numbers of a text, separated by blanks, tabs, commas, semicolons or ends of lines;
    comments begin with #, // or %.

    Args:
        most: numbers there may be.
    Raises:
        InputError: no text, something that is no number, or too many.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("no text", where=where) from None
    words: list[str] = []
    counts: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        found = _words(line, f"{where}: line {number}")
        if found:
            words += found
            counts.append(len(found))
        if len(words) > most:
            raise InputError("larger than its tensor can be", where=where,
                             expected=f"{most} numbers")  # fmt: skip
    values, blur, digits = _numbers(words, where)
    table = len(counts) > 1 and counts[0] > 1 and len({*counts}) == 1
    shape = (len(counts), counts[0]) if table else (len(words),)
    return Printed(values.reshape(shape), blur.reshape(shape), digits)


def _words(line: str, where: str) -> list[str]:
    """The numbers of a line; one separator at its end separates nothing."""
    line = _COMMENT.sub("", line).strip()
    if "," in line and ";" in line:
        raise InputError("commas and semicolons in one line: which is the decimal point?",
                         where=where, expected="1.5 for one and a half")  # fmt: skip
    for mark in ",;":
        if mark in line:
            cells = [cell.split() for cell in line.removesuffix(mark).split(mark)]
            if any(len(cell) != 1 for cell in cells):
                raise InputError("an empty cell, or two numbers in one", where=where)
            return [cell[0] for cell in cells]
    return line.split()


class _Digits:
    """What the digits of all numbers of a file say together.

    most: S; last: D; leading: the power of ten of each number's first digit that is not 0; pointed:
    some number has decimals and no exponent, so that 0.00 may be anything that small.
    """

    def __init__(self, count: int) -> None:
        self.most, self.last, self.pointed = 0, -_NONE, False
        self.leading = np.full(count, -_NONE)
        self._numbers: list[tuple[str, int]] = []

    def see(self, i: int, before: str, after: str, power: str | None) -> None:
        """The parts of the i-th number."""
        decimals = len(after) - int(power or 0)
        self.last = max(self.last, decimals)
        self.pointed = self.pointed or (after != "" and power is None)
        significant = (before + after).lstrip("0")
        if significant:
            self.most = max(self.most, len(significant))
            self.leading[i] = len(significant) - 1 - decimals
            self._numbers.append((significant, decimals))

    @property
    def exact(self) -> bool:
        """No number was rounded: all have few binary digits.  One that was rounded to d decimals
        has them once in 5^d times, one of S digits is a whole number of k once in 10^(S - k).  Each
        number counts once and for little: a saturated unit prints 1.000000 again and again."""
        if not self._numbers:
            return not self.pointed
        unlikely = 0.0
        for significant, decimals in {*self._numbers}:
            if decimals > _LONGEST or len(significant) > _LONGEST:
                return False
            if decimals > 0 and int(significant) % 5**decimals:
                return False
            digits = 0.69 * decimals if decimals > 0 else self.most - len(significant)
            unlikely += min(digits, _EACH)
        return unlikely >= _CHANCE

    @property
    def floating(self) -> bool:
        """Every number has the same significant digits, but for zeros at the end; so many of them
        end before the last decimal that they do not do so by chance."""
        full = (decimals for digits, decimals in {*self._numbers} if len(digits) == self.most)
        return sum(min(self.last - decimals, _EACH) for decimals in full) >= _CHANCE

    def blur(self) -> NDArray[np.float64]:
        """Of each number."""
        if self.exact:
            return np.zeros(len(self.leading))
        with np.errstate(all="ignore"):
            found = np.power(10.0, self.leading - self.most + 1.0)  # 0 of a number that is 0
            if not self.floating:
                found = np.maximum(found, np.power(10.0, -float(self.last)))
        return np.asarray(found / 2)


def _numbers(words: list[str], where: str) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Values, blur and S."""
    values, digits = np.empty(len(words)), _Digits(len(words))
    for i, word in enumerate(words):
        match = _NUMBER.fullmatch(word)
        if match is not None and (match[1] or match[2]):
            values[i] = float(word.replace("d", "e").replace("D", "e"))
            digits.see(i, match[1], match[2] or "", match[3])
        elif len(word) <= _LONGEST and word.lstrip("+-").lower() in _WORDS:
            values[i] = float(word)
        else:
            raise InputError("not a number", where=where, got=f"{word[:40]!r}",
                             expected="decimal or scientific, as -1.25e-3")  # fmt: skip
    blur = np.where(np.isfinite(values), digits.blur(), 0.0)
    return values, blur, digits.most if blur.any() else 0
