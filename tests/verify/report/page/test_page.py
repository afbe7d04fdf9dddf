"""The page: what it says on top, that it is one inert file, and the same each time."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.verify.report.page.known import AGAIN, between, right, wrong
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.errors import InputError
from verify.judge.findings import Cause
from verify.report import kept
from verify.report.page import kept as kept_of
from verify.report.page import page
from verify.report.page import write as written
from verify.report.reasons import each_of
from verify.report.stamp import write_stamp
from verify.report.submission import write

BOMB = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x1b[31m"


class Tags(HTMLParser):
    """Tags with their attributes, and ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_a_failing_page_says_on_top_who_is_guilty_and_how_to_see_it_again() -> None:
    top = page(wrong(), AGAIN, "mine").partition('id="network"')[0]
    assert "<title>Fail: mine</title>" in top
    assert "Guilty layers: C3, F6" in plain(top)
    assert "F6.db" in top
    assert AGAIN in top


def test_layers_that_may_be_guilty_are_named_as_on_the_screen(tmp_path: Path) -> None:
    """The page said that no layer has an own error where the screen named those that are left."""
    found = between()
    said = f"Guilty layer: {each_of(found.apart)} modern"
    assert found.suspects and not found.tally.guilty("modern")
    assert said in plain(page(found, AGAIN, "mine"))
    write(found, tmp_path, AGAIN)
    kept.write(kept_of(found, AGAIN), tmp_path)
    write_stamp(tmp_path, {"command": AGAIN, "cases": 1})
    assert said in plain(written(tmp_path).read_text())


def test_errors_are_told_where_they_were_measured() -> None:
    text = plain(page(between(), AGAIN, "mine"))
    assert re.search(r"Error inherited \S+ \(\S+ bounds\)", text) and "own –" not in text
    assert "comparisons passed in 1 case" in text
    assert re.search(r"Error own \S+ \(\S+ bounds\), inherited", plain(page(wrong(), AGAIN, "m")))


def test_a_passing_page_has_no_exhibit_and_says_pass() -> None:
    text = page(right(), AGAIN, "mine")
    assert "<title>Pass: mine</title>" in text
    assert "What is wrong" not in text
    assert "Fail" not in text


def test_each_failing_tensor_has_three_pictures_and_its_equation() -> None:
    text = page(wrong(), AGAIN, "mine")
    exhibits = re.findall(r'<article class="exhibit".*?</article>', text, re.DOTALL)
    names = [plain(each).split()[0] for each in exhibits]
    assert names == ["F6.db", "C3.dW"]
    for each in exhibits:
        assert each.count("<figure>") == 3
        assert "<math" in each
    assert "1 of 84 elements are beyond their bound, the worst at 5" in exhibits[0]
    assert "expected × 0.5, which leaves" in exhibits[1]


def test_the_network_is_drawn_and_said() -> None:
    text = page(wrong(), AGAIN, "mine")
    (drawn,) = [a for a in Tags(text).named("svg") if "Network" in (a.get("aria-label") or "")]
    said = drawn["aria-label"] or ""
    assert said.startswith("Network modern: own error in C3, F6.")
    assert "C3, 16×10×10: forward right, backward wrong here" in said
    assert "S2, 6×14×14: forward right, backward right" in said


def test_nothing_is_fetched_and_every_link_stays_on_the_page() -> None:
    tags = Tags(page(wrong(), AGAIN, "mine"))
    ids = [str(attrs["id"]) for _, attrs in tags.tags if "id" in attrs]
    assert len(ids) == len({*ids})
    for name, attrs in tags.tags:
        for key in ("src", "href"):
            value = attrs.get(key) or "#"
            assert value.startswith(("#", "data:")), (name, value)
            assert value in ("#", "data:,") or value[0] != "#" or value[1:] in ids, value
    assert not any(key.startswith("on") for _, attrs in tags.tags for key in attrs)


def test_the_same_rows_give_the_same_bytes() -> None:
    assert page(wrong(), AGAIN, "mine") == page(wrong(), AGAIN, "mine")


def hostile(text: str) -> Outcome:
    """What others wrote, wherever a report tells it."""
    found = wrong()
    (case, findings), *_ = found.findings
    bad = [replace(f, cause=Cause("x", text)) if f.failed else f for f in findings]
    check = Check(text, text, text, False, text)
    return replace(found, findings=[(case, bad)], checks=(check,))


def test_what_others_wrote_is_inert() -> None:
    text = page(hostile(BOMB), BOMB, BOMB)
    tags = Tags(text)
    assert len(tags.named("script")) == 1
    assert all(not attrs.get("onerror") for attrs in tags.named("img"))
    assert "&lt;/script&gt;&lt;script&gt;" in text
    assert "\u202e" not in text and "\x1b" not in text


def test_a_megabyte_is_cut_and_it_is_said() -> None:
    text = page(hostile("x" * 10**6), AGAIN, "y" * 10**6)
    assert len(text) < 2 * 10**6
    assert "(1,000,000 characters)" in text


@pytest.mark.parametrize("name", ["jinja2", "matplotlib"])
def test_without_the_extra_one_line_says_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError) as caught:
        page(right(), AGAIN, "mine")
    assert f"needs {name}" in str(caught.value)
    assert "pip install 'lenet-verify[report]'" in str(caught.value)


def test_the_scale_has_the_colours_of_the_picture() -> None:
    from verify.report.page import heat

    style = (Path(heat.__file__).parent / "templates" / "style.css").read_text()
    assert all(colour in style for colour in heat.COLOURS)
