"""Markdown for GitHub: what a person needs, and nothing that a hostile name could make of it."""

from __future__ import annotations

import re

import pytest

from tests.verify.report.outcomes import AGAIN, HOSTILE, failing, hostile, right
from verify.report.account import Failure
from verify.report.markdown import LARGEST, LISTED, bounded, code, markdown, page, plain


def test_a_pass() -> None:
    text = markdown(right(), AGAIN)
    assert text.startswith("## \u2705 lenet-verify: pass\n")
    assert "guilty" not in text and "Run it again" not in text
    assert "| `C3` |" in text


def test_a_failure_has_all_that_a_person_needs() -> None:
    text = markdown(failing(), AGAIN)
    assert text.startswith("## \u274c lenet-verify: fail\n")
    assert "guilty layer `C3`, `C5`, `F6`" in text
    assert re.search(r"- `C3.db` \(M-C3-db\), fail: at .*got .*, expected .*, off by", text)
    assert "cause: C3.db equals the reference x 1/100" in text
    assert f"```\n{AGAIN}\n```" in text
    assert "- `state` modern net.py:f: changed: images" in text
    assert "| **`C3`** |" in text and "| `C1` |" in text


def test_every_row_of_a_table_has_as_many_cells() -> None:
    for text in (markdown(failing(), AGAIN), markdown(hostile(), HOSTILE)):
        table = [line for line in text.splitlines() if line.startswith("|")]
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table}
        assert len(table) > 5 and cells == {8}


def prose(text: str) -> str:
    """The page without its code, in which nothing is read."""
    unfenced = re.sub(r"^(`{3,})\n.*?\n\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)", "", unfenced)


LIVE = (r"@\w", r"(?<!\\)<", r"(?<!\\)\[", r"://\w", r"(?<!&)#\d", "\x1b", "\r")


def test_a_hostile_text_is_only_a_text() -> None:
    text = markdown(hostile(), HOSTILE)
    assert [mark for mark in LIVE if re.search(mark, prose(text))] == []
    assert not any(line.startswith("::") for line in text.splitlines())
    assert [mark for mark in LIVE if re.search(mark, HOSTILE)] == [*LIVE]  # as it came


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("C3.dW equals dy", "C3.dW equals dy"),
        ("a|b", r"a\|b"),
        ("two\nlines", r"two\\nlines"),
        ("@you", "@&#8203;you"),
        ("#1 :x: www.x", "&#8203;#&#8203;1 :&#8203;x: www&#8203;.x"),
        ("- no list", "&#8203;- no list"),
        ("&lt;", r"\&lt;"),
        ("<!-- no", r"\<!-- no"),
    ],
)
def test_texts_are_told_as_they_are(text: str, told: str) -> None:
    assert plain(text) == told


def test_code_cannot_be_left() -> None:
    assert code("C3.dW") == "`C3.dW`"
    assert code("a`b") == "``a`b``" and code("`") == "`` ` ``"
    assert code("a|b") == r"`a\|b`" and code("") == "` `"
    assert page(Failure(2, "x", "run ``` now")).count("````") == 2


def test_a_page_is_no_larger_than_github_takes() -> None:
    blocks = ["x" * 1000] * 5000
    text = bounded(blocks, LARGEST)
    assert LARGEST - 2000 < len(text.encode()) <= LARGEST and "did not fit" in text
    assert bounded(["short"], LARGEST) == "short\n"
    assert bounded(["\u2705" * 100], 10).encode().__len__() <= 10
    assert bounded(["x"], -5) == ""


def test_a_long_text_is_cut() -> None:
    assert len(page(Failure(2, "y" * 10**6, "z" * 10**6))) < 10_000
    assert LISTED < 100


def test_what_could_not_be_judged() -> None:
    text = page(Failure(3, "internal error: <b>", ""))
    assert "lenet-verify: error" in text and r"\<b\>" in text
