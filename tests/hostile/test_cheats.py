"""Each cheat is a finding that says what was done; nets that are right and look alike pass."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from lenet_ref.description import described
from tests.hostile.student import NETWORK
from verify.checks.outcome import Outcome
from verify.exchange.load import Source
from verify.pipeline.request import CheckRequest
from verify.pipeline.subject import judged_alone
from verify.subjects.limits import Limits

HERE = Path(__file__).parent
SMALL = described(NETWORK, where="student.py", name="small")
CHEATS = {
    "imports": {
        "imports_torch": "it uses torch (",
        "imports_by_name": "imports.py:",
        "hides_it": "it uses torch (",
        "imports_judge": "it uses verify, the judge itself (",
        "imports_reference": "it uses lenet_ref, the derivation that this harness verifies",
        "runs_reference": "it uses lenet_ref, the derivation",
        "reads_reference": "it reads the source of lenet_ref, the derivation",
        "asks_another_python": "import torch (",
    },
    "harness": {
        "reads_the_key": "it reads what is secret: ",
        "reads_the_key_low": "tensors.npz (",
        "reads_by_a_link": "tensors.npz (",
        "reads_memory": "it reads the memory of the harness: /proc/",
        "reads_environment": "/environ (",
        "writes_to_the_judge": "it writes to the files of verify (",
        "kills": "it sends the harness SIGKILL (",
        "kills_quietly": "it sends the harness SIGSTOP (",
        "answers_itself": "it writes to the channel of the harness, in place of an answer: '{",
        "leaves_early": "the process ended with exit status 0",
        "outlives_its_time": "no answer within 2 s (--seconds)",
        "patches_numpy": "it replaces numpy.allclose",
        "patches_load": "it replaces numpy.load",
        "patches_builtins": "it replaces builtins.sum",
        "patches_the_child": "it replaces __main__.digests",
        "lifts_limits": "it raises its limit of memory (",
    },
    "results": {
        "remembers_the_first": "the answer is that to another case, to the bit: digits N=3",
        "looks_up": "raised KeyError",
        "changes_later": "they change after they were returned, with no call in between: C1.dW",
        "maps_a_file": "they change after they were returned, with no call in between: C1.dW",
        "goes_on": "a thread goes on when its calls are over: Thread-1 (poll) at ",
        "works_on": "a thread goes on when its calls are over: Thread-1 (compute) at ",
        "never_ends": "its process does not end with its calls within 2 s",
        "leaves_a_process": "it left a process behind, which went on when it was over; ended",
        "leaves_a_daemon": "it left a process behind, which went on when it was over; ended",
        "changes_its_arguments": "changed: images",
    },
}
"""By file and function: words of a finding."""
SLOW = ("outlives_its_time", "never_ends")
LIES = ("lies", "always_equal")
HONEST = ("plain", "own_threads", "pooled", "own_pool", "own_processes", "memoised", "cached",
          "seeded", "opens_its_files", "warns", "asks_after_its_parent", "views")  # fmt: skip


def asked(spec: str, secret: Path, *allow: str) -> Outcome:
    """A check as the command makes it, with little memory, and little time for who takes it all."""
    source = Source("small", network=SMALL)
    limits = Limits(2 if spec.endswith(SLOW) else 60, 2048)
    request = CheckRequest(source, secret=(secret,), allow=allow, limits=limits)
    return judged_alone(spec, "callable", request)


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The key of an exam, and the subject told where it is."""
    np.savez(tmp_path / "tensors.npz", **{"C1.db": np.zeros(4)})  # type: ignore[arg-type]
    monkeypatch.setenv("KEY", str(tmp_path))
    return tmp_path


def wrong(outcome: Outcome) -> list[str]:
    """What is found, but for tensors."""
    return [check.detail for check in outcome.checks if not check.passed]


@pytest.mark.parametrize(
    ("file", "name"), [(file, name) for file, every in CHEATS.items() for name in every]
)
def test_a_cheat_is_a_finding(file: str, name: str, key: Path) -> None:
    outcome = asked(f"{HERE}/cheating/{file}.py:{name}", key, "numpy", "sleep")
    assert outcome.status == 1
    assert any(CHEATS[file][name] in text for text in wrong(outcome)), wrong(outcome)


@pytest.mark.parametrize("name", LIES)
def test_a_lying_array_is_judged_by_its_numbers(name: str, key: Path) -> None:
    outcome = asked(f"{HERE}/cheating/results.py:{name}", key)
    assert outcome.status == 1 and outcome.first is not None
    assert outcome.first.step.tensor == "C1.db"


@pytest.mark.parametrize("name", HONEST)
def test_a_right_net_is_not_accused(name: str, key: Path) -> None:
    """Nor is anything mentioned of it, though only NumPy is allowed."""
    outcome = asked(f"{HERE}/honest.py:{name}", key, "numpy")
    assert outcome.status == 0, wrong(outcome)
    told = {check.subject: check.note for check in outcome.checks if check.note}
    assert {*told} <= ({"prints"} if name == "warns" else set()), told


@pytest.mark.parametrize("name", [*CHEATS["imports"]])
def test_what_is_used_is_mentioned_where_nothing_was_said(name: str, key: Path) -> None:
    """Who ports a net compares with PyTorch; only the judge is asked by nobody who is honest."""
    outcome = asked(f"{HERE}/cheating/imports.py:{name}", key)
    told = [check.note for check in outcome.checks] + wrong(outcome)
    assert any(CHEATS["imports"][name] in text for text in told)
    assert outcome.status == (1 if name == "imports_judge" else 0)


def test_what_is_allowed_is_no_finding(key: Path) -> None:
    words = {"imports_torch": "torch", "asks_another_python": Path(sys.executable).name,
             "imports_reference": "lenet_ref", "imports_judge": "verify"}  # fmt: skip
    for name, word in words.items():
        assert asked(f"{HERE}/cheating/imports.py:{name}", key, "numpy", word).status == 0, name


def test_settings_are_mentioned(key: Path) -> None:
    """The judge lives in another process: what is changed in this one is the subject's affair."""
    outcome = asked(f"{HERE}/cheating/results.py:moves", key)
    (note,) = [check.note for check in outcome.checks if check.subject == "settings"]
    for word in ("working directory", "environment", "error state", "NumPy's random state"):
        assert word in note
    assert outcome.status == 0


def test_a_copy_under_another_name_is_known(tmp_path: Path, key: Path) -> None:
    import lenet_ref

    source = Path(lenet_ref.__file__).parent
    for path in source.rglob("*.py"):
        place = tmp_path / "mynet" / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(path.read_text().replace("lenet_ref", "mynet"))
    student = (HERE / "student.py").read_text()
    (tmp_path / "net.py").write_text(student + "\nfrom mynet import network\n")
    found = asked(f"{tmp_path}/net.py:run", key)
    assert found.status == 0
    assert any("it has functions of lenet_ref" in check.note for check in found.checks)
    assert any("functions of lenet_ref" in text for text in wrong(asked(f"{tmp_path}/net.py:run",
               key, "numpy")))  # fmt: skip


def test_a_buffer_that_is_used_again_is_a_note(tmp_path: Path, key: Path) -> None:
    student = (HERE / "student.py").read_text()
    (tmp_path / "net.py").write_text(
        student + "\nout = np.empty(4)\ndef again(*given):\n    found = run(*given)\n"
        "    out[...] = found['C1.db']\n    return {**found, 'C1.db': out}\n"
    )
    outcome = asked(f"{tmp_path}/net.py:again", key, "numpy")
    assert outcome.status == 0, wrong(outcome)
    (note,) = [check.note for check in outcome.checks if check.note]
    assert note == ("a later call writes over the arrays of an earlier one; who keeps them needs"
                    " copies: C1.db")  # fmt: skip
