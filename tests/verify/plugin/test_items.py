"""Each tensor of each case is a test, for all that pytest does with tests."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.verify.plugin import folder, ran, ran_apart

pytest_plugins = ["pytester"]
WRONG = ("--lenet-subject", "net.py:wrong")
GUILTY = "lenet[F1.dW-signed-float64-N3]"


def test_a_right_subject_passes(pytester: pytest.Pytester) -> None:
    folder(pytester)
    result = ran(pytester, "--lenet-subject", "net.py:run", "-rs")
    counts = result.parseoutcomes()
    assert result.ret == 0
    assert counts.keys() == {"passed", "skipped"}
    assert counts["passed"] == 3 * 5 + 7  # five tensors in three cases, and the calls
    result.stdout.fnmatch_lines(["lenet: net.py:run as small, 3 cases, seed 0",
                                 "*PASS  15 of 15 comparisons in 3 cases*",
                                 "SKIPPED*net.py*: not supplied"])  # fmt: skip


def test_a_mistake_is_named_and_told_shortly(pytester: pytest.Pytester) -> None:
    folder(pytester)
    result = ran(pytester, *WRONG, "-q")
    assert result.ret == 1
    assert result.parseoutcomes()["failed"] == 2  # in a batch of one 1/N is nothing
    result.stdout.fnmatch_lines([
        "*_ lenet[[]F1.dW-signed-float64-N3[]] _*",
        "equals the reference x 1/3: averaged*",
        "  got: *",
        "  expected: *",
        "  equation: affine-dW (docs/derivation.md)",
        "  guilty:   F1; first: F1.dW in signed N=3",
        "  rerun:    lenet-verify check net.py:wrong --network small.toml*--seed 0",
        "=* lenet: net.py:wrong =*",
        "guilty layer: F1; first: F1.dW in signed N=3 (affine-dW)",
        "FAILED net.py::lenet[[]F1.dW-signed-float64-N3[]] - *",
    ])  # fmt: skip
    assert "Traceback" not in result.stdout.str()
    assert "verify/plugin" not in result.stdout.str()
    told = [line for line in result.outlines if not line.startswith("FAILED ")]  # pytest's own
    assert max(map(len, told)) <= 130  # a rerun line is not broken


def test_collected_and_chosen_by_word(pytester: pytest.Pytester) -> None:
    folder(pytester)
    every = ran(pytester, *WRONG, "--collect-only", "-q").outlines
    ids = [line for line in every if line.startswith("net.py::lenet[")]
    assert f"net.py::{GUILTY}" in ids
    assert len({*ids}) == len(ids)
    chosen = ran(pytester, *WRONG, "-q", "-k", "F2 and dW")
    assert (chosen.ret, chosen.parseoutcomes()["passed"]) == (0, 3)
    marked = ran(pytester, *WRONG, "-q", "-m", "lenet(layer='F1', batch=3)", "-x")
    assert (marked.ret, marked.parseoutcomes()["failed"]) == (1, 1)
    one = ran(pytester, *WRONG, f"net.py::{GUILTY}", "--tb=line")
    assert (one.ret, one.parseoutcomes()) == (1, {"failed": 1})
    one.stdout.fnmatch_lines(["*net.py:1: equals the reference x 1/3*"])


def test_ids_beside_other_paths(pytester: pytest.Pytester) -> None:
    """One that is no more was dropped in silence beside another file; workers found neither."""
    folder(pytester, test_mine__py="def test_mine():\n    pass\n")
    lost = ran(pytester, *WRONG, "test_mine.py", "net.py::lenet[bogus]")
    assert lost.ret == pytest.ExitCode.USAGE_ERROR
    right, mine = "net.py::lenet[F2.dW-signed-float64-N3]", "test_mine.py"
    both = ran_apart(pytester, *WRONG, right, mine, "-n", "2")
    assert (both.ret, both.parseoutcomes()["passed"]) == (0, 2)
    whole = ran(pytester, *WRONG, f"{pytester.path}/{right}")
    assert (whole.ret, whole.parseoutcomes()) == (0, {"passed": 1})


def test_the_last_failures_come_again(pytester: pytest.Pytester) -> None:
    folder(pytester, test_mine__py="def test_mine():\n    pass\n")
    assert ran(pytester, *WRONG, "-q").ret == 1
    again = ran(pytester, *WRONG, "-q", "--lf")
    assert again.parseoutcomes()["failed"] == 2
    assert "passed" not in again.parseoutcomes()


def test_two_workers_and_junit(pytester: pytest.Pytester) -> None:
    """Their ids agree, though the seed is drawn; the report is a file of pytest's own."""
    folder(pytester)
    result = ran_apart(pytester, *WRONG, "-n", "2", "--lenet-seed", "random", "--junitxml", "j.xml")
    assert result.ret == 1
    assert result.parseoutcomes()["failed"] == 2
    assert result.stdout.str().count("lenet: net.py:wrong ===") == 1
    result.stdout.fnmatch_lines(["guilty layer: F1; first: F1.dW in signed N=3*"])
    cases = ElementTree.parse(pytester.path / "j.xml").getroot().iter("testcase")
    failed = {c.get("name"): c.find("failure") for c in cases if c.find("failure") is not None}
    assert GUILTY in failed
    failure = failed[GUILTY]
    assert failure is not None
    assert "1/N" in failure.get("message", "")
    assert "rerun:" in (failure.text or "")


def test_who_answers_one_worker_alone_is_not_passed(pytester: pytest.Pytester) -> None:
    """The tensors of a worker that had no answer were skipped, as the test that says so had passed
    in another: exit status 0 for a wrong network."""
    folder(pytester)
    net = pytester.path / "net.py"
    net.write_text(
        net.read_text()
        + """
def torn(p, images, labels):
    import os
    if os.environ.get("PYTEST_XDIST_WORKER") == os.environ["DIES"]:
        raise RuntimeError("port in use")
    return run(p, images, labels)
"""
    )
    for dies in ("gw0", "gw1"):
        pytester._monkeypatch.setenv("DIES", dies)
        result = ran_apart(pytester, "--lenet-subject", "net.py:torn", "-n", "2", "-q")
        assert result.ret == 1
        result.stdout.fnmatch_lines(["*port in use*", "*in another worker, which disagrees*"])


def test_state_is_a_test_of_its_own(pytester: pytest.Pytester) -> None:
    folder(pytester)
    result = ran(pytester, "--lenet-subject", "net.py:remembers", "-q", "-k", "subject")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["FAILED net.py::lenet[[]subject-state] - same call twice*"])


def test_what_is_not_allowed_is_a_failure(pytester: pytest.Pytester) -> None:
    """NumPy and the standard library are; without --lenet-allow the rest is mentioned alone."""
    folder(pytester)
    net = pytester.path / "net.py"
    net.write_text(f"import xml.dom.minidom, yaml\n{net.read_text()}")
    words = ("--lenet-subject", "net.py:run", "-k", "subject", "-q")
    assert ran(pytester, *words).ret == 0
    told = ran(pytester, *words, "--lenet-allow", "scipy")
    assert told.ret == 1 and told.parseoutcomes()["failed"] == 1
    told.stdout.fnmatch_lines(["*yaml*"])
    assert ran(pytester, *words, "--lenet-allow", "yaml").ret == 0


@pytest.mark.parametrize(("name", "said"), [("hangs", "*second*"), ("crashes", "*7*")])
def test_who_does_not_answer_fails_once(name: str, said: str, pytester: pytest.Pytester) -> None:
    folder(pytester, "lenet_seconds = 1\n")
    result = ran(pytester, "--lenet-subject", f"net.py:{name}", "-q")
    assert (result.ret, result.parseoutcomes()["failed"]) == (1, 1)
    result.stdout.fnmatch_lines([f"answers{said}", "FAILED net.py::lenet[[]subject-answers]*"])


def test_who_does_not_answer_passes_no_selection(pytester: pytest.Pytester) -> None:
    folder(pytester)
    result = ran(pytester, "--lenet-subject", "net.py:crashes", "-q", "-k", "F1.dW", "-x")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["no answer in signed N=*"])


def test_what_is_required_must_be_there(pytester: pytest.Pytester) -> None:
    folder(pytester)
    words = ("--lenet-subject", "net.py:run", "--lenet-require", "all", "-q", "-k", "F1.z")
    result = ran(pytester, *words)
    assert result.ret == 1
    assert "skipped" not in result.parseoutcomes()


def test_a_folder_of_arrays_is_one_case(pytester: pytest.Pytester) -> None:
    """Of its own manifest: no network is said."""
    folder(pytester)
    words = ["golden", "--network", "small.toml", "--regime", "signed", "--batch", "3"]
    assert pytester.run(sys.executable, "-m", "verify", *words, "--out", "dump").ret == 0
    path = pytester.path / "dump" / "tensors.npz"
    pytester.path.joinpath("pytest.ini").write_text("[pytest]\nlenet_subject = dump\n")
    arrays = dict(np.load(path))
    arrays["F2.db"] = -arrays["F2.db"]
    np.savez(path, **arrays)
    result = ran(pytester, "-q")
    assert (result.ret, result.parseoutcomes()["failed"]) == (1, 1)
    result.stdout.fnmatch_lines(["FAILED dump::lenet[[]F2.db-signed-float64-N3[]]*sign*"])
