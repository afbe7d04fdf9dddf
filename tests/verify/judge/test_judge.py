"""The judge: what it must accept, what it must reject, and whom it must blame."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref.layers import affine, convolution
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.expected.steps import steps
from verify.judge.findings import Finding
from verify.judge.judge import Judge
from verify.judge.reasons import OtherDtype
from verify.pipeline.judging import OWN, Terms, judged
from verify.pipeline.run import Settings, judge_job
from verify.subjects.reference import reference

Trace = dict[str, NDArray[Any]]
CASES = {
    "modern": Job("modern", "competitive", "float64", 2),
    "1998": Job("1998", "competitive", "float64", 2),
}
VERDICTS = Terms(truth=False, causes=False)
GUILT = replace(OWN, causes=False)


@cache
def drawn(variant: str) -> tuple[Case, Trace]:
    """A case and the reference's trace of it, shared by the tests, never changed."""
    case = CASES[variant].case()
    return case, dict(reference(case))


@cache
def found(variant: str) -> dict[str, Finding]:
    """Findings of the untouched reference."""
    case, trace = drawn(variant)
    return {f.step.tensor: f for f in judged(case, trace)}


def changed(
    variant: str, tensor: str, change: Callable[[Any], Any], only: Iterable[str] | None = None
) -> dict[str, Finding]:
    """Own errors (of some tensors) after one tensor of the trace was changed."""
    case, trace = drawn(variant)
    spoiled = {**trace, tensor: change(trace[tensor].copy())}
    terms = replace(GUILT, only=None if only is None else frozenset(only))
    return {f.step.tensor: f for f in judged(case, spoiled, terms)}


def blamed(findings: dict[str, Finding]) -> list[str]:
    """Tensors with an own error, in order of computation."""
    return [name for name, f in findings.items() if f.guilty]


TENSORS = [
    (variant, step.tensor) for variant, job in CASES.items() for step in steps(job.case().arch)
]
FORWARD = ("x", "a", "s", "z", "y", "probs", "data", "total", "W", "b")


@pytest.mark.parametrize(("variant", "tensor"), TENSORS)
def test_reference_passes(variant: str, tensor: str) -> None:
    finding = found(variant)[tensor]
    assert finding.verdict == "pass", finding.reason


@pytest.mark.parametrize(("variant", "tensor"), TENSORS)
def test_own_error_in_float64_is_a_few_roundings(variant: str, tensor: str) -> None:
    comparison = found(variant)[tensor].own.comparison
    assert comparison is not None
    assert comparison.error <= 1e-13 * max(comparison.scale, 1e-300)


def smallest(tensor: str) -> float:
    """1e-11 in any forward tensor, 2.9e-6 in any gradient."""
    return 1e-11 if tensor.split(".")[1] in FORWARD else 2.9e-6


@pytest.mark.parametrize(("variant", "tensor"), TENSORS)
def test_smallest_uniform_error_is_caught_and_placed(variant: str, tensor: str) -> None:
    def scale(value: Any) -> Any:
        return value + 1 if tensor.endswith("argmax") else value * (1 + smallest(tensor))

    names = [name for v, name in TENSORS if v == variant]
    so_far = names[: names.index(tensor) + 1]  # what is computed later is expected to be wrong
    assert blamed(changed(variant, tensor, scale, so_far)) == [tensor]


OF_A_KIND = {
    (variant, step.op): step.tensor
    for variant, job in CASES.items()
    for step in reversed(steps(job.case().arch))
}
"""The first tensor of each operation."""


@pytest.mark.parametrize(("variant", "tensor"), TENSORS)
def test_missing_tensor_fails(variant: str, tensor: str) -> None:
    """Inherited errors do not ask which layer: one tensor of each operation tells."""
    case, trace = drawn(variant)
    rest = {name: value for name, value in trace.items() if name != tensor}
    terms = VERDICTS if tensor in OF_A_KIND.values() else GUILT
    findings = {f.step.tensor: f for f in judged(case, rest, terms)}
    assert findings[tensor].verdict == "missing"
    assert [name for name, f in findings.items() if f.failed] == [tensor]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("tensor", ["C3.dW", "C1.db", "F7.y", "loss.data"])
def test_one_value_that_is_not_finite_fails_its_row(tensor: str, value: float) -> None:
    def spoil(array: Any) -> Any:
        array.reshape(-1)[-1:] = value
        return array

    findings = changed("modern", tensor, spoil)
    assert findings[tensor].own.verdict == "fail"
    assert blamed(findings)[0] == tensor


@pytest.mark.parametrize("tensor", ["C3.dW", "F6.z", "loss.data", "C1.x"])
def test_dtype_drift_fails(tensor: str) -> None:
    findings = changed("1998", tensor, lambda array: array.astype(np.float32))
    assert findings[tensor].own.verdict == "fail"
    assert findings[tensor].reason == OtherDtype("float32", "float64")


@pytest.mark.parametrize("tensor", ["C3.db", "F6.z", "loss.data"])
def test_wrong_shape_fails_and_nothing_else_suffers(tensor: str) -> None:
    findings = changed("1998", tensor, lambda array: np.stack([array, array]))
    assert findings[tensor].own.verdict == "fail"
    assert blamed(findings) == [tensor]


def test_an_error_upstream_is_inherited_not_own() -> None:
    """A wrong C3.z that the rest of the network honestly uses: only C3 is guilty."""
    case, _ = drawn("modern")
    right = convolution.pre_activation

    def wrong(a: Any, W: Any, b: Any) -> Any:
        z = right(a, W, b)
        return z * 1.001 if W.shape[1] == 16 else z

    convolution.pre_activation = wrong
    try:
        findings = {f.step.tensor: f for f in judged(case, reference(case), VERDICTS)}
    finally:
        convolution.pre_activation = right
    assert blamed(findings) == ["C3.z"]
    assert findings["F7.y"].own.verdict == "pass"
    assert findings["F7.y"].inherited.verdict == "fail"
    assert findings["C1.z"].verdict == "pass"


def test_a_constant_upstream_gradient_is_mistrusted() -> None:
    case = Job("modern", "signed", "float64", 2).case()
    ones = replace(case, upstream=np.ones((2, 10)))
    assert not any(f.failed for f in judged(case, reference(case), VERDICTS))
    rows = {f.step.tensor: f for f in judged(ones, reference(ones), VERDICTS)}
    assert rows["F7.dy"].verdict == "mistrusted"


def test_relu_without_a_negative_input_is_mistrusted() -> None:
    case = Job("modern", "digits", "float64", 2).case()
    positive = {k: np.abs(v) for k, v in case.parameters.items()}
    tame = replace(case, parameters=positive)
    rows = {f.step.tensor: f for f in judged(tame, reference(tame), VERDICTS)}
    assert rows["C1.y"].verdict == "mistrusted"


def test_a_tie_regime_without_ties_is_mistrusted() -> None:
    tied = Job("modern", "zero-bias", "float64", 2).case()
    rng = np.random.default_rng(0)
    lifted = {**tied.parameters, "C1.b": np.full(6, 100.0)}  # every ReLU open: no zeros to tie
    untied = replace(tied, images=rng.standard_normal(tied.images.shape), parameters=lifted)
    good = {f.step.tensor: f for f in judged(tied, reference(tied), VERDICTS)}
    bad = {f.step.tensor: f for f in judged(untied, reference(untied), VERDICTS)}
    assert good["S2.argmax"].verdict == "pass"
    assert bad["S2.argmax"].verdict == "mistrusted"


def test_views_with_negative_strides_are_judged() -> None:
    """A reversed axis of length 1 counts as contiguous and keeps its negative stride."""
    case, trace = drawn("modern")
    odd = {k: v[::-1].copy()[::-1] if v.ndim else v for k, v in trace.items()}
    odd["C1.W"] = trace["C1.W"][:, ::-1]
    assert [f.step.tensor for f in judged(case, odd) if f.failed] == []


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_a_judge_is_gone_when_done(variant: str, dtype: str) -> None:
    """Objects in a cycle keep hundreds of megabytes until the collector comes by."""
    case = Job(variant, "digits", dtype, 2).case()
    gc.collect()
    gc.disable()
    try:
        asked = Judge(case, reference(case))
        drift = asked.inherited_errors()
        asked.findings()
        parts = (asked, asked.own, asked.free, asked._known, drift)
        left = [weakref.ref(part) for part in parts]
        del asked, drift, parts
        assert [ref() for ref in left] == [None] * len(left)
    finally:
        gc.enable()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_job_leaves_nothing_to_the_collector(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody calls it after a case, so memory must not wait for it; with causes sought, too."""
    monkeypatch.setattr(affine, "bias_gradient", lambda dz: dz.mean(axis=0))
    job = Job("modern", "digits", dtype, 2)
    judge_job(job, Settings())
    gc.collect()
    gc.disable()
    try:
        assert any(f.cause for f in judge_job(job, Settings()))
        assert gc.collect() == 0
    finally:
        gc.enable()
