"""Comparisons that could not have failed: none of them passes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from verify.judge.compare import compare
from verify.judge.judge import Judge
from verify.judge.verdict import Verdict
from verify.proof.gate.nets import judged, layer, oracle_trace, said

EXPECTED = (
    *("F6.x", "F6.W", "F6.b", "F6.a", "F6.z", "F6.y"),
    *("F6.dy", "F6.dz", "F6.da", "F6.dx", "F6.dW", "F6.db"),
)


def mistrusted() -> list[str]:
    """Zeros on both sides, a constant upstream gradient, a mask that no unit meets."""
    case = layer()
    b = np.abs(case.parameters["F6.b"]) + 1
    case = replace(
        case,
        images=np.zeros_like(case.images),
        parameters={**case.parameters, "F6.b": b},
        upstream=np.ones_like(case.upstream),
    )
    vacuous = ("F6.x", "F6.dW", "F6.dy", "F6.y")
    found = judged(case, oracle_trace(case))
    passed = [f"{n} is mistrusted and no failure" for n in vacuous if not found[n].failed]
    return passed + said(found, dict.fromkeys(vacuous, Verdict.MISTRUSTED))


def blunt() -> list[str]:
    """A sum whose terms cancel is bounded by more than its size; what rests on it is no better."""
    case = layer()
    huge, dull = 2.0**60, ("F6.z", "F6.y")
    W = np.array([[huge, -huge, 1.0], [1e6, 1e6, 1.0]])
    images = np.array([[[[1.0]], [[1.0]], [[1.0]]], [[[-1.0]], [[-1.0]], [[1.0]]]])
    parameters = {"F6.W": W, "F6.b": np.array([0.5, 0.5])}
    case = replace(case, images=images.reshape(case.images.shape), parameters=parameters)
    return said(judged(case, oracle_trace(case)), dict.fromkeys(dull, Verdict.UNVERIFIED))


def disputed() -> list[str]:
    """Every tensor is asked for and right; where PyTorch itself is far from the truth, it blames
    nobody and acquits nobody."""
    case = layer()
    trace = oracle_trace(case)
    judge = Judge(case, trace, with_truth=True)
    oracle = judge.own.computed("F6.dW")
    oracle *= 1 + 1e-9  # in place: this is what the judge will compare with
    found = {f.step.tensor: f for f in judge.findings()}
    return said(found, dict.fromkeys(EXPECTED, Verdict.PASS) | {"F6.dW": Verdict.DISPUTED})


def shapes() -> list[str]:
    """Arrays of different shapes are not compared, even where they could be."""
    row, table = np.ones(3), np.ones((2, 3))
    pairs = ((row, table, None), (table, row, None), (table, table, np.ones(3)))
    return ["arrays are broadcast" for s, r, b in pairs if compare(s, r, b).passed]
