"""The diagnosis: named mistakes are named, near misses are not, and noise is unexplained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.findings import Cause
from verify.judge.judge import Judge
from verify.mistakes.diagnosis import diagnose, explain
from verify.mistakes.scale import PLAIN, SQUASH, Factor
from verify.pipeline.judging import judge_dump, judged
from verify.subjects.reference import reference

Array = NDArray[Any]
Change = Callable[[Array], Array]


@cache
def drawn(variant: str, tier: str = "float64") -> tuple[Case, dict[str, Array]]:
    """Three digits and the reference's trace."""
    case = Job(variant, "digits", tier, 3).case()
    return case, dict(reference(case))


def cause(tensor: str, change: Change, variant: str = "modern", tier: str = "float64") -> Cause:
    """What is said of one changed tensor; the name "unexplained" stands for nothing."""
    case, trace = drawn(variant, tier)
    value = trace[tensor].copy()
    changed = np.ascontiguousarray(change(value)).astype(value.dtype)
    judge = Judge(case, trace | {tensor: changed}, with_truth=False)
    step = next(s for s in judge.steps if s.tensor == tensor)
    return diagnose(judge, step) or Cause("unexplained", "")


def swapped(axis: int, i: int, j: int) -> Change:
    """Two slices exchanged."""

    def change(a: Array) -> Array:
        order = np.arange(a.shape[axis])
        order[[i, j]] = j, i
        return np.take(a, order, axis)

    return change


def one(factor: float) -> Change:
    """The largest element alone is changed."""

    def change(a: Array) -> Array:
        a.flat[np.abs(a).argmax()] *= factor
        return a

    return change


def noise(size: float) -> Change:
    """Every element changed by its own amount."""
    return lambda a: a * (1 + size * np.random.default_rng(1).standard_normal(a.shape))


NAMED: tuple[tuple[str, Change, str, str], ...] = (
    ("C3.dW", lambda a: -a, "sign", "wrong sign"),
    ("C1.db", lambda a: a / (3 * 784), "averaged-over-rows", "1/2352"),
    ("C1.db", lambda a: a / 784, "averaged-over-positions", "784 positions"),
    ("C3.db", lambda a: a / 100, "averaged-over-positions", "100 positions"),
    ("F6.dW", lambda a: a * 3, "times-N", "1/N is missing"),
    ("F6.da", lambda a: a / 3, "over-N", "applied twice"),
    ("C5.dW", lambda a: a / 2, "half", "1/2"),
    ("C3.dW", lambda a: a[:, :, ::-1, ::-1], "rotated", "180"),
    ("C3.dx", lambda a: a.swapaxes(2, 3), "transposed-space", "height and width"),
    ("C3.dy", lambda a: a.transpose(0, 1, 3, 2), "transposed-space", "height and width"),
    ("C3.y", swapped(1, 4, 9), "permuted-axis-1", "entries 4, 9 of axis 1"),
    ("C3.dW", swapped(0, 4, 9), "permuted-axis-0", "entries 4, 9 of axis 0"),
    ("F6.db", swapped(0, 0, 83), "permuted-axis-0", "entries 0, 83"),
    ("C3.dW", lambda a: a.astype(np.float32), "lower-precision", "float32"),
    ("C3.dW", lambda a: a * np.nan, "not-finite", "not finite"),
    ("C3.dW", lambda a: a * 0, "zero", "never computed"),
    ("F7.dW", lambda a: a * 1.37, "constant-factor", "1.37"),
)


@pytest.mark.parametrize("tier", ["float64", "float32"])
@pytest.mark.parametrize(("tensor", "change", "name", "words"), NAMED)
def test_what_fits_is_named(tensor: str, change: Change, name: str, words: str, tier: str) -> None:
    if name == "lower-precision" and tier == "float32":
        change, words = (lambda a: a.astype(np.float16)), "float16"
    found = cause(tensor, change, tier=tier)
    assert found.name == name, found.text
    assert words in found.text
    assert found.text.startswith(tensor)


@pytest.mark.parametrize("tensor", ["C1.dW", "C3.db", "S4.da", "C5.z", "F6.dW", "loss.dx"])
@pytest.mark.parametrize("variant", ["modern", "1998"])
@pytest.mark.parametrize("change", [noise(1e-3), noise(1.0), one(1.5), one(-1.0), one(1 + 1e-6)])
def test_what_nothing_explains_is_not_guessed_at(tensor: str, variant: str, change: Change) -> None:
    found = cause(tensor, change, variant)
    assert found.name in ("unexplained", "lower-precision"), found.text


@pytest.mark.parametrize("tensor", ["C1.z", "C3.dW", "F6.z", "S2.dy"])
def test_noise_of_the_size_of_float32_rounding_is_called_that_in_float32_numbers(
    tensor: str,
) -> None:
    """In others it has many origins."""

    def change(a: Array) -> Array:
        return np.asarray(noise(3e-8)(a).astype(np.float32))

    assert cause(tensor, change).name == "lower-precision"
    assert cause(tensor, noise(3e-8)).name == "unexplained"


@pytest.mark.parametrize("tensor", ["C1.z", "C3.dW", "F6.z", "loss.data"])
@pytest.mark.parametrize("size", [1e-11, 1e-5, 0.3])
def test_noise_of_another_size_is_not(tensor: str, size: float) -> None:
    """1e-11, an epsilon in a logarithm, is orders of magnitude below float32's; a third of the
    tensor was "float16 rounding", for the bound times 2^42 is more than any tensor."""
    assert cause(tensor, noise(size)).name not in ("lower-precision", "cancellation")


def test_a_few_roundings_of_the_largest_numbers_are_a_transform_or_cancellation() -> None:
    def change(a: Array) -> Array:
        rng = np.random.default_rng(1)
        return a + rng.uniform(-4, 4, a.shape) * 2.0**-53 * np.abs(a).max()

    assert cause("S2.ds", change, "1998").name == "cancellation"


@pytest.mark.parametrize("tensor", ["C1.db", "C3.dW", "loss.data"])
def test_nothing_is_said_of_the_precision_of_an_inherited_error(tensor: str) -> None:
    """It has passed through other numbers: 11 of 22 mistakes seen in gradients alone were
    "computed in float32"."""
    case = replace(Job("modern", "digits", "float64", 3).case(), upstream=None)
    trace = {k: v for k, v in reference(case).items() if k.split(".")[1] in ("dW", "db", "data")}
    wrong = trace | {tensor: trace[tensor] * (1 + 3e-8 * np.cos(np.arange(trace[tensor].size))
                                              .reshape(trace[tensor].shape))}  # fmt: skip
    found = {f.step.tensor: f for f in judge_dump(case, wrong, None)}
    assert found[tensor].verdict in ("fail", "pass")
    for name in trace:
        said = found[name].cause
        assert said is None or said.name not in ("lower-precision", "cancellation")


def test_who_was_handed_another_dtype_has_no_cause_of_its_own() -> None:
    """Of a dump, looking for one ended in a KeyError."""
    case = Job("modern", "probe-affine", "float64", 3).case()
    wrong = {k: v.astype(np.float32) for k, v in reference(case).items()}
    for found in (judged(case, wrong), judge_dump(case, wrong, None)):
        causes = {f.step.tensor: f.cause for f in found if f.cause}
        assert list(causes) == ["F6.x"] and causes["F6.x"].name == "other-dtype"


def test_half_a_tensor_times_two_is_no_factor() -> None:
    def change(a: Array) -> Array:
        a.flat[::2] *= 2
        return a

    assert cause("C3.dW", change).name == "unexplained"


@pytest.mark.parametrize("relative", [1e-6, -1e-3])
@pytest.mark.parametrize("factor", [*PLAIN, *SQUASH], ids=lambda factor: factor.name)
def test_a_factor_near_a_named_one_is_not_that_one(factor: Factor, relative: float) -> None:
    near = cause("F7.dW", lambda a: a * (factor.value * (1 + relative)))
    assert near.name == "constant-factor", near.text


@pytest.mark.parametrize("positions", [783, 785])
def test_an_average_over_the_wrong_number_of_positions_is_not_called_an_average(
    positions: int,
) -> None:
    assert cause("C1.db", lambda a: a / positions).name == "constant-factor"


def test_a_permutation_with_one_wrong_value_is_none() -> None:
    def change(a: Array) -> Array:
        return one(1.01)(swapped(0, 4, 9)(a))

    assert cause("C3.dW", change).name == "unexplained"


def test_every_failing_row_has_one_cause_or_none() -> None:
    """A row holds a single cause; rows that pass hold none."""
    case, trace = drawn("modern")
    wrong = trace | {"C3.dW": -trace["C3.dW"], "C1.db": trace["C1.db"] / 784}
    judge = Judge(case, wrong, with_truth=False)
    rows = {f.step.tensor: f for f in explain(judge, judge.findings())}
    named = {name: f.cause.name for name, f in rows.items() if f.cause}
    assert named == {"C3.dW": "sign", "C1.db": "averaged-over-positions"}


@pytest.mark.parametrize(
    ("change", "name"),
    [(lambda a: -a, "sign"), (lambda a: a * 0, "zero"), (swapped(0, 4, 9), "permuted-axis-0")],
)
def test_a_mistake_beside_the_regulariser(change: Change, name: str) -> None:
    """The sum of a wrong a^T dz and reg W is no multiple of the right sum."""
    case = Job("modern", "competitive", "float64", 3).case()
    trace = dict(reference(case))
    assert case.arch.loss is not None
    decay = case.arch.loss.reg * case.parameters["C5.W"]
    wrong = change(trace["C5.dW"] - decay) + decay
    judge = Judge(case, trace | {"C5.dW": wrong}, with_truth=False)
    found = diagnose(judge, next(s for s in judge.steps if s.tensor == "C5.dW"))
    assert found is not None and found.name == name
    assert found.text.endswith("before reg W is added")
