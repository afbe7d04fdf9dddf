"""Traces with gaps: parameter gradients alone, against what rounding may do on the way there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lenet_ref.architecture import Affine
from verify.cases.case import Case
from verify.judge.verdict import Verdict
from verify.pipeline import untraced
from verify.pipeline.judging import judge_dump
from verify.proof.gate.nets import LAYERS, Arrays, following, judged, network, oracle_trace, said

HEAD = LAYERS[-1:]
MASKED = (Affine("F6", 3, 5), Affine("F7", 5, 4, activation="identity"))
GRADIENTS = ("C1.dW", "C1.db", "F7.dW", "F7.db")
RIGHT = {"F7.dW": Verdict.PASS, "F7.db": Verdict.PASS}


def in_float32() -> list[str]:
    """Right gradients pass, and one that is off fails, where the bound is measured."""
    case = network("float32", HEAD)
    trace = only(oracle_trace(case))
    wrong = trace | {"F7.dW": trace["F7.dW"] * np.float32(1 + 1e-3)}
    return said(judged(case, wrong, True), RIGHT | {"F7.dW": Verdict.FAIL})


def beyond() -> list[str]:
    """Right gradients pass; one off by more than what is propagated fails; so does a mask or a
    maximum turned where no rounding turns it, in all that follows."""
    case = network()
    trace = oracle_trace(case)
    wrong = only(trace) | unit_turned(case, trace) | maximum_moved(case, trace)
    wrong["F7.dW"] = trace["F7.dW"] * (1 + 1e-9)
    failing = ("C1.dW", "C1.db", "S2.argmax", "F7.dW")
    return said(judged(case, wrong, True), RIGHT | dict.fromkeys(failing, Verdict.FAIL))


def unit_turned(case: Case, trace: Arrays) -> Arrays:
    """Where the gradient is handed to a dead unit as well."""
    dz = np.where(trace["C1.z"] == trace["C1.z"].min(), 1.0, trace["C1.dz"])
    return following(case, "C1.dz", dz, ("C1.db",))


def maximum_moved(case: Case, trace: Arrays) -> Arrays:
    """Each window's gradient in the other column."""
    dx = trace["S2.dx"]
    other = dx.reshape(*dx.shape[:-1], -1, 2)[..., ::-1].reshape(dx.shape)
    argmax = trace["S2.argmax"] ^ 1
    return following(case, "S2.dx", other, ("C1.dW",)) | {"S2.argmax": argmax}


def right_with_gaps() -> list[str]:
    """Right gradients pass.  A unit within its own uncertainty of 0 may be on either side of it:
    nobody is blamed for that, nor verified."""
    case = network(layers=MASKED)
    z = oracle_trace(case)["F6.z"]
    place = int(z[0].argmax())
    b = case.parameters["F6.b"].copy()
    b[place] -= z[0, place]
    case = replace(case, parameters={**case.parameters, "F6.b": b})
    trace = oracle_trace(case)
    dz = trace["F6.dz"].copy()
    dz[0, place] = trace["F6.dy"][0, place] - dz[0, place]  # the other side of the kink
    turned = following(case, "F6.dz", dz, ("F6.dW", "F6.db"))
    found = judged(case, only(trace) | turned, True)
    blamed = [f"{name} fails at a kink" for name, f in found.items() if f.failed]
    return blamed + said(found, RIGHT)


def required() -> list[str]:
    """What is required and absent is missing; what was not asked for is only absent."""
    case = network(layers=HEAD)
    trace = only(oracle_trace(case))
    del trace["F7.db"]
    found = {f.step.tensor: f for f in judge_dump(case, trace, None, "gradients")}
    return said(found, RIGHT | {"F7.db": Verdict.MISSING, "F7.z": Verdict.ABSENT})


def without_a_trace() -> list[str]:
    """Gradients without a trace are held to the same: a wrong one and a missing one are told."""
    case = network(layers=HEAD)
    trace = {k: v for k, v in oracle_trace(case).items() if untraced.expected(case, k)}
    wrong = trace | {"F7.dW": trace["F7.dW"] * (1 + 1e-9)}
    lacking = {k: v for k, v in trace.items() if k != "F7.db"}
    told = {
        "F7.dW: fail": untraced.held(case, wrong).wrong,
        "F7.db is missing": untraced.held(case, lacking).wrong,
    }
    return [f"untraced, {what} is not told" for what in told if told[what] != what]


def only(trace: Arrays) -> Arrays:
    """Parameter gradients alone."""
    return {name: trace[name] for name in GRADIENTS if name in trace}
