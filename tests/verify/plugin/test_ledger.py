"""The ledger of expected failures is strict."""

from __future__ import annotations

from pathlib import Path

import pytest

from lenet_ref.errors import LeNetError
from tests.verify.plugin import folder, ran
from verify.plugin.ledger import Entry, read, unmatched

pytest_plugins = ["pytester"]
INI = "lenet_subject = net.py:wrong\nlenet_expected = known.txt\n"


def test_what_is_listed_and_fails_is_expected(pytester: pytest.Pytester) -> None:
    folder(pytester, INI, known__txt="# ours\nF1.dW-*-N3  averaged twice, ticket 12\n")
    result = ran(pytester, "-q", "-rx")
    assert (result.ret, result.parseoutcomes()["xfailed"]) == (0, 2)
    result.stdout.fnmatch_lines(["XFAIL net.py::lenet*F1.dW-signed*averaged twice, ticket 12*"])


def test_what_passes_or_lists_nothing_fails(pytester: pytest.Pytester) -> None:
    lines = "F1.dW-*-N3 averaged twice\nF2.dW-signed-*-N1 said to be wrong\nF9.dW-* a slip\n"
    folder(pytester, INI, known__txt=lines)
    result = ran(pytester, "-q")
    counts = result.parseoutcomes()
    assert (result.ret, counts["failed"], counts["xfailed"]) == (1, 2, 2)
    result.stdout.fnmatch_lines([
        "*XPASS(strict)*said to be wrong*",
        "known.txt:3: F9.dW-* matches no test",
    ])  # fmt: skip
    chosen = ran(pytester, "-q", "-k", "F1.dW")
    assert chosen.parseoutcomes()["xfailed"] == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("F1.dW-*", "known.txt:1"),
        ("# a\n\nF1.dW-* because\nF2.*", "known.txt:4"),
        ("F1.* because\nF1.* again", "known.txt:2"),
        (b"\xff\xfe", "known.txt"),
    ],
)
def test_a_ledger_that_is_none_is_refused(text: str | bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "known.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LeNetError, match=said):
        read(path, "known.txt")


def test_without_a_reason_pytest_stops(pytester: pytest.Pytester) -> None:
    folder(pytester, INI, known__txt="F1.dW-*-N3\n")
    result = ran(pytester)
    assert result.ret == 4
    assert [line for line in result.errlines if line] == [
        "ERROR: known.txt:1: expected to fail, without a reason; got F1.dW-*-N3;"
        " write the reason behind the pattern"
    ]


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("C3.dW-*", "lenet[C3.dW-digits-float64-N7]", True),
        ("C3.dW-*", "C3.dW-digits-float64-N7", True),
        ("C3.dW-*-N?", "C3.dW-digits-float64-N18", False),
        ("C3.dW", "C3.dW-digits-float64-N7", False),
        ("C3xdW-*", "C3.dW-digits-float64-N7", False),
        ("C3.dW-[a-z]*", "C3.dW-digits-float64-N7", False),
    ],
)
def test_patterns(pattern: str, name: str, matches: bool) -> None:
    entry = Entry(pattern, "why", "known.txt:1")
    assert entry.matches(name) is matches
    assert unmatched([entry], [name]) == ([] if matches else [entry])


def test_a_mark_of_the_order_of_bytes_is_no_part_of_a_pattern(pytester: pytest.Pytester) -> None:
    folder(pytester, "lenet_expected = known.txt\n")
    pytester.path.joinpath("known.txt").write_text("F1.dW-*-N3 averaged twice\n", "utf-8-sig")
    assert ran(pytester, "--lenet-subject", "net.py:wrong").ret == 0
