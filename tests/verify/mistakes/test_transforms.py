"""A convolution by a transform is said to be one where it has the error of one; what was computed
in one precision and stored in another is said to be that."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verify.mistakes.said import drawn, of, said
from tests.verify.mistakes.transforms import fft, winograd
from verify.judge.judge import Judge
from verify.mistakes.diagnosis import explain


@pytest.mark.parametrize("layer", ["C1", "C3"])
@pytest.mark.parametrize("transform", [fft, winograd])
def test_a_transform_convolves(layer: str, transform: object) -> None:
    assert callable(transform)
    _, t = drawn("modern")
    z = transform(t[f"{layer}.x"], t[f"{layer}.W"], t[f"{layer}.b"])
    assert np.allclose(z, t[f"{layer}.z"], rtol=0, atol=1e-12)


def test_a_fourier_transform_is_told_by_its_error_in_the_background() -> None:
    case, t = drawn("modern")
    found = said(case, t, "C1.z", fft(t["C1.x"], t["C1.W"], t["C1.b"]))
    assert found.name == "cancellation" and "FFT" in found.text


@pytest.mark.parametrize("regime", ["digits", "signed"])
@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_what_a_transform_leaves_within_the_bound_is_given_no_other_cause(
    variant: str, regime: str
) -> None:
    case, t = drawn(variant, regime=regime)
    for layer in ("C1", "C3"):
        z = winograd(t[f"{layer}.x"], t[f"{layer}.W"], t[f"{layer}.b"])
        assert said(case, t, f"{layer}.z", z).name in ("unexplained", "cancellation")


def test_a_transform_with_a_wrong_kernel_is_no_transform() -> None:
    case, t = drawn("modern")
    wrong = fft(t["C1.x"], t["C1.W"] * (1 + 1e-9), t["C1.b"])
    assert said(case, t, "C1.z", wrong).name != "cancellation"


@pytest.mark.parametrize("tensor", ["C1.z", "C3.dW", "C5.dx", "F6.z", "loss.dx"])
def test_what_was_computed_in_float64_and_stored_in_float32_is_said_to_be_stored(
    tensor: str,
) -> None:
    found = of(tensor, lambda a: a.astype(np.float32))
    assert found.name == "lower-precision" and found.text.endswith("float32: stored in it")


def test_a_trace_stored_in_float32_is_named_as_that_or_not_at_all() -> None:
    case, t = drawn("modern")
    stored = {k: v.astype(np.float32).astype(v.dtype) for k, v in t.items()}
    judge = Judge(case, stored, with_truth=False)
    named = {f.cause.name for f in explain(judge, judge.findings(False)) if f.cause}
    assert "lower-precision" in named and named <= {"lower-precision", "follows-from-da"}
