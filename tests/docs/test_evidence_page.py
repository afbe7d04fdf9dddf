"""docs/evidence.md is counted from docs/evidence.json, and a part of that is asked anew."""

from __future__ import annotations

import re

import pytest

from tests.docs.derivation import ROOT
from verify.proof.evidence.collected import answered, asked, everybody
from verify.proof.evidence.counts import lines, wrongly
from verify.proof.evidence.page import markdown
from verify.proof.evidence.record import Record, named, read
from verify.proof.evidence.rightful import rightful
from verify.proof.faults.catalogue import catalogue
from verify.proof.planting.entry import entries
from verify.proof.planting.general import general

PAGE = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
KEPT = read((ROOT / "docs" / "evidence.json").read_text(encoding="utf-8"))
PICTURE = (ROOT / "docs" / "pictures" / "evidence.svg").read_text(encoding="utf-8")
MISTAKES = {m.name: m for m in (*entries(), *general(), *catalogue())}
SAMPLE = [m.name for m in KEPT.mistakes if m.kind != "random" and not m.why][::40]
RIGHT = slice(None, None, 60)


def test_the_page_is_counted_from_the_record() -> None:
    """Made again by: lenet-verify evidence --markdown docs/evidence.md."""
    assert markdown(KEPT) == PAGE


def test_the_policies_are_those_of_the_code() -> None:
    assert KEPT.policies == tuple(map(named, everybody()))
    assert {*KEPT.costs} == {p.key for p in everybody()} | {"plan"}


def test_ours_judged_nothing_wrongly() -> None:
    assert wrongly(KEPT) == []


def test_what_is_there_is_all_there_is_or_it_is_said() -> None:
    listed = [m for m in KEPT.mistakes if m.kind != "random"]
    assert {m.name for m in listed} <= {*MISTAKES}
    if not KEPT.unasked:
        assert len(listed) == len(MISTAKES)
    assert len(KEPT.right) == len([*rightful()])


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mistake_is_answered_as_it_was(name: str) -> None:
    item = MISTAKES[name]
    found = answered([item], [asked(item)], 0, {}).mistakes
    assert found == tuple(m for m in KEPT.mistakes if m.name == name)


def test_right_subjects_are_judged_as_they_were() -> None:
    items = [*rightful()][RIGHT]
    found = answered(items, map(asked, items), 0, {}).right
    assert found == KEPT.right[RIGHT]


def test_another_answer_changes_the_page() -> None:
    fewer = Record(KEPT.policies, KEPT.costs, KEPT.mistakes[::2], KEPT.right, KEPT.unasked)
    assert markdown(fewer) != PAGE


def test_the_picture_shows_each_policy_in_each_format() -> None:
    shown = [x for x in lines(KEPT) if x.policy.group != "ours"]
    marks = sum(bool(x.all[tier].whole) for x in shown for tier in x.all)
    drawn = len(
        re.findall(r"<use ", PICTURE.partition('id="axes_1"')[2].partition('id="legend_1"')[0])
    )
    assert drawn >= marks
    assert "right code rejected, %" in PICTURE and "ours" in PICTURE
