"""A Python callable in a process of its own: whatever it does is a finding."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest

from verify.cases.case import Case
from verify.checks.check import Check
from verify.errors import InputError
from verify.exchange.layout import PLAIN
from verify.judge.trace import Trace
from verify.pipeline.repeats import beyond
from verify.subjects.asked import Heard, Questions, cases
from verify.subjects.conversation import Conversation
from verify.subjects.limits import SILENT, Limits
from verify.subjects.process import Asking, interview

STRANGE = str(Path(__file__).with_name("strange.py"))
KINDS = (
    "C1.z is a list that is no array: ValueError",
    "S2.y is a NoneType, expected an array, a tensor or numbers",
    "C3.y has dtype object",
    "5 its name is a int",
    "loss.data is a str",
)


def apart(case: Case, first: Trace, later: Trace) -> str:
    """As the command tells two answers apart."""
    return beyond(case, PLAIN, first, later)


@cache
def planned() -> list[Case]:
    """Three batches and other weights, drawn once: of calls there is no more to say in eight."""
    return list(cases(Questions("modern", regimes=("digits",), batches=(3, 1, 2))))


def interviewed(spec: str, seconds: float = 20, memory: int = 2048) -> tuple[Heard, list[Check]]:
    """An interview and its checks."""
    with Conversation(spec, Limits(seconds, memory)) as subject:
        found = interview(Asking(subject, apart), planned())
    return found, found.checks(subject.noise)


@cache
def heard(name: str, seconds: float = 20, memory: int = 2048) -> dict[str, Check]:
    """The checks of an interview, by question."""
    checks = interviewed(f"{STRANGE}:{name}", seconds, memory)[1]
    return {c.subject.split(" (")[0]: c for c in checks}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("segfault", "SIGSEGV (a segmentation fault: memory it does not own)"),
        ("raises", "raised ValueError: shapes (3,4) and (5,6) not aligned"),
        ("exits", "called sys.exit(0)"),
        ("leaves", "the process ended with exit status 0; last words: goodbye"),
        ("recurses", "raised RecursionError"),
        ("nothing", "returned a NoneType, expected a mapping"),
        ("too_few_arguments", "raised TypeError: too_few_arguments() takes 1 positional"),
    ],
)
def test_what_ends_a_call_is_one_line(name: str, expected: str) -> None:
    check = heard(name)["answers"]
    assert not check.passed
    assert "all 4 cases" in check.subject
    assert expected in check.detail
    assert "\n" not in check.detail


@pytest.mark.parametrize(
    ("name", "line"), [("raises", "raise Value"), ("segfault", "string_at(0)")]
)
def test_the_line_of_the_subject_is_named(name: str, line: str) -> None:
    number = next(i for i, s in enumerate(Path(STRANGE).read_text().splitlines(), 1) if line in s)
    assert f"strange.py:{number} in {name}" in heard(name)["answers"].detail


def test_a_hang_ends_the_interview() -> None:
    start = time.monotonic()
    check = heard("hangs", seconds=1)["answers"]
    assert "no answer within 1 s (--seconds) at" in check.detail
    assert "strange.py" in check.detail
    assert "in hangs" in check.detail
    assert time.monotonic() - start < 10


def test_memory_is_limited() -> None:
    check = heard("hungry", memory=512)["answers"]
    assert "MemoryError" in check.detail
    assert "512 MiB; --memory" in check.detail


def test_after_a_crash_the_next_case_has_a_new_process() -> None:
    found, checks = interviewed(f"{STRANGE}:crashes_for_one")
    lines = [c for c in checks if not c.passed]
    assert [c.subject for c in lines] == ["answers (digits N=1)"]
    assert [case.batch for case, _ in found.tensors] == [3, 2, 3]


def test_printing_is_mentioned_and_confuses_nobody() -> None:
    found = heard("noisy")
    assert all(check.passed for check in found.values())
    assert "bytes to standard output, 0 to standard error" in found["prints"].detail
    assert "\x1b" not in found["prints"].detail


@pytest.mark.parametrize(
    ("name", "expected"), [("writes", "changed: C3.b, images"), ("forgets", "changed: C1.W")]
)
def test_changed_arguments_are_named(name: str, expected: str) -> None:
    check = heard(name)["arguments unchanged"]
    assert (check.passed, check.detail) == (False, expected)


def test_each_value_that_is_no_array_is_named() -> None:
    check = heard("kinds")["returns arrays"]
    assert not check.passed
    for words in KINDS:
        assert words in check.detail


def test_no_tensor_at_all_is_a_failure() -> None:
    assert not heard("empty")["returns tensors"].passed


@pytest.mark.parametrize(
    ("name", "question", "tensor"),
    [
        ("accumulates", "same call twice", "C1.b"),
        ("remembers_the_batch", "same call after another batch", "C1.x"),
    ],
)
def test_state_is_one_finding(name: str, question: str, tensor: str) -> None:
    found, checks = interviewed(f"{STRANGE}:{name}")
    wrong = [c for c in checks if not c.passed]
    assert [c.subject for c in wrong] == [f"{question} (digits N=3)"]
    assert wrong[0].detail.startswith(f"{tensor} is right in one answer and wrong in another")
    assert wrong[0].detail.endswith("state kept between calls, for two new processes agree")
    if name == "accumulates":  # each case had a process of its own, so its tensors are right
        for case, trace in found.tensors:
            assert (trace["C1.b"] == case.parameters["C1.b"]).all()


def test_another_order_of_sums_is_a_note(tmp_path: Path) -> None:
    """Threads that add in any order were "state kept between calls"; bits are wanted on demand."""
    spec = f"{STRANGE}:sums_in_any_order"
    with Conversation(spec, Limits(20, 2048)) as subject:
        found = interview(Asking(subject, apart), planned())
    assert all(check.passed for check in found.checks(subject.noise))
    assert "not the same bits in every call" in found.notes["reproducible"]
    with Conversation(spec, Limits(20, 2048)) as subject:
        strict = interview(Asking(subject, apart, reproducible=True), planned())
    wrong = [c for c in strict.checks(subject.noise) if not c.passed]
    assert [c.subject for c in wrong] == ["same call twice (digits N=3)"]


def test_a_race_is_told_from_state() -> None:
    wrong = [c for c in interviewed(f"{STRANGE}:races")[1] if not c.passed]
    assert [c.subject for c in wrong] == ["same call twice (digits N=3)"]
    assert "two new processes disagree" in wrong[0].detail


def test_what_is_shown_for_one_image_is_shown_for_all() -> None:
    """1/N was missing everywhere but for a batch of one: 84 of 84 tensors verified."""
    found, _ = interviewed(f"{STRANGE}:one_image_only")
    found.withheld({name: name for _, trace in found.tensors for name in trace})
    wrong = [c for c in found.checks(SILENT) if not c.passed]
    assert len(wrong) == 1 and wrong[0].subject.startswith("the same tensors in every case (")
    assert "digits N=1," not in wrong[0].subject and "83 tensors" in wrong[0].detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import no_such_library", "importing it raised ModuleNotFoundError: No module named"),
        ("def lenet(:", "importing it raised SyntaxError"),
        ("import os; os._exit(3)", "the process ended with exit status 3"),
        ("print('hello'); raise SystemExit", "importing it called sys.exit(None)"),
        ("{}['C1.W']", "importing it raised KeyError: 'C1.W'"),
    ],
)
def test_an_import_that_fails(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "theirs.py").write_text(text)
    assert expected in interviewed(f"{tmp_path}/theirs.py:lenet")[1][0].detail


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (f"{STRANGE}:absent", "has no absent"),
        (f"{STRANGE}:number", "number of"),
        ("nowhere.py:lenet", "no such file"),
        ("no_such_module:lenet", "no module named no_such_module"),
    ],
)
def test_nothing_to_ask_is_unusable_input(spec: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        interviewed(spec)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for name in ("right", "segfault", "leaves"):
        interviewed(f"{STRANGE}:{name}")
    assert list(tmp_path.iterdir()) == []
    after = len(list(Path("/proc/self/fd").iterdir())) if before else 0
    assert after == before
