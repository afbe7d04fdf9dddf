"""docs/derivation.md read as a newcomer reads: every letter is introduced before it is used."""

from __future__ import annotations

import re

import pytest

from tests.docs.derivation import PAGE, fences, inline_math

TEXT = PAGE.read_text()
START = TEXT.index("### 1.2 Symbols")
TABLE = TEXT[START : TEXT.index("### 1.3")]
# Letters of a few sections only, each with the words that introduce it.
LOCAL = {
    "d": "(upright d) is the differential",
    "e": "Functions of a matrix such as $e^{x}$",
    "f": "before the activation function $f$",
    "D": "The derivative follows",
    "X": "for every small change $\\mathrm d X$",
    "L": "for a linear map } L",
    "G": "with a single 1 in each row of $G$",
    "h": "an input of height $h$",
    "w": "width $w$",
    "o": "output positions along each axis",
    "r": "Write $r = (n, c, i, j)$ for a row",
    "m": "Let $m_{r}$ be the column",
    "q": "the column $q$ of the first maximum",
    "Q": "Let $x$ be the scores and $Q = e^{x}$",
    "l": "of the layers $l$ = C1",
    "K": "targets over $K$ classes",
}


def letters(formula: str) -> set[str]:
    """Single letters of a formula: no words, no commands."""
    bare = re.sub(r"\\(?:mathrm|text|begin|end)\{[^{}]*\}", " ", formula)
    return set(re.findall(r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+", " ", bare)))


def tabled() -> set[str]:
    """Letters that the table of symbols defines."""
    cells = [line.split("|")[1:3] for line in TABLE.splitlines() if line.startswith("| ")]
    named = [formula for first, second in cells for formula in inline_math(first)]
    axes = [f for first, second in cells if "`N`" in first for f in inline_math(second)]
    return set().union(*map(letters, named + axes))


def used(text: str) -> dict[str, int]:
    """Every letter in a formula, with the place where it first stands."""
    first: dict[str, int] = {}
    inline = [(formula, f"${formula}$") for formula in inline_math(text)]
    for formula, written in [*inline, *((body, body) for body in fences(text, "math"))]:
        for letter in letters(formula):
            place = text.index(written)
            first[letter] = min(place, first.get(letter, place))
    return first


def undefined(text: str) -> set[str]:
    """Letters used after the notation that nothing introduces, or only later."""
    known = tabled()
    body = text[text.index("### 1.3") :]
    return {
        letter
        for letter, place in used(body).items()
        if letter not in known and not introduced(text, letter, text.index("### 1.3") + place)
    }


def introduced(text: str, letter: str, place: int) -> bool:
    """The introducing words stand before the formula, or in the paragraph around it."""
    words = LOCAL.get(letter)
    near = text.find("\n\n", text.find("\n\n", place) + 2)
    return words is not None and 0 <= text.find(words) < max(near, place + 1)


def test_every_letter_is_introduced_before_it_is_used() -> None:
    assert undefined(TEXT) == set()


def test_the_list_of_local_letters_is_needed() -> None:
    everywhere = used(TEXT)
    assert [letter for letter in LOCAL if letter not in everywhere or letter in tabled()] == []


@pytest.mark.parametrize("formula", ["$g = 1$", "$\\overline{\\mathbf B}$"])
def test_a_new_letter_is_noticed(formula: str) -> None:
    assert undefined(TEXT + f"\n{formula}\n") == letters(formula)


def test_a_letter_used_too_early_is_noticed() -> None:
    early = TEXT.replace("### 3.2", "$Q$\n\n### 3.2")
    assert undefined(early) == {"Q"}
