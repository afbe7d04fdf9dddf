"""What students hand in: parameter gradients, and little else.

A bound that is wider than what it bounds acquits nobody: C1.db of digits had 35 times its size for
an allowance, and its sign, ten times it, zero and 1/784 of it passed with exit status 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref.layers import max_pool
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.findings import Finding
from verify.judge.kinks import KINK_FREE, contested, kink_free
from verify.judge.reasons import Blunt
from verify.pipeline.judging import judge_dump
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]
CASES = [("digits", 3), ("zero-bias", 5), ("ties", 3), (KINK_FREE, 3)]
GRADIENTS = [f"{layer}.d{s}" for layer in ("C1", "C3", "C5", "F6", "F7") for s in "Wb"]


@cache
def drawn(regime: str, n: int, tier: str = "float64") -> tuple[Case, Arrays]:
    case = replace(kink_free(Job("modern", regime, tier, n)).case(), upstream=None)
    return case, alone(reference(case))


def alone(trace: Any) -> Arrays:
    """The parameter gradients and the loss."""
    return {k: v for k, v in trace.items() if k in GRADIENTS or k == "loss.data"}


def judged(case: Case, arrays: Arrays, require: str = "nothing") -> dict[str, Finding]:
    return {f.step.tensor: f for f in judge_dump(case, arrays, None, require, False)}


@pytest.mark.parametrize(("regime", "n"), CASES)
def test_right_gradients_are_verified_to_the_last_element(regime: str, n: int) -> None:
    case, right = drawn(regime, n)
    found = judged(case, right, "gradients")
    assert {found[name].verdict for name in right} == {"pass"}
    assert all(found[name].verified == right[name].size for name in right)


CHANGES: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "sign": np.negative,
    "ten times": lambda g: g * 10,
    "zero": np.zeros_like,
    "averaged": lambda g: g / 784,
    "sign of every third": lambda g: g * np.where(np.arange(g.size).reshape(g.shape) % 3, 1, -1),
    "sign of the largest": lambda g: g * np.where(np.abs(g) == np.abs(g).max(), -1, 1),
    "one of a hundred lost": lambda g: g * (np.arange(g.size).reshape(g.shape) % 100 > 0),
    "one per cent": lambda g: g * 1.01,
}


@pytest.mark.parametrize("change", list(CHANGES))
@pytest.mark.parametrize(("regime", "n"), CASES)
def test_no_gradient_passes_that_is_wrong_by_its_size(regime: str, n: int, change: str) -> None:
    case, right = drawn(regime, n)
    wrong = {name: CHANGES[change](right[name]) for name in GRADIENTS}
    found = judged(case, right | wrong)
    moved = [name for name in GRADIENTS if not np.array_equal(wrong[name], right[name])]
    assert [name for name in moved if found[name].verdict == "pass"] == []


@pytest.mark.parametrize("regime", ["digits", "zero-bias", "ties"])
def test_the_gradient_given_to_every_tie_fails(
    regime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Erratum S25 passed the documented exam."""

    def every(dz: Any, argmax: Any, size: int) -> Any:
        return dz[:, None] * ties[len(argmax)]

    case, right = drawn(regime, 5)
    ties: dict[int, Any] = {}
    position = max_pool.position_of_maximum

    def remembered(a: Any) -> Any:
        ties[len(a)] = a == a.max(axis=1, keepdims=True)
        return position(a)

    monkeypatch.setattr(max_pool, "position_of_maximum", remembered)
    monkeypatch.setattr(max_pool, "window_gradient", every)
    wrong = alone(reference(case))
    found = judged(case, wrong)
    off = [n for n in right if np.abs(wrong[n] - right[n]).max() > 1e-6 * np.abs(right[n]).max()]
    assert off or regime == "zero-bias", "all its ties are of units that are off"
    assert {found[name].verdict for name in off} <= {"fail"}
    assert {f.verdict for name, f in found.items() if name in right and name not in off} == {"pass"}


def test_the_last_of_tied_maxima_on_the_background_changes_no_sum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every window of one background has entries of one origin: whichever is taken, the gradients
    of the parameters are the same, and they are judged as sharply."""

    def last(a: Any) -> Any:
        return a.shape[1] - 1 - a[:, ::-1].argmax(axis=1)

    case, _ = drawn("digits", 3)
    images = np.zeros_like(case.images)
    images[:, :, 20:28, 20:28] = case.images[:, :, 12:20, 12:20]
    case = replace(case, images=images)
    monkeypatch.setattr(max_pool, "position_of_maximum", last)
    other = alone(reference(case))
    monkeypatch.undo()
    assert contested(case) > 100
    found = judged(case, other, "gradients")
    assert [name for name in other if found[name].verdict != "pass"] == []
    wrong = judged(case, other | {"C1.db": other["C1.db"] * 1.01})
    assert [f.step.tensor for f in wrong.values() if f.failed] == ["C1.db"]


def test_what_is_not_verified_says_so_acquits_nobody_and_fails_what_is_required() -> None:
    """Images of one value each but for noise at the last digit: any entry may be the largest."""
    case, _ = drawn("digits", 3)
    rng = np.random.default_rng(0)
    images = 0.5 + rng.integers(-1, 2, size=case.images.shape) * 2.0**-53
    case = replace(case, images=images)
    trace = alone(reference(case))
    found = judged(case, trace)
    blunt = {name for name in trace if found[name].verdict == "unverified"}
    assert "C1.dW" in blunt and "F7.dW" not in blunt
    assert isinstance(found["C1.dW"].reason, Blunt)
    assert not any(f.failed for f in found.values())
    assert {n for n, f in judged(case, trace, "gradients").items() if f.failed} == blunt - {
        "loss.data"
    }


@pytest.mark.parametrize("tier", ["float64", "float32"])
def test_an_image_that_is_classified_for_certain_fails_nobody(tier: str) -> None:
    """Its loss and every gradient are exactly zero: 41 rows of the reference were mistrusted.  They
    prove nothing, fail what is required, and a gradient that is not zero is still a mistake."""
    case = replace(Job("modern", "saturated", tier, 1, 6).case(), upstream=None)
    trace = dict(reference(case))
    assert not trace["loss.dx"].any()
    for given in (trace, alone(trace)):
        found = judged(case, given)
        assert not any(f.failed for f in found.values())
        assert found["C3.db"].verdict == "unverified"
        assert judged(case, given, "gradients")["C3.db"].failed
        wrong = judged(case, given | {"C3.db": given["C3.db"] + given["C3.db"].dtype.type(1e-3)})
        assert [name for name, f in wrong.items() if f.failed] == ["C3.db"]


@pytest.mark.parametrize("tier", ["float64", "float32"])
@pytest.mark.parametrize("n", [1, 3, 7])
def test_a_kink_free_case_has_no_contested_unit(tier: str, n: int) -> None:
    job = kink_free(Job("modern", KINK_FREE, tier, n))
    assert contested(replace(job.case(), upstream=None)) == 0
    assert kink_free(job) == job, "the seed it found is its own first"


def test_contested_units_are_counted() -> None:
    """A bias that brings one unit of C1 to the middle of its own uncertainty."""
    case, _ = drawn(KINK_FREE, 3)
    z = reference(case)["C1.z"]
    moved = case.parameters["C1.b"].copy()
    moved[2] -= z[1, 2, 5, 6]
    near = replace(case, parameters={**case.parameters, "C1.b": moved})
    assert contested(near) == 1
    moved[2] += 1e-9
    assert contested(replace(near, parameters={**case.parameters, "C1.b": moved})) == 0
