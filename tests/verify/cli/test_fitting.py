"""Lines that fit; colour; the line of progress: each without a terminal."""

from __future__ import annotations

import io
import re
import shlex
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.cases import pace
from verify.cli import colour
from verify.cli.fitting import NARROW, fitted
from verify.cli.progress import Line, Step, lasting

WORDS = st.lists(st.text("ab'\" \\$-é", min_size=1, max_size=20), min_size=1, max_size=12)


@given(WORDS, st.integers(NARROW, 100))
def test_a_broken_command_is_the_same_command(words: list[str], columns: int) -> None:
    line = f"  rerun: lenet-verify {shlex.join(words)}"
    parts = fitted(line, columns)
    pasted = "\n".join(parts).removeprefix("  rerun: ")
    assert shlex.split(pasted.replace("\\\n", "")) == ["lenet-verify", *words]


@given(st.text("ab ,;(", max_size=300), st.integers(NARROW, 100))
def test_a_broken_sentence_loses_no_word(line: str, columns: int) -> None:
    assert " ".join(fitted(line, columns)).split() == line.split()


def test_lines_fit_as_far_as_words_do() -> None:
    line = "  cause: " + "word " * 40
    found = fitted(line, 80)
    assert len(found) == 3 and all(len(part) <= 80 for part in found)
    assert all(part.startswith("      word") for part in found[1:])
    assert fitted(line, NARROW - 1) == [line] and fitted("short", 80) == ["short"]
    long = "  rerun: lenet-verify check " + "x" * 100
    assert fitted(long, 80)[-1].strip() == "x" * 100


def test_an_option_stays_with_its_value() -> None:
    line = "  rerun: lenet-verify check a_rather_long_name.py:function --network some_network.toml"
    assert fitted(line, 80)[1] == "      --network some_network.toml"


@pytest.mark.parametrize("line", ["PASSED  3", "FAIL", "x PASS  3", ">no", "no guilty layer"])
def test_what_only_looks_like_a_verdict_is_not_coloured(line: str) -> None:
    assert colour.painted(line) == line


def test_a_closed_stream_is_no_terminal() -> None:
    stream = io.StringIO()
    assert not colour.is_terminal(stream)
    stream.close()
    assert not colour.is_terminal(stream) and not colour.is_terminal(None)


def test_progress_says_what_is_left() -> None:
    step = Step(0.0)
    assert step.told("check", 3.2) == "check, 3 s"
    step.done, step.total = 2, 10
    assert step.told("case", 1.0) == "case 3 of 10, 1 s"
    assert step.told("case", 4.0) == "case 3 of 10, 16 s left"
    assert [lasting(s) for s in (0.2, 99, 130, 7200, 40_000)] == [
        "0 s", "99 s", "2 min", "2 h", "11 h"]  # fmt: skip


class Terminal(io.StringIO):
    """Standard error of a person."""

    def isatty(self) -> bool:
        return True


def test_the_outermost_of_what_goes_on_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    line, put = Line(), []
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(line, "_put", put.append)
    line.begin("loading")
    with pace.listening(line.told):
        for outer in pace.paced([1, 2, 3], "submission"):
            for _ in pace.paced([1, 2], "case"):
                assert re.match(rf"submission {outer} of 3, ", line._text())
        assert line._text().startswith("loading, ")
        assert [*pace.counted(iter("ab"), 2, "mistake")] == ["a", "b"]
    line.end()
    assert all(text.startswith("\r\033[K") for text in put)


def test_nobody_listens_by_default() -> None:
    told: list[tuple[str, int, int]] = []
    with pace.listening(lambda *step: told.append(step)):
        assert [*pace.paced("ab", "case")] == ["a", "b"]
    assert [*pace.paced("ab", "case")] == ["a", "b"]
    assert told == [("case", 0, 2), ("case", 1, 2), ("case", 2, 2)]
