"""The tables of the evidence: counted from letters, and said in percent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from verify.cli import evidence as command
from verify.cli import main
from verify.proof.evidence import rightful as subjects
from verify.proof.evidence.board import screen
from verify.proof.evidence.collected import Answer, answered, asked, everybody
from verify.proof.evidence.counts import Share, blunt, by_cell, inner, lines, unplanned, wrongly
from verify.proof.evidence.page import markdown
from verify.proof.evidence.record import PLACES, Entered, Record, Righted, named, read, text
from verify.proof.evidence.rightful import GROUPS, rightful
from verify.proof.evidence.trial import MISSED
from verify.proof.planting.entry import entries
from verify.report.text import WIDTH
from verify.subjects.reference import reference

EVERY = everybody()
N = len(EVERY)


def entry(name: str, float64: str, cells: str, kind: str = "table") -> Entered:
    """A mistake of which every policy says the same, ours the last letter."""
    rest = float64[1:]
    return Entered(name, kind, "", float64[0] * (N - 1) + rest, "", cells.ljust(len(PLACES), "."))


def record(*mistakes: Entered, right: str = ".") -> Record:
    subject = Righted("reference", "", "a case", "float64", "." * (N - 1) + right)
    return Record(tuple(map(named, EVERY)), {"plan": 100.0}, mistakes, (subject,))


KNOWN = record(
    entry("one", "fn", "f"),
    entry("two", ".n", ".f"),
    replace(entry("three", "fn", "nn"), float64="---" + "f" * (N - 4) + "n"),
    entry("inside", "-n", "n"),
    entry("four", "xn", "n"),
    entry("drawn", "ln", "f", "random"),
    Entered("no", "table", "not plantable"),
)


def test_recall_is_of_what_is_seen_and_of_all() -> None:
    first, *_, ours, plan = lines(KNOWN)
    assert [m.name for m in inner(KNOWN, "float64")] == ["inside"]
    assert (first.seen["float64"], first.all["float64"]) == (Share(1, 3), Share(1, 4))
    assert (first.located, first.named, first.new) == (Share(0, 1), Share(0, 1), Share(1, 1))
    assert first.alarms["float64"] == Share(0, 1) and first.all["float32"] == Share()
    assert (ours.all["float64"], ours.located, ours.named) == (Share(4, 4), *[Share(4, 4)] * 2)
    assert plan.all["float64"] == Share(5, 5) and plan.cost == 100.0


def test_what_one_regime_alone_finds() -> None:
    found = by_cell(KNOWN)
    regime = PLACES[0][0]
    assert found[regime].alone == ("one", "inside", "four")
    assert found[regime].found == Share(4, 5)
    assert found[PLACES[1][0]].alone == ("two",)
    assert found["the plan"].named == Share(3, 5)


@pytest.mark.parametrize(
    ("share", "said"),
    [(Share(0, 9), "0"), (Share(9, 9), "100"), (Share(1, 1000), "<1"), (Share(999, 1000), ">99"),
     (Share(1, 3), "33"), (Share(), "-")],
)  # fmt: skip
def test_percent(share: Share, said: str) -> None:
    assert str(share) == said


def test_what_ours_gets_wrong_is_told() -> None:
    assert wrongly(KNOWN) == []
    missed, elsewhere = entry("x", "..", ""), entry("y", ".f", "f")
    assert unplanned(record(missed, elsewhere)) == ["x"]
    assert wrongly(record(missed)) == ["missed: x"]
    assert blunt(record(missed, elsewhere), "float64") == ["x"]
    assert wrongly(record(elsewhere)) == ["not blamed on its layer: y"]
    assert wrongly(record(right="x")) == ["rejected, but right: reference : a case"]


def test_a_record_is_read_as_it_was_written() -> None:
    assert read(text(KNOWN)) == KNOWN


def test_the_screen_has_eighty_columns_and_the_page_all_tables() -> None:
    assert max(map(len, screen(KNOWN))) <= WIDTH
    page = markdown(replace(KNOWN, unasked=7))
    assert "5 mistakes that people make" in page and "7 more were not asked about" in page
    assert all(group in page for group in GROUPS)
    assert page.count("| allclose 1e-5 |") == 2 and "nan" not in page


def test_right_subjects_are_of_every_kind_and_right() -> None:
    every = [*rightful()]
    assert {r.group for r in every} == {*GROUPS}
    orders = {r.how: r for r in every if (r.group, r.job.tier) == ("other orders", "float32")}
    for right in orders.values():
        with right.exhibit() as exhibit:
            trace = exhibit.trace
        known = reference(exhibit.case)
        assert any(not np.array_equal(trace[k], known[k]) for k in known), right.how
        size = {k: np.abs(v).max(initial=0) for k, v in known.items()}
        assert all(np.abs(trace[k] - known[k]).max() <= 1e-4 * size[k] for k in ("C1.z", "F7.y"))


def test_of_a_right_subject_nothing_is_said_by_ours() -> None:
    (kink,) = [r for r in rightful() if r.group == "other kinks"][:1]
    said = {(a.policy, a.tensors): a.first for a in asked(kink).alarms}
    assert said["ours, this one case", "every"] == "" != said["ours, nothing declared", "every"]


FEW = ("affine.z/no-bias", "affine.db/sign")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few right subjects, and no time taken."""
    some = [r for r in rightful() if r.group == "reference"][:2]
    monkeypatch.setattr(subjects, "rightful", lambda network=None: iter(some))
    monkeypatch.setattr(command, "costs", lambda policies: {})


def test_the_command(short: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evidence", "--name", *FEW, "--jobs", "1", "--out", str(tmp_path)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "2 mistakes, 0 changes that nobody listed, 2 right" in said
    assert said.splitlines()[-1].startswith("PASS  ours")
    found = read((tmp_path / "evidence.json").read_text())
    assert [m.name for m in found.mistakes] == [*FEW]
    rows = (tmp_path / "evidence.csv").read_text().splitlines()
    assert len(rows) == 1 + sum(len(m.float64.replace(" ", "") + m.float32.replace(" ", ""))
                                for m in found.mistakes)  # fmt: skip
    for name in ("evidence-plan.csv", "evidence-right.csv", "environment.json"):
        assert (tmp_path / name).is_file()


def test_time_that_is_up_and_what_it_leaves(
    short: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evidence", "--name", *FEW, "--jobs", "1", "--minutes", "0", "--out", str(tmp_path)]
    assert main(words) == 0
    assert "3 more: not asked about" in capsys.readouterr().out


def test_a_judge_that_misses_fails_the_command(
    short: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "asked_of", lambda one: blind(one.item))
    words = ["evidence", "--name", FEW[0], "--jobs", "1", "--out", str(tmp_path)]
    assert main(words) == 1


def blind(item: object) -> Answer:
    """Ours finds nothing."""
    answer = asked(item)  # type: ignore[arg-type]
    trials = [replace(t, outcome=MISSED) if "ours" in t.policy else t for t in answer.trials]
    cells = [replace(c, found=False, named=False) for c in answer.cells]
    return replace(answer, trials=tuple(trials), cells=tuple(cells))


def test_what_makes_no_difference_is_counted_apart() -> None:
    first = entries()[0]
    found = answered([first], [Answer()], 0, {})
    assert found.mistakes[0].why and lines(found)[0].all["float64"] == Share()
