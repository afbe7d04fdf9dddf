"""What many findings have in common, and what is without consequence."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verify.judge.gaps import drawn, judged, only
from verify.judge.conclude.common import (
    CommonFactor,
    Meaning,
    common_dtype,
    common_factor,
    without_consequence,
)
from verify.judge.conclude.conclusions import Conclusions, conclude
from verify.report import conclusions
from verify.report.conclusions import common, notes


@pytest.mark.parametrize("tier", ["float64", "float32"])
@pytest.mark.parametrize(("factor", "words"), [(5.0, "N = 5"), (0.5, "1/2"), (3.7, "3.7")])
def test_one_factor_is_one_cause(factor: float, words: str, tier: str) -> None:
    trace = {
        k: v * np.array(factor, v.dtype) for k, v in only("modern", ("dW", "db"), tier).items()
    }
    cause = common_factor(judged(trace, tier=tier))
    assert cause is not None
    assert words in common(cause)


def test_different_factors_are_not_one_cause() -> None:
    trace = only("modern", ("dW", "db"))
    mixed = {k: v * (2.0 if k.endswith("W") else 3.0) for k, v in trace.items()}
    assert common_factor(judged(mixed)) is None
    assert common_factor(judged(trace)) is None


def test_ties_split_under_a_dead_relu_are_without_consequence() -> None:
    trace = dict(drawn("modern")[1])
    a, da = trace["S2.a"], trace["S2.da"].copy()
    dead = (a == 0).all(axis=1)
    da[dead] = da[dead].sum(axis=1, keepdims=True) / 4
    trace["S2.da"] = da
    guilty = [f.step.tensor for f in judged(trace) if f.guilty]
    assert guilty == ["S2.da"]
    assert [f.step.tensor for f in without_consequence(judged(trace))] == ["S2.da"]


def test_a_real_mistake_is_not_called_harmless() -> None:
    trace = dict(drawn("modern")[1])
    wrong = {**trace, "C3.dx": trace["C3.dx"] * 2, "S2.dy": trace["S2.dy"] * 2}
    wrong |= {"C1.dW": trace["C1.dW"] * 2, "C1.db": trace["C1.db"] * 2}
    findings = judged(wrong)
    assert "C3.dx" in [f.step.tensor for f in findings if f.guilty]
    assert "C3.dx" not in [f.step.tensor for f in without_consequence(findings)]


def test_a_factor_of_one_is_no_cause() -> None:
    """Gradients wrong in single elements: each fits the reference times 1, up to its mistake."""
    trace = only("modern", ("dW", "db"))
    for name in trace:
        trace[name] = trace[name].copy()
        trace[name].flat[0] += 1e-9 * np.abs(trace[name]).max()
    findings = judged(trace)
    assert len([f for f in findings if f.verdict == "fail"]) >= 3
    assert common_factor(findings) is None


@pytest.mark.parametrize(("factor", "text"), [
    (5.0, "N = 5: the loss is summed"), (0.2, "1/N = 1/5: 1/N is applied twice"),
    (0.5, "1/2: a factor 2 is lost"), (2.0, "2: a factor 1/2 is lost"), (-1.0, "-1: the sign"),
    (0.25, "0.25"),
])  # fmt: skip
def test_a_factor_in_words(factor: float, text: str) -> None:
    trace = {k: v * factor for k, v in only("modern", ("dW", "db")).items()}
    cause = common_factor(judged(trace))
    assert cause is not None and f"equals the reference x {text}" in common(cause)


@pytest.mark.parametrize(("rows", "told"), [(2, False), (3, True)])
def test_three_rows_make_a_common_factor(rows: int, told: bool) -> None:
    trace = only("modern", ("dW",))
    wrong = {k: v * 7 if i < rows else v for i, (k, v) in enumerate(sorted(trace.items()))}
    cause = common_factor(judged(wrong))
    assert (cause is not None) == told
    assert cause is None or common(cause).startswith("every wrong gradient")


@pytest.mark.parametrize(("rows", "told"), [(2, False), (3, True)])
@pytest.mark.parametrize(("theirs", "advice"), [(np.float32, "--tier float32"), (np.float16, "")])
def test_three_rows_make_a_common_dtype(rows: int, told: bool, theirs: type, advice: str) -> None:
    trace = {k: v.astype(theirs) for k, v in sorted(only("modern", ("dW",)).items())[:rows]}
    cause = common_dtype(judged(trace))
    assert (cause is not None) == told
    if cause:
        said = common(cause)
        assert said.startswith(f"{np.dtype(theirs)} in place of float64, everywhere")
        assert said.endswith(advice or "everywhere")


@pytest.mark.parametrize(("count", "more"), [(6, ""), (7, " ...")])
def test_six_tensors_of_another_shape_are_named(count: int, more: str) -> None:
    case, trace = drawn("modern")
    names = [k for k in trace if k.endswith((".W", ".b")) and trace[k].ndim < 4][:count]
    findings = judged(trace | {k: trace[k][None] for k in names})
    (line,) = notes(conclude([(case, findings)]))
    assert line.endswith(f": {', '.join(sorted(names[:6], key=list(trace).index))}{more}")


def test_what_is_a_batch_in_all_cases_is_no_number() -> None:
    """1/2 of two images is 1/N where it is 1/N of three; where it is 1/2 of three, it is 1/2."""
    thrice = [CommonFactor(1 / n, Meaning.AVERAGED_TWICE, n, True) for n in (3, 5)]
    of_two = CommonFactor(0.5, Meaning.HALF, 2, True)
    assert conclusions.told(concluded(*thrice, of_two)) == [
        "one cause: every gradient equals the reference x 1/N: 1/N is applied twice"
    ]
    halved = [CommonFactor(0.5, Meaning.HALF, n, True) for n in (3, 2)]
    (text,) = conclusions.told(concluded(*halved))
    assert text.endswith("x 1/2: a factor 2 is lost, or a 1/2 too many")
    (alone,) = conclusions.told(concluded(thrice[0]))
    assert "x 1/N = 1/3" in alone


def concluded(*found: CommonFactor) -> Conclusions:
    return Conclusions(found, None, (), (), (), ())
