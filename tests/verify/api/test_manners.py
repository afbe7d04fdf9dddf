"""A guest in somebody's process leaves it as it was; what a function does there is a finding."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import verify
from tests.verify.api.nets import FILE, QUICK, TOML, handed_in, right, wrong
from verify.cases.plan import Job
from verify.subjects.reference import reference

ROOT = FILE.parents[3]


def state() -> tuple[Any, ...]:
    """What a check could leave behind."""
    return (
        np.geterr(), np.geterrcall(), [*warnings.filters], [*sys.path], Path.cwd(),
        torch.get_num_threads(), torch.is_grad_enabled(), torch.get_default_dtype(),
        dict(os.environ), np.get_printoptions(), threading.active_count(),
    )  # fmt: skip


def test_the_process_is_as_before() -> None:
    verify.check(right, **QUICK)  # what is imported is imported
    torch.set_num_threads(3)
    try:
        with np.errstate(over="raise", under="call"), warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            before = state()
            verify.check(wrong, **QUICK)
            verify.check(f"{FILE}:right", **QUICK)
            verify.check(handed_in(wrong), QUICK["network"])
            with pytest.raises(verify.InputError):
                verify.check(right, **{**QUICK, "seed": -1})
            assert state() == before
    finally:
        torch.set_num_threads(1)


STATES: dict[str, Callable[[], Any]] = {
    "no gradients": torch.no_grad,
    "inference": torch.inference_mode,
    "another device": lambda: torch.device("meta"),
    "bfloat16": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
}


@pytest.mark.parametrize("name", STATES)
def test_what_pytorch_is_set_to_changes_no_verdict(name: str) -> None:
    """A notebook works under no_grad, or has another default device: the oracle raised."""
    with STATES[name]():
        before = state()
        for subject, tier in ((right, "float64"), (right, "float32"), (f"{FILE}:right", "float64")):
            assert verify.check(subject, **QUICK, tier=tier).passed
        assert verify.check(wrong, **QUICK).guilty == ("scores",)
        case = Job("modern", "digits", "float64", 2).case()
        assert verify.judge(case, reference(case)).passed
        assert state() == before


def test_what_a_function_sets_pytorch_to_changes_no_verdict() -> None:
    def careless(parameters: Any, images: Any, labels: Any) -> Any:
        torch.set_grad_enabled(False)
        return right(parameters, images, labels)

    assert verify.check(careless, **QUICK).passed and torch.is_grad_enabled()


def test_warnings_of_a_function_are_no_mistakes() -> None:
    """A process of its own prints them; here they would be errors of the caller's test."""

    def divides(parameters: Any, images: Any, labels: Any) -> Any:
        np.log(np.zeros(3)) / np.zeros(3)
        return right(parameters, images, labels)

    assert verify.check(divides, **QUICK).passed


def test_twice_is_the_same() -> None:
    first, second = (verify.check(wrong, **QUICK).to_dataframe() for _ in range(2))
    assert first.equals(second)


def test_in_threads() -> None:
    """Two at once, and neither the main thread."""
    found: dict[str, verify.Report] = {}

    def ask(name: str, subject: Any) -> None:
        found[name] = verify.check(subject, **QUICK)

    threads = [
        threading.Thread(target=ask, args=each)
        for each in (("right", right), ("wrong", wrong), ("apart", f"{FILE}:wrong"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: report.guilty for name, report in found.items()} == {
        "right": (), "wrong": ("scores",), "apart": ("scores",),
    }  # fmt: skip


def elsewhere(place: Path, source: str) -> str:
    """What a script of somebody prints who has no repository at hand."""
    (place / "script.py").write_text(source)
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run([sys.executable, "-W", "error", "script.py"], cwd=place, text=True,
                          capture_output=True, env=environment, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_a_folder_without_the_repository(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TOML)
    (tmp_path / "nets.py").write_text(FILE.read_text())
    source = (
        "import verify, nets\n"
        "kept = {'regimes': 'signed', 'batches': 3, 'seed': 0}\n"
        "for subject in (nets.right, nets.wrong, 'nets.py:wrong', nets.handed_in(nets.wrong)):\n"
        "    said = {} if isinstance(subject, dict) else kept\n"
        "    print(verify.check(subject, 'tiny.toml', **said).guilty)\n"
    )
    assert elsewhere(tmp_path, source).split("\n")[:4] == ["()"] + ["('scores',)"] * 3
    assert not (tmp_path / "reports").exists()


def test_importing_it_is_cheap(tmp_path: Path) -> None:
    source = (
        "import sys, verify, lenet_ref\n"
        "print(verify.__version__ == lenet_ref.__version__, sorted(verify.__all__)[0])\n"
        "heavy = {'torch', 'pandas', 'numpy', 'verify.api'} & {*sys.modules}\n"
        "print(heavy, 'check' in dir(verify))\n"
        "try:\n    verify.nonsense\nexcept AttributeError as error:\n    print(error)\n"
    )
    said = elsewhere(tmp_path, source).splitlines()
    assert said == ["True InputError", "set() True", "module 'verify' has no attribute 'nonsense'"]


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("exit", "called sys.exit"),
        ("raise", "raised ZeroDivisionError"),
        ("change", "changed: edges.W"),
        ("remember", "state kept between calls"),
        ("number", "returned a int"),
    ],
)
def test_what_a_function_does_is_a_finding(does: str, said: str) -> None:
    calls: list[int] = []

    def mine(parameters: Any, images: Any, labels: Any) -> Any:
        calls.append(1)
        if does == "exit":
            sys.exit(0)
        if does == "number":
            return 4
        tensors = right(parameters, images, labels)
        if does == "change":
            parameters["edges.W"] *= 2
        if does == "remember":
            tensors["edges.dW"] = tensors["edges.dW"] * len(calls)
        return {**tensors, "scores.dW": tensors["scores.dW"] / (does != "raise" or 1 // 0)}

    report = verify.check(mine, **QUICK)
    assert not report.passed and said in " ".join(report.causes), report.causes


def test_what_changes_afterwards_was_copied() -> None:
    kept: list[dict[str, Any]] = []

    def late(parameters: Any, images: Any, labels: Any) -> Any:
        for tensors in kept:
            for value in tensors.values():
                value[...] = 0
        kept.append({k: np.array(v) for k, v in right(parameters, images, labels).items()})
        return kept[-1]

    assert verify.check(late, **QUICK).passed


def test_whoever_waits_may_interrupt() -> None:
    def slow(parameters: Any, images: Any, labels: Any) -> Any:
        raise KeyboardInterrupt

    before = state()
    with pytest.raises(KeyboardInterrupt):
        verify.check(slow, **QUICK)
    assert state() == before
