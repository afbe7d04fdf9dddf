"""What an answerer is handed, and when it is asked no more."""

from __future__ import annotations

from itertools import count

import pytest

from verify.cases.plan import Job
from verify.errors import InputError
from verify.exchange.layout import PLAIN, Layout
from verify.judge.trace import Trace
from verify.pipeline.proposal.handing import DEATHS, USUAL, best
from verify.pipeline.proposal.right import Right
from verify.subjects.limits import ENDED

RIGHT = Right(Job("modern", "signed", "float64", 3).case())


def asked(words: list[str]) -> int:
    """How often, by whoever says these words in turn in place of an answer."""
    turn = count()

    def ask(layout: Layout) -> tuple[Trace, str]:
        return {}, words[next(turn) % len(words)]

    with pytest.raises(InputError, match=words[0]):
        best(ask, RIGHT, PLAIN, "net.py:f", USUAL)
    return next(turn)


def test_who_ends_its_own_process_is_asked_no_more() -> None:
    """Each start takes a tenth of a second: 252 of them made half a minute of one ``os._exit``."""
    assert asked([f"{ENDED}ended with exit status 7"]) == DEATHS


def test_an_exception_may_be_of_the_layout() -> None:
    assert asked(["IndexError: out of range"]) >= len(USUAL) - 1  # two of them are one here


def test_an_exception_of_its_own_is_told_and_not_that_of_a_layout() -> None:
    """Where it fails in our layouts, too, its author looks for the failure in hers."""
    told = ["raised ValueError: shapes do not match at net.py:3 in conv",
            "raised AttributeError: no attribute 'probs' at net.py:89 in backward"]  # fmt: skip
    turn = count()

    def ask(layout: Layout) -> tuple[Trace, str]:
        return {}, told[next(turn) % 2]

    with pytest.raises(InputError) as caught:
        best(ask, RIGHT, PLAIN, "net.py:f", USUAL)
    assert caught.value.what == told[1] and caught.value.fix == ""
