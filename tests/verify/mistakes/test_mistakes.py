"""The table of mistakes: every entry can be referred to, and says where it is known from."""

from __future__ import annotations

import re

import pytest

from verify.errors import HarnessError
from verify.mistakes.mistake import Mistake
from verify.mistakes.table import FIRST, MISTAKES, merged, mistake, modules
from verify.oracle.operations import OPERATIONS

ENTRIES = [(operation, m) for operation, entries in MISTAKES.items() for m in entries]
KNOWN_FROM = re.compile(
    r"field notes [A-F]\d+(, [A-F]\d+)*(, forward)?|errat(um|a) S\d+(, S\d+)*"
    r"|Table I|eq\. \d+|section [\w-]+ of the (facts|paper)|consequence|experience"
    r"|[a-z ]+ slip|off by one|argument order|channel order|H and W swapped"
    r"|ported (code|hardware)|another framework's layout|inverse taken for the adjoint"
)


def test_entries_are_named_once_in_their_operation() -> None:
    assert len(ENTRIES) >= 590
    for operation, entries in MISTAKES.items():
        assert operation in OPERATIONS
        assert len({m.name for m in entries}) == len(entries)


def test_an_entry_says_what_and_where_from() -> None:
    for operation, m in ENTRIES:
        assert m.sentence.strip() and not m.sentence.endswith("."), (operation, m.name)
        for source in m.source.split("; "):
            assert KNOWN_FROM.fullmatch(source), (operation, m.name, source)


def test_of_several_of_one_kind_each_has_its_own_name() -> None:
    assert mistake("activation.y", "rounded-A:1.716").kind == "rounded-A"
    assert mistake("activation.y", "not-applied").kind == "not-applied"


def test_what_is_not_there_is_an_error() -> None:
    with pytest.raises(HarnessError, match="no such mistake"):
        mistake("activation.y", "rounded-A")


def test_two_of_one_name_are_an_error() -> None:
    one = {"total": (Mistake("twice", "is doubled", "experience", lambda e: 2 * e.oracle),)}
    assert merged(iter([one])) == one
    with pytest.raises(HarnessError, match="twice"):
        merged(iter([one, one]))


def test_modules_are_found_and_stand_in_order() -> None:
    found = modules()
    assert found[: len(FIRST)] == list(FIRST)
    assert {"activations", "rbf", "mle", "map"} <= set(found)
    assert len(found) == len(set(found))
