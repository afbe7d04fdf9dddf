"""Complete traces: what is planted is blamed where it was planted, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.proof.gate.nets import judged, layer, moved, oracle_trace, said

U = 2.0**-53
JUST_BEYOND, WITHIN = 1.5, 0.5
"""Of the textbook's bound, which is written out here a second time."""


def where_and_by_how_much() -> list[str]:
    """Own error is measured on the subject's inputs: who was handed other images is right, and
    yet nothing that follows from them passes.  Elements 1.5 times their textbook bound away are
    wrong, those at half of it are right."""
    case = layer()
    trace = oracle_trace(replace(case, images=case.images[::-1].copy()))
    dz, x, W = (np.abs(trace[f"F6.{name}"]) for name in ("dz", "x", "W"))
    beyond = {"F6.dW": 2 * 2 * U * (dz.T @ x), "F6.db": 2 * U * dz.sum(axis=0)}
    changed = {name: moved(trace[name], JUST_BEYOND * by) for name, by in beyond.items()}
    changed["F6.dx"] = moved(trace["F6.dx"], WITHIN * 2 * 2 * U * (dz @ W))
    found = judged(case, trace | changed)
    told = ("F6.z", "F6.dx")
    off = [n for n in told if found[n].own.verdict is not Verdict.PASS]
    wrong = [f"{n} is not right on its inputs" for n in off]
    drifted = dict.fromkeys(("F6.x", "F6.z"), Verdict.FAIL)
    return wrong + blamed(found, {"F6.x", *beyond}) + said(found, drifted)


def of_another_kind() -> list[str]:
    """Bits in the exact tier; another dtype or shape is wrong though every number agrees."""
    case = layer("exact")
    trace = oracle_trace(case)
    changed = {
        "F6.dW": moved(trace["F6.dW"], np.spacing(np.abs(trace["F6.dW"]))),
        "F6.db": trace["F6.db"].astype(np.float32),
        "F6.da": trace["F6.da"].reshape(-1),
        "F6.dx": -trace["F6.dx"],
    }
    return blamed(judged(case, trace | changed), set(changed))


def blamed(found: dict[str, Finding], expected: set[str]) -> list[str]:
    """Exactly these have an own error, and their rows fail."""
    guilty = {name for name, finding in found.items() if finding.guilty}
    silent = [name for name in guilty if not found[name].failed]
    wrong = [f"{name} is not blamed" for name in sorted(expected - guilty)]
    wrong += [f"{name} is blamed" for name in sorted(guilty - expected)]
    return wrong + [f"{name} is guilty and its row does not fail" for name in silent]
