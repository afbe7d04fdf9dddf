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
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from verify.errors import InputError

__all__ = ["WIDEST_NUMBER", "Printed", "parsed"]
WIDEST_NUMBER = 64
"""Bytes of a number with what separates it from the next."""
_COMMENT = re.compile(r"(#|//|%).*")
_NUMBER = re.compile(r"[+-]?(\d*)(?:\.(\d*))?(?:[eEdD]([+-]?\d{1,4}))?", re.ASCII)
_LINES = re.compile(f"^{_NUMBER.pattern}$", re.ASCII | re.MULTILINE)
"""The same of one number in each line."""
_POWERS = str.maketrans("dD", "ee")
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
    words, counts = _split(text, where, most)
    digits = _Digits(words, where)
    blur = digits.blur()
    table = len(counts) > 1 and counts[0] > 1 and len({*counts}) == 1
    shape = (len(counts), counts[0]) if table else (len(words),)
    most = digits.most if blur.any() else 0
    return Printed(digits.values.reshape(shape), blur.reshape(shape), most)


def _split(text: str, where: str, most: int) -> tuple[list[str], list[int]]:
    """All words, and how many are in each line that has one."""
    words: list[str] = []
    counts: list[int] = []
    if any(mark in text for mark in "#/%"):
        text = "\n".join(_COMMENT.sub("", line) for line in text.splitlines())
    if "," not in text and ";" not in text:  # then all that separates is what is blank
        words, counts = text.split(), [*filter(None, map(len, map(str.split, text.splitlines())))]
    else:
        for number, line in enumerate(text.splitlines(), 1):
            if found := _words(line, f"{where}: line {number}"):
                words += found
                counts.append(len(found))
            if len(words) > most:
                break
    if len(words) > most:
        raise InputError("larger than its tensor can be", where=where, expected=f"{most} numbers")
    return words, counts


def _words(line: str, where: str) -> list[str]:
    """The numbers of a line; one separator at its end separates nothing."""
    line = line.strip()
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

    most: S; last: D; length, decimals: of each number, 0 digits where it is 0; pointed: some
    number has decimals and no exponent, so that 0.00 may be anything that small.
    """

    def __init__(self, words: list[str], where: str) -> None:
        self.values, self.pointed = np.empty(len(words)), False
        self.length = np.zeros(len(words), dtype=int)
        self.decimals = np.full(len(words), -_NONE)
        self._significant = [""] * len(words)
        if not self._all(words):
            for i, word in enumerate(words):
                self.values[i] = self._see(i, word, where)
        self.most = int(self.length.max(initial=0))
        self.last = int(self.decimals.max(initial=-_NONE))

    def _all(self, words: list[str]) -> bool:
        """All at once, as :meth:`_see` one by one; False where one is no number."""
        text = "\n".join(words)
        parts = _LINES.findall(text)
        digits = [before + after for before, after, _ in parts]
        if len(parts) != len(words) or not all(digits):
            return False
        if "d" in text or "D" in text:
            words = text.translate(_POWERS).split()
        self.values[:] = [*map(float, words)]
        self._significant = [each.lstrip("0") for each in digits]
        self.length[:] = [*map(len, self._significant)]
        self.decimals[:] = [len(after) for _, after, _ in parts]
        powers = [power for _, _, power in parts]
        if any(powers):
            self.decimals -= [int(power or 0) for power in powers]
        self.pointed = any(after and not power for _, after, power in parts)
        return True

    def _see(self, i: int, word: str, where: str) -> float:
        """The i-th number."""
        match = _NUMBER.fullmatch(word)
        if match is None or not (match[1] or match[2]):
            if len(word) <= _LONGEST and word.lstrip("+-").lower() in _WORDS:
                return float(word)
            raise InputError("not a number", where=where, got=f"{word[:40]!r}",
                             expected="decimal or scientific, as -1.25e-3")  # fmt: skip
        before, after, power = match[1], match[2] or "", match[3]
        self.decimals[i] = len(after) - int(power or 0)
        self.pointed = self.pointed or (after != "" and power is None)
        self._significant[i] = (before + after).lstrip("0")
        self.length[i] = len(self._significant[i])
        return float(word.replace("d", "e").replace("D", "e"))

    def _numbers(self) -> Iterator[tuple[str, int]]:
        """Significant digits and decimals of each number that is not 0, once."""
        found = set[tuple[str, int]]()
        for each in zip(self._significant, self.decimals.tolist(), strict=True):
            if each[0] and each not in found:
                found.add(each)
                yield each

    @property
    def exact(self) -> bool:
        """All numbers have few binary digits.  One that was rounded to d decimals has them once in
        5^d times, one of S digits is a whole number of k once in 10^(S - k).  Each number counts
        once and for little: a saturated unit prints 1.000000 again and again."""
        if not self.most:
            return not self.pointed
        unlikely = 0.0
        for significant, decimals in self._numbers():
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
        early = (self.length == self.most) & (self.decimals < self.last)
        if np.minimum(self.last - self.decimals[early], _EACH).sum() < _CHANCE:
            return False
        full = (decimals for digits, decimals in self._numbers() if len(digits) == self.most)
        unlikely = accumulate(min(self.last - decimals, _EACH) for decimals in full)
        return any(so_far >= _CHANCE for so_far in unlikely)

    def blur(self) -> NDArray[np.float64]:
        """Of each number."""
        with np.errstate(all="ignore"):
            found = np.power(10.0, self.length - self.decimals - float(self.most))
            found[self.length == 0] = 0
            if not self.floating:
                found = np.maximum(found, np.power(10.0, -float(self.last)))
        if self.exact:  # but for those that may have ended where digits do
            found[(self.length < max(self.most, 1)) | (self.decimals == self.last)] = 0
        return np.where(np.isfinite(self.values), found / 2, 0.0)
