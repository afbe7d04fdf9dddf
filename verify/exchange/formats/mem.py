"""``.mem``: the words of one array as Verilog's $writememh or $writememb writes them.

Words of 8 or 16 hexadecimal digits (32 or 64 binary ones) are the bits of IEEE float32 or float64,
first digit first; places and labels are integers of any width.  ``@address`` lines must go on where
the words before them end.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from verify.errors import InputError
from verify.exchange.places import ArrayFile, Found, Named
from verify.exchange.schema import holds_integers

WIDEST_WORD = 96
"""Bytes of a word: 64 digits, what separates it from the next, and now and then an address."""
FLOATS = {32: "float32", 64: "float64"}
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")


def arrays(file: ArrayFile) -> Found:
    """The array, if its name is known.

    Raises:
        InputError: something is no word, words of another width than its dtype, a gap between
            addresses, or more words than its tensor can have.
    """
    shape = file.room(file.name)
    if shape is None:
        return
    try:
        text = file.array(shape, WIDEST_WORD).decode("ascii")
    except UnicodeDecodeError:
        raise InputError("no text", where=file.where) from None
    words = _words(text, file.where)
    file.must_fit(file.name, len(words), shape)
    yield Named(file.name, _numbers(words, file.dtype_of(file.name), file))


def _words(text: str, where: str) -> list[str]:
    """The words, in order."""
    words: list[str] = []
    begin: int | None = None
    for word in _COMMENT.sub(" ", text).replace("_", "").split():
        if not word.startswith("@"):
            words.append(word)
            continue
        if not _HEXADECIMAL.fullmatch(word[1:17]) or len(word) > 17:
            raise InputError("not an address", where=where, got=f"{word[:40]!r}")
        address = int(word[1:], 16)
        if begin is None:
            begin = 0 if words else address
        if address != begin + len(words):
            raise InputError("addresses with a gap between them", where=where, got=word,
                             expected=f"@{begin + len(words):x}")  # fmt: skip
    return words


def _numbers(words: list[str], dtype: str | None, file: ArrayFile) -> NDArray[np.generic]:
    """Bits as numbers."""
    where, widths = file.where, {len(word) for word in words}
    digits = widths.pop() if len(widths) == 1 else 0
    if odd := next((w for w in words if len(w) > 64 or not _HEXADECIMAL.fullmatch(w)), ""):
        raise InputError("not a hexadecimal or binary word", where=where, got=f"{odd[:40]!r}")
    text = "".join(words)
    binary = not text.strip("01") and (digits > 16 or "1" in text)
    numbers = [int(word, 2 if binary else 16) for word in words]
    if dtype == "int64" or (dtype is None and holds_integers(file.name)):
        if max(numbers, default=0) >= 2**63:
            raise InputError("a negative place", where=where)
        return np.array(numbers, dtype=np.int64)
    found = FLOATS.get(digits if binary else 4 * digits)
    if found is None or dtype not in (None, found):
        kind = "binary" if binary else "hexadecimal"
        got = f"words of {digits} {kind} digits" if digits else "no words, or of different widths,"
        raise InputError(f"{got} are no {dtype or 'floats'}; fixed point is not supported yet",
                         where=where, expected=_wanted(dtype))  # fmt: skip
    return np.array(numbers, dtype=f"u{np.dtype(found).itemsize}").view(found)


def _wanted(dtype: str | None) -> str:
    if dtype is None:
        return "8 or 16 hexadecimal digits, the bits of float32 or float64"
    bits = np.dtype(dtype).itemsize * 8
    return f"{bits // 4} hexadecimal digits or {bits} binary ones, the bits of {dtype}"
