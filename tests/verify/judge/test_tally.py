"""Counts and conclusions hold for any network, whatever its layers are called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lenet_ref.architecture import Affine, Convolution, MaxPool
from verify.checks.check import Check
from verify.checks.outcome import concluded, status
from verify.errors import DIFFERENT, PASSED
from verify.judge.conclude.conclusions import conclude
from verify.judge.conclude.order import merged, ordered
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding
from verify.judge.reasons import Plain
from verify.judge.verdict import Verdict
from verify.proof.gate.nets import Arrays, judged, network, oracle_trace
from verify.report import submission
from verify.report.frame import frame
from verify.report.screen import broken, closing, failures, tables
from verify.report.tables import Tables

LAYERS = (
    Convolution("zoom", 1, 2, (6, 7), kernel=(3, 2)),
    MaxPool("1st", 2, (4, 6), window=(2, 2)),
    Affine("answer", 12, 4, activation="identity"),
)
"""Names of which neither the alphabet nor anything else tells the order."""


def run(trace: Arrays | None = None) -> list[Finding]:
    """Findings of a complete trace of that network, or of some tensors in place of its own."""
    case = network(layers=LAYERS)
    case = replace(case, arch=replace(case.arch, variant="theirs"))
    return list(judged(case, oracle_trace(case) | (trace or {})).values())


def wrong(*names: str) -> list[Finding]:
    """With tensors that are off."""
    trace = oracle_trace(network(layers=LAYERS))
    return run({name: trace[name] * 1.5 for name in names})


def shown(found: list[Finding]) -> str:
    """Tables and what is said below them."""
    tally = Tally(found)
    layers = Tables([frame(found)]).layers(tally.order)
    return "\n".join([tables(layers), *failures(tally), closing(tally, [], 1)])


def test_a_right_network_of_other_layers_passes_and_shows_them_in_order() -> None:
    tally, said = Tally(run()), shown(run())
    assert tally.guilty("theirs") == [] and status(tally, []) == PASSED
    lines = [line.split()[0] for line in said.splitlines() if line.startswith("  ")]
    assert max(map(len, said.splitlines())) <= 80
    assert lines == ["layer", "zoom", "1st", "answer", "loss"]
    assert said.splitlines()[-1].startswith("PASS") and "> " not in said


@pytest.mark.parametrize(
    ("names", "guilty"),
    [
        (("answer.dW", "zoom.db"), ["zoom", "answer"]),
        (("1st.da",), ["1st"]),
        (("loss.data", "1st.z"), ["1st", "loss"]),
    ],
)
def test_a_guilty_layer_of_any_name_is_told(names: tuple[str, ...], guilty: list[str]) -> None:
    found = wrong(*names)
    tally, said = Tally(found), shown(found)
    assert tally.guilty("theirs") == guilty and status(tally, []) == DIFFERENT
    assert f"theirs: guilty layer: {', '.join(guilty)}; first: " in said
    marked = [line.split()[1] for line in said.splitlines() if line.startswith("> ")]
    assert marked == guilty
    others = [line.split()[1].rstrip(":") for line in said.splitlines() if "  also " in line]
    assert others == [layer for layer in guilty if layer != tally.first["theirs"].step.layer]


def test_a_span_and_a_submission_of_other_layers() -> None:
    """Parameter gradients alone: no own error, so layers that are left."""
    case = network(layers=LAYERS)
    trace = oracle_trace(case)
    kept = {name: trace[name] for name in ("zoom.db", "answer.dW", "answer.db")}
    noise = np.random.default_rng(0).standard_normal(trace["zoom.dW"].shape)
    given = kept | {"zoom.dW": trace["zoom.dW"] * (1 + noise)}
    found = list(judged(case, given, True).values())
    outcome = concluded([(case, found)])
    assert {"zoom", "1st"} <= set(outcome.suspects) and not outcome.tally.guilty("modern")
    said = "\n".join(submission.lines(outcome, Path("out"), "again"))
    assert "zoom.dW is the first wrong tensor" in said and "rerun: again" in said
    assert "not verified, for it was not supplied:" in said
    assert submission.grade(outcome)["first_tensor"] == "zoom.dW"
    right = concluded([(case, list(judged(case, kept, True).values()))])
    assert right.status == PASSED and conclude(right.findings).suspects == ()


def test_first_is_an_own_error_before_an_inherited_one() -> None:
    case = network(layers=LAYERS)
    other = oracle_trace(replace(case, images=case.images[::-1].copy()))
    found = run(other)
    blamed = [f for f in found if f.guilty]
    drifted = [f for f in found if f.failed and not f.guilty]
    assert Tally([*drifted, *blamed]).first["theirs"] is blamed[0]
    assert Tally(drifted).first["theirs"] is drifted[0]
    assert Tally(drifted).guilty("theirs") == []


def test_counts() -> None:
    blunt = [
        replace(f, own=replace(f.own, verdict=Verdict.UNVERIFIED, reason=Plain.NO_TIE),
                inherited=replace(f.inherited, verdict=Verdict.ABSENT))
        for f in run()
    ]  # fmt: skip
    tally = Tally([*run(), *blunt[:2], *[f for f in wrong("answer.dW") if f.failed]])
    assert (tally.rows, tally.unverified, tally.failed) == (len(run()) + 3, 2, 1)
    assert tally.passed == len(run()) and tally.judged == tally.passed + 1


def test_a_check_that_does_not_hold_is_a_difference() -> None:
    held, not_held = (Check("lifecycle", "theirs", "q", fine, "d") for fine in (True, False))
    assert status(Tally(run()), [held]) == PASSED
    assert status(Tally(run()), [held, not_held]) == DIFFERENT == status(Tally(), [held])
    assert broken([held, not_held]) == ["lifecycle: theirs q: d"]


def test_the_order_of_several_networks() -> None:
    assert merged([("b",), ("c", "a", "b", "loss"), ("c", "x", "a", "loss")]) == [
        *("c", "x", "a", "b", "loss"),
    ]
    assert ordered("theirs", [("b", "loss"), ("a", "loss")]) == ["b", "a", "loss"]
    seen = [("F6", "loss"), ("C1", "loss")]
    assert ordered("modern", seen) == ["C1", "F6", "loss"], "layers alone, of a known network"
