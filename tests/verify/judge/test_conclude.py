"""Conclusions over a trace with gaps."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verify.judge.gaps import drawn, judged, only
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.checks.outcome import concluded
from verify.judge.conclude.span import span, suspects
from verify.judge.findings import Finding
from verify.judge.judge import Judge
from verify.judge.verdict import Verdict
from verify.report.reasons import either
from verify.report.submission import causes, grade, lines
from verify.subjects.reference import reference


@pytest.mark.parametrize("tier", ["float64", "float32"])
@pytest.mark.parametrize("variant", ["modern", "1998"])
@pytest.mark.parametrize(
    "symbols", [("dW", "db"), ("y",), ("z",), ("y", "dy"), ("x", "z"), ("data",)]
)
def test_any_subset_of_a_right_trace_passes(
    variant: str, tier: str, symbols: tuple[str, ...]
) -> None:
    trace = only(variant, symbols, tier)
    findings = judged(trace, variant, tier)
    blunt = {"unverified"} if tier == "float32" else set()
    assert {"pass", "absent"} <= {f.verdict for f in findings} <= {"pass", "absent"} | blunt
    compared = [f for f in findings if f.verdict is not Verdict.ABSENT]
    assert {f.step.tensor for f in compared} == set(trace)
    assert span(findings) is None


def test_own_error_needs_only_the_layers_inputs() -> None:
    trace = drawn("modern")[1]
    findings = judged({k: trace[k] for k in ("C3.x", "C3.W", "C3.z")})
    own = {f.step.tensor: f.own.verdict for f in findings if f.verdict != "absent"}
    assert own["C3.z"] == "pass"


def test_the_span_of_a_wrong_gradient() -> None:
    """Every weight gradient below F6 is wrong, no bias gradient: each may be wrong itself, or F6
    hand down the patterns in another order, which sums over patterns do not see."""
    trace = only("1998", ("dW", "db"))
    for name in ("C5.dW", "S4.dW", "C3.dW", "S2.dW", "C1.dW"):
        trace[name] = trace[name] * np.linspace(0.9, 1.1, trace[name].size).reshape(
            trace[name].shape
        )
    found = span(judged(trace, "1998"))
    assert found is not None
    assert (found.good, found.wrong) == ("F6.db", "C5.dW")
    assert found.layers == ("F6", "C5")
    trace["S4.dW"] = only("1998", ("dW",))["S4.dW"]  # right: what it is made of is right
    again = span(judged(trace, "1998"))
    assert again is not None
    assert (again.wrong, again.layers) == ("C5.dW", ("C5",))


SPOILT = {
    "broad": ("C5.dW", "S4.dW", "C3.dW", "S2.dW", "C1.dW"),
    "narrow": ("C5.dW", "C3.dW", "S2.dW", "C1.dW"),
    "apart": ("F7.y",),
}


def spoilt(name: str) -> tuple[Case, list[Finding]]:
    """Parameter gradients and what F7 makes, some of it wrong."""
    trace = only("1998", ("dW", "db"))
    trace["F7.y"] = only("1998", ("y",))["F7.y"]
    for tensor in SPOILT[name]:
        value = trace[tensor]
        trace[tensor] = value * np.linspace(0.9, 1.1, value.size).reshape(value.shape)
    return drawn("1998")[0], judged(trace, "1998")


def test_spans_that_share_no_layer_hold_a_mistake_each() -> None:
    """A loss that overflowed in one case and a gradient in another were "F6, C5 or loss"."""
    broad, narrow, apart = map(spoilt, SPOILT)
    found = concluded([broad, apart, narrow]).apart
    assert found[0] == ("F6", "C5") and len(found) == 2 and not {*found[1]} & {"F6", "C5"}
    assert concluded([apart, narrow, broad]).apart == (found[1], ("C5", "F6"))
    both = concluded([broad, apart])
    assert both.guilty == () and both.suspects == (*found[0], *found[1])
    assert f"F6 or C5, and {either(found[1])}" in "\n".join(lines(both, None, "again"))
    told = [*lines(both, None, "again")]
    assert "  to tell which: hand in F6.dx, too" in told
    assert any(line.startswith(f"  also {either(found[1])}: ") for line in told)
    assert not any("to tell which" in line for line in lines(concluded([narrow]), None, "again"))
    assert causes(concluded([broad]))[0].startswith("C5.dW: unexplained")
    assert grade(both)["suspects"] == f"F6 C5; {' '.join(found[1])}"
    assert concluded([narrow]).guilty == ("C5",)


def test_a_span_over_unsupplied_layers() -> None:
    trace = only("1998", ("y",))
    wrong = {k: trace[k] for k in ("C1.y", "F6.y")}
    wrong["F6.y"] = wrong["F6.y"] + 1e-3
    found = span(judged(wrong, "1998"))
    assert found is not None
    assert (found.good, found.wrong) == ("C1.y", "F6.y")
    assert found.layers == ("S2", "C3", "S4", "C5", "F6")


@pytest.mark.parametrize(
    ("variant", "names"),
    [
        ("modern", ("S2.y", "C3.dz", "C3.dx", "C3.dW")),
        ("1998", ("S2.y", "C3.dz", "C3.dx", "C3.dW")),
        ("1998", ("S2.x", "S2.dz", "S2.ds", "S2.dW")),
        ("modern", ("C5.y", "F6.dz", "F6.dx", "F6.dW")),
        ("modern", ("F6.y", "F7.dz", "F7.da", "F7.dW")),
    ],
)
def test_a_gradient_at_weights_whose_input_is_computed(
    variant: str, names: tuple[str, ...]
) -> None:
    """dx needs no x: zeros stood in for it, and for dW as well, which was then disputed."""
    trace = drawn(variant)[1]
    findings = judged({name: trace[name] for name in names}, variant)
    assert {f.step.tensor: f.verdict for f in findings if f.failed} == {}


@pytest.mark.parametrize("pool", ["S2", "S4"])
def test_a_gradient_in_another_corner_is_not_the_next_layers(pool: str) -> None:
    """A pooling that puts dy into another element of its window keeps every sum over places: the
    bias gradient of the layer before it is right, the weight gradient is wrong, and dz may be."""
    before, after = {"S2": ("C1", "C3"), "S4": ("C3", "C5")}[pool]
    trace = only("modern", ("dW", "db"))
    rng = np.random.default_rng(0)
    for name in (f"{before}.dW", "C1.dW"):
        trace[name] = rng.permutation(trace[name].ravel()).reshape(trace[name].shape)
    found = span(judged(trace))
    assert found is not None
    assert (found.wrong, set(found.layers)) == (f"{before}.dW", {before, pool, after})


def test_what_is_right_further_back_clears() -> None:
    """C1's gradients come from C3.dz: where both are right, C3.dW alone is wrong."""
    trace = only("modern", ("dW", "db"))
    trace["C3.dW"] = trace["C3.dW"] * np.linspace(0.9, 1.1, 2400).reshape(16, 6, 5, 5)
    found = span(judged(trace))
    assert found is not None and found.layers == ("C3",)


def test_a_sum_over_the_batch_alone_clears() -> None:
    """C5, F6 and F7 have one place: their bias gradients are sums of dz over images only."""
    trace = only("modern", ("dW", "db"))
    trace["F6.dW"] = trace["F6.dW"] * np.linspace(0.9, 1.1, 84)[:, None]
    found = span(judged(trace))
    assert found is not None and found.layers == ("F6",)


@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_every_wrong_weight_gradient_has_a_span(variant: str) -> None:
    """Of every layer, those without a dz or a bias among them."""
    for name in only(variant, ("dW",)):
        trace = only(variant, ("dW", "db"))
        noise = np.random.default_rng(0).standard_normal(trace[name].shape)
        found = span(judged(trace | {name: trace[name] * (1 + noise)}, variant))
        assert found is not None and found.wrong == name
        assert name.split(".")[0] in found.layers


def test_a_right_weight_gradient_does_not_clear_what_a_wrong_bias_gradient_is_made_of() -> None:
    """dW does not see dz where the input is zero: whoever made dz is not cleared by it."""
    trace = only("modern", ("dW", "db"))
    trace["C1.db"] = trace["C1.db"] * np.linspace(0.5, 2, 6)
    findings = judged(trace)
    (failed,) = [f for f in findings if f.failed]
    assert failed.step.tensor == "C1.db"
    assert {"C1.db", "C1.dz", "C1.dy", "S2.dx"} <= {s.tensor for s in suspects(findings, failed)}


def test_learned_codes_have_no_dz_and_suspects_all_the_same() -> None:
    case = Job("1998", "probe-rbf", "float64", 3).case()
    wrong = {"F7.dW": reference(case)["F7.dW"] * np.linspace(1, 2, 6)[:, None]}
    findings = Judge(case, wrong, with_truth=False, partial=True).findings()
    (failed,) = [f for f in findings if f.failed]
    assert "F7.dW" in [step.tensor for step in suspects(findings, failed)]
