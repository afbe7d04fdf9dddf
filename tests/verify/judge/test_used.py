"""Parameters that come back with other numbers: the layer is judged by those that it used."""

from __future__ import annotations

import pytest

from tests.verify.judge.gaps import drawn, judged
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict

LAYERS = ("C1", "C3", "C5", "F6", "F7")


def failing(findings: list[Finding]) -> set[str]:
    return {f.step.tensor for f in findings if f.failed}


@pytest.mark.parametrize("variant", ["modern", "1998"])
@pytest.mark.parametrize("layers", [("F7",), LAYERS[:4]])
def test_weights_after_the_step_are_all_that_is_wrong(
    variant: str, layers: tuple[str, ...]
) -> None:
    """Every right gradient below was blamed on weights "already updated"."""
    trace = dict(drawn(variant)[1])
    wrong = {f"{name}.{symbol}" for name in layers for symbol in ("W", "b")} & {*trace}
    for name in wrong:
        gradient = name.replace(".", ".d")
        if gradient in trace:
            trace[name] = trace[name] - 0.01 * trace[gradient]
        else:
            trace[name] = trace[name] * 1.5
    found = judged(trace, variant)
    assert failing(found) <= wrong and failing(found)
    assert all(f.cause is None for f in found)
    assert all(f.own.verdict is Verdict.PASS for f in found if f.step.tensor not in wrong)


def test_weights_that_were_used_are_those_that_the_layer_is_judged_by() -> None:
    """A mistake in W is told once, and not again in all that is computed from it."""
    trace = dict(drawn("modern")[1])
    trace["F6.W"] = trace["F6.W"] * 1.25
    trace["F6.z"] = trace["F6.a"] @ trace["F6.W"].T + trace["F6.b"]
    own = {f.step.tensor: f.own.verdict for f in judged(trace)}
    assert own["F6.W"] is Verdict.FAIL and own["F6.z"] is Verdict.PASS
    assert own["F6.da"] is Verdict.FAIL  # computed with what was handed over, in this trace


def test_gradients_alone_are_judged_by_what_was_handed_over() -> None:
    trace = {k: v for k, v in drawn("modern")[1].items() if k.endswith((".dW", ".db"))}
    trace["F7.W"] = drawn("modern")[1]["F7.W"] - trace["F7.dW"]
    assert failing(judged(trace)) == {"F7.W"}
