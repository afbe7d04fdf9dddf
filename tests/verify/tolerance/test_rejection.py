"""A result outside its bound is rejected, one inside is not; an unusable bound refuses."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.verify.tolerance.settings import PROVED, Setting, setting, with_operation
from verify.expected.step import Step
from verify.judge.compare import Comparison, compare
from verify.judge.reasons import Plain
from verify.tolerance.bound import Bound, gamma

Floats = NDArray[np.float64]


def allowed(s: Setting, step: Step) -> Floats | None:
    """As the judge hands it to the comparator."""
    bound = s.bound(step)
    return None if bound.is_zero else bound.value(s.dtype).numpy()


def places(reference: Floats) -> list[tuple[int, ...]]:
    """First and last element, the largest and the smallest."""
    size = np.abs(reference)
    flat = (0, reference.size - 1, int(size.argmax()), int(size.argmin()))
    return [tuple(int(i) for i in np.unravel_index(k, reference.shape)) for k in flat]


def moved(s: Setting, step: Step, place: tuple[int, ...], multiple: float) -> Comparison:
    """Compare after one element was moved by a multiple of its bound (of the smallest normal
    float32 where the bound is zero), in float64."""
    reference = s.sides(step)["oracle"].astype("float64")
    bound = allowed(s, step)
    step_size = 0.0 if bound is None else float(bound[place])
    subject = reference.copy()
    subject[place] += multiple * step_size if step_size else multiple * 2.0**-126
    if subject[place] == reference[place]:
        subject[place] = np.nextafter(reference[place], np.inf)
    return compare(subject, reference, bound)


@pytest.mark.parametrize("op", PROVED)
def test_altered_results_are_rejected(op: str) -> None:
    for name in with_operation(op):
        s = setting(name, "benign", "float32")
        for step in s.steps(op):
            for place in places(s.sides(step)["oracle"].astype("float64")):
                for multiple in (1.001, -1.001):
                    found = moved(s, step, place, multiple)
                    assert not found.passed, (step.tensor, place)
                    assert (found.failing, found.index) == (1, place)


@pytest.mark.parametrize("op", PROVED)
def test_both_sides_agree_and_may_stray_within_the_bound(op: str) -> None:
    for name in with_operation(op):
        s = setting(name, "benign", "float32")
        for step in s.steps(op):
            sides, bound = s.sides(step), allowed(s, step)
            assert compare(sides["lenet_ref"], sides["oracle"], bound).passed
            reference = sides["oracle"].astype("float64")
            for place in places(reference):
                if bound is not None and bound[place] > 0:
                    assert moved(s, step, place, 0.99).passed, (step.tensor, place)


def bound_of(n: int, magnitude: float, propagated: float | None = None) -> Bound:
    """On a tensor of three equal magnitudes."""
    M = torch.full((3,), magnitude, dtype=torch.float64)
    return Bound("sum", n, M, None if propagated is None else torch.full_like(M, propagated))


ONES = np.ones(3)


@pytest.mark.parametrize(
    ("bound", "dtype", "why"),
    [
        (bound_of(2048, 1.0), "float16", Plain.BOUND_NOT_FINITE),
        (bound_of(4, float("nan")), "float32", Plain.BOUND_NOT_FINITE),
        (bound_of(4, float("inf")), "float32", Plain.BOUND_NOT_FINITE),
        (bound_of(0, 1.0, float("inf")), "float32", Plain.BOUND_NOT_FINITE),
        (bound_of(4, 1.0, -1.0), "float32", Plain.BOUND_NEGATIVE),
    ],
)
def test_unusable_bounds_refuse_even_equal_tensors(bound: Bound, dtype: str, why: Plain) -> None:
    found = compare(ONES, ONES, bound.value(dtype).numpy())
    assert (found.usable, found.why) == (False, why)


def test_a_nan_bound_passes_nothing_and_shows_nothing_wrong() -> None:
    found = compare(ONES, ONES, bound_of(4, float("nan")).value("float32").numpy())
    assert (found.passed, found.usable, found.failing) == (False, False, 0)


@pytest.mark.parametrize("bound", [bound_of(4, 2.0**22), bound_of(4, 1.0, 1.5)])
def test_a_bound_beyond_every_element_verifies_none(bound: Bound) -> None:
    found = compare(ONES, ONES, bound.value("float32").numpy())
    assert (found.passed, found.verified, found.elements) == (True, 0, 3)


def test_bounds_one_step_from_unusable_do_judge() -> None:
    assert compare(ONES, ONES, bound_of(4, 2.0**20).value("float32").numpy()).verified == 3
    assert gamma(2047, 2.0**-11) == 2047
    assert gamma(2048, 2.0**-11) == float("inf")


def test_a_change_beyond_the_floor_is_certain_to_fail_wherever_it_is() -> None:
    rng = np.random.default_rng(3)
    reference = rng.uniform(1, 2, size=50)
    bound = rng.uniform(0.5, 1.0, size=50) * 1e-6
    subject = reference + rng.uniform(-1, 1, size=50) * bound
    floor = compare(subject, reference, bound).floor
    floors = (np.abs(subject - reference) + bound) / reference
    assert floor == floors.max()
    for place in range(50):
        one = (np.arange(50) == place) * 1.001 * floor * reference
        for sign in (1, -1):
            assert not compare(subject + sign * one, reference, bound).passed
    place = floors.argmax()
    away = (np.arange(50) == place) * np.sign(reference - subject) * floor * reference
    assert compare(subject + 0.999 * away, reference, bound).passed
