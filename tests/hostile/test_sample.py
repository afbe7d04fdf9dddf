"""A few of each family between two right submissions; all of them: python -m tests.hostile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.hostile import campaign
from tests.hostile.callables import CALLABLES
from tests.hostile.places import cleared
from tests.hostile.programs import PROGRAMS
from verify.cli import main

CHOSEN = ("raises_0", "outputs_pipe", "lives_daemon_closed")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place that pytest need not clean: it cannot."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for path in tmp_path.iterdir():
        cleared(path)


def test_there_are_more_than_five_hundred() -> None:
    names = [h.name for h in campaign.files()]
    assert len(set(names)) == len(names)
    assert len(names) + len(CALLABLES) + len(PROGRAMS) > 700


def golden(folder: Path) -> dict[str, np.ndarray]:
    """One image; the right gradients."""
    words = ["--variant", "modern", "--batch", "1", "--out", str(folder / "golden")]
    assert main(["golden", *words]) == 0
    with np.load(folder / "golden" / "tensors.npz") as file:
        return {n: file[n] for n in file.files if n.rpartition(".")[2] in ("dW", "db")}


def test_whatever_stands_between_two_right_submissions(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = golden(folder)
    some = [h for family in campaign.FAMILIES for h in list(family())[::12] if not h.alone]
    expected: dict[str, bool | None] = {"aa-right": True}
    (folder / "aa-right").mkdir()
    np.savez(folder / "aa-right" / "a.npz", **right)
    for hostile in some:
        (folder / hostile.name).mkdir()
        hostile.make(folder / hostile.name, right)
        expected[hostile.name] = hostile.passes
    module = Path(campaign.__file__).with_name("callables.py")
    expected |= {f"{module}:{name}": False for name in CHOSEN}
    (folder / "zz-right").symlink_to("aa-right")
    words = ["--variant", "modern", "--case", "golden", "--table", "t.csv", "--out", "out"]
    words += ["--seconds", "10", "--", *expected, "zz-right"]
    assert main(["check", *words]) == 1
    outcome = campaign.Outcome()
    rows = campaign.table(folder / "t.csv")
    campaign.compared(outcome, "sample", {**expected, "zz-right": True}, rows)
    assert outcome.wrong == []
    assert len(rows) == len(expected) + 1 > 30
    heard = capsys.readouterr()
    assert all(c.isprintable() or c == "\n" for c in heard.out) and heard.err == ""
