"""State checks: a subject that remembers or meddles must fail the check made for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref.activations import logistic, tanh
from lenet_ref.layers import rbf
from lenet_ref.losses import map as map_loss
from verify.cases.case import Case
from verify.cases.plan import Job, probed
from verify.checks.lifecycle import lifecycle, lifecycle_of_probes
from verify.judge.trace import Subject
from verify.subjects.reference import reference

Trace = dict[str, NDArray[Any]]
CASE = Job("modern", "digits", "float64", 3).case()


def failing(subject: Subject, case: Case = CASE) -> list[str]:
    """Names of the checks that fail, without the case."""
    return [c.subject.split(" (")[0] for c in lifecycle(subject, case) if not c.passed]


@pytest.mark.parametrize("variant", ["modern", "1998"])
@pytest.mark.parametrize("regime", ["digits", "signed"])
def test_the_reference_has_no_state(variant: str, regime: str) -> None:
    assert failing(reference, Job(variant, regime, "float64", 3).case()) == []


def meddling(case: Case) -> Trace:
    """Normalises its argument in place."""
    found = {k: np.array(v) for k, v in reference(case).items()}
    case.images[...] = case.images * 1.0 + 1e-3
    return found


def counting() -> Subject:
    """Accumulates a gradient over calls."""
    calls: Iterator[int] = iter(range(1, 100))

    def subject(case: Case) -> Trace:
        found = dict(reference(case))
        found["C3.dW"] = found["C3.dW"] * next(calls)
        return found

    return subject


def buffered() -> Subject:
    """Hands out one buffer again and again."""
    buffer = np.empty(0)

    def subject(case: Case) -> Trace:
        nonlocal buffer
        found = dict(reference(case))
        if buffer.shape != found["C1.dx"].shape:
            buffer = found["C1.dx"]
        buffer[...] = found["C1.dx"]
        return {**found, "C1.dx": buffer}

    return subject


def whole_batch(case: Case) -> Trace:
    """Normalises by a statistic of the batch."""
    found = dict(reference(case))
    return {**found, "F7.y": found["F7.y"] - found["F7.y"].max()}


def first_pattern(case: Case) -> Trace:
    """Uses the first pattern's output for all."""
    found = dict(reference(case))
    return {**found, "C1.y": np.repeat(found["C1.y"][:1], case.batch, axis=0)}


def raising(case: Case) -> Trace:
    """Raises."""
    raise RuntimeError("no")


@pytest.mark.parametrize(
    ("make", "check"),
    [
        (lambda: meddling, "arguments unchanged"),
        (counting, "same call twice"),
        (counting, "another batch in between"),
        (buffered, "earlier results unchanged"),
        (lambda: whole_batch, "batch of N equals N single runs"),
        (lambda: first_pattern, "batch permuted"),
        (lambda: raising, "runs at all"),
    ],
)
def test_each_check_rejects_its_mistake(make: Callable[[], Subject], check: str) -> None:
    assert check in failing(make(), Job("modern", "digits", "float64", 3).case())


def one_buffer(right: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, its results always in the same memory."""
    memory: dict[tuple[int, ...], Any] = {}

    def wrong(*arguments: Any) -> Any:
        result = right(*arguments)
        memory.setdefault(result.shape, result.copy())[...] = result
        return memory[result.shape]

    return wrong


def remembered(right: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, computed once for each shape."""
    memory: dict[tuple[int, ...], Any] = {}

    def wrong(first: Any, *rest: Any) -> Any:
        return memory.setdefault(first.shape, right(first, *rest))

    return wrong


@pytest.mark.parametrize(
    ("module", "name", "change"),
    [
        (map_loss, "gradient", one_buffer),
        (map_loss, "gradient", remembered),
        (rbf, "code_gradient", one_buffer),
        (logistic, "forward", remembered),
        (tanh, "backward", remembered),
    ],
)
def test_state_beyond_the_default_network_is_caught(
    module: Any, name: str, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three digits of each default network see none of these."""
    right = getattr(module, name)
    assert all(check.passed for check in lifecycle_of_probes(reference, probed(("1998",))))
    monkeypatch.setattr(module, name, change(right))
    assert not all(check.passed for check in lifecycle_of_probes(reference, probed(("1998",))))
