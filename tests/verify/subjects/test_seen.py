"""What the other side says of a subject is read with limits, and put into words."""

from __future__ import annotations

import numpy as np

from verify.cases.plan import Job
from verify.subjects.channel import parsed
from verify.subjects.echoes import echoed
from verify.subjects.seen import LONGEST, MOST, Seen, checks, read


def test_only_facts_are_read() -> None:
    assert read([["peek", "/key", "net.py:3"]]) == [Seen("peek", "/key", "net.py:3")]
    assert read("peek") == read([["peek"], "peek", {}, ["praise", "x", ""]]) == []
    assert read([["stays", "x", ""], ["copy", "y", ""]]) == []  # the harness's own to say
    (long,) = read([["peek", "\x1b[2J\n" + "x" * 999, ""]])
    assert len(long.what) == LONGEST and long.what.isprintable()
    assert len(read([["peek", str(i), ""] for i in range(2 * MOST)])) == MOST


def told(*seen: Seen, allowed: tuple[str, ...] = ()) -> list[tuple[bool, str]]:
    return [(check.passed, check.detail) for check in checks(seen, allowed, "modern")]


def test_a_rule_makes_a_note_a_finding() -> None:
    torch, scipy = Seen("import", "torch", "net.py:1"), Seen("import", "scipy", "net.py:2")
    assert told(torch, scipy) == [(True, "it uses torch (net.py:1)")]
    (found,) = told(torch, scipy, allowed=("torch",))
    assert found == (False, "it uses scipy (net.py:2); allowed: torch")
    assert told(torch, scipy, Seen("import", "numpy"), allowed=("torch", "scipy")) == []
    gcc = Seen("program", "/usr/bin/gcc -O2 net.c", "net.py:3")
    assert [passed for passed, _ in told(gcc)] == [True] and told(gcc, allowed=("gcc",)) == []
    assert [passed for passed, _ in told(gcc, allowed=("numpy",))] == [False]
    assert [passed for passed, _ in told(Seen("network", "host port 1"), allowed=("a",))] == [False]


def test_a_replaced_function_is_whose_doing_it_is() -> None:
    own, package = Seen("patched", "numpy.dot"), Seen("patched-by", "numpy.fft.fft", "mkl_fft")
    assert told(own, own, package) == [
        (False, "it replaces numpy.dot"),
        (True, "an installed package replaces numpy.fft.fft (mkl_fft)"),
    ]


def test_a_reply_is_a_mapping_or_none() -> None:
    assert parsed(b'{"a": 1}\n') == {"a": 1}
    assert parsed(b"[1]") == parsed(b"{") == parsed(b"[" * 200_000) == {}


def test_an_echo_is_told_from_what_must_be_the_same() -> None:
    one = Job("modern", "digits", "float64", batch=2).case()
    two = Job("modern", "digits", "float64", batch=2, seed=1).case()
    drawn, other = np.random.default_rng(0).normal(size=(2, 3, 20))
    weights = {"C1.W": one.parameters["C1.W"]}
    assert "digits N=2" in echoed([(one, {"C1.dW": drawn})], two, {"C1.dW": drawn.copy()})
    assert echoed([(one, {"C1.dW": drawn})], two, {"C1.dW": other}) == ""
    assert echoed([(one, weights)], one, weights) == ""
    assert echoed([(one, {"C1.dW": drawn * 0})], two, {"C1.dW": drawn * 0}) == ""
    changed = {"C1.dW": drawn, "C1.db": other}
    assert echoed([(one, {**changed, "C1.db": drawn})], two, changed) == ""
