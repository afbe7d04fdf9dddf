"""Each lenient judge that is known is noticed by the exit status of an ordinary run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lenet_ref.layers import affine
from verify.cases.plan import Job
from verify.cli import main
from verify.errors import HarnessError
from verify.judge.compare import compare
from verify.proof.mutation.lenient import CHECK, SELF_TEST, Lenient, planted
from verify.proof.mutation.lenient_judges import LENIENT
from verify.proof.self_test import proved_gate
from verify.subjects.reference import reference

SMALL = (
    *("--variant", "modern", "--regime", "probe-affine", "--tier", "float64"),
    *("--batch", "2", "--jobs", "1", "--tensor", "F6.db"),
)


def run(tmp_path: Path) -> int:
    """The main job on one row."""
    return main([*SMALL, "--out", str(tmp_path)])


def checked(tmp_path: Path) -> int:
    """Somebody's parameter gradients, made with the reference as it is, checked."""
    case = replace(Job("modern", "signed", "float64", 2).case(), upstream=None)
    gradients = {k: v for k, v in reference(case).items() if k.endswith((".dW", ".db"))}
    given = {"images": case.images, "labels": case.labels, **case.parameters}
    np.savez(tmp_path / "dump.npz", **{**given, **gradients})
    words = ["--variant", "modern", "--out", str(tmp_path / "out")]
    return main(["check", str(tmp_path / "dump.npz"), *words])


def wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference whose bias gradient is a mean."""
    monkeypatch.setattr(affine, "bias_gradient", lambda dz: dz.mean(axis=0))


def test_a_strict_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passes a right reference, fails a wrong one."""
    assert run(tmp_path) == checked(tmp_path) == 0
    wrong(monkeypatch)
    assert run(tmp_path) == 1


@pytest.mark.parametrize("judge", LENIENT, ids=lambda judge: judge.name)
def test_a_lenient_judge_is_noticed(
    judge: Lenient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By the self-test, on a right reference as well; what stands behind the self-test by the
    status of a wrong one, which is 1 with a strict judge."""
    if judge.noticed == SELF_TEST:
        with planted(judge):
            assert run(tmp_path) == 3
        assert "the judge cannot be trusted" in capsys.readouterr().err
        return
    asked = checked if judge.noticed == CHECK else run
    wrong(monkeypatch)
    with planted(judge):
        assert asked(tmp_path) != 1
    assert asked(tmp_path) == 1


@pytest.mark.parametrize("name", ["differences-end-well", "nothing-fails"])
def test_a_check_proves_its_judge_first(name: str, tmp_path: Path) -> None:
    """Of files, right ones as well."""
    (judge,) = [judge for judge in LENIENT if judge.name == name]
    proved_gate.cache_clear()
    with planted(judge):
        assert checked(tmp_path) == 3


def test_the_catalogue() -> None:
    """Each has a name of its own, and few stand where the self-test does not reach."""
    assert len(LENIENT) >= 50
    assert len({judge.name for judge in LENIENT}) == len(LENIENT)
    behind = [judge.name for judge in LENIENT if judge.noticed != SELF_TEST]
    assert behind == ["exit-status-zero", "check-status-zero"]


def test_what_is_planted_is_put_back_everywhere() -> None:
    import verify.judge.own

    judge = Lenient("none", "for this test", "judge.compare.compare", lambda original: len)
    with pytest.raises(ZeroDivisionError), planted(judge):
        assert vars(verify.judge.own)["compare"] is len
        raise ZeroDivisionError
    assert vars(verify.judge.own)["compare"] is compare


def test_a_target_that_does_not_exist() -> None:
    judge = Lenient("gone", "for this test", "judge.compare.gone", lambda original: len)
    with pytest.raises(HarnessError, match="no such target"), planted(judge):
        pass
