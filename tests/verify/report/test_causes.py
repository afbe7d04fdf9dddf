"""Each cause of a layer is told, and each once; what is seen in several cases is one line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from verify.cases.plan import Job
from verify.pipeline.request import CheckRequest
from verify.pipeline.undeclared import judged
from verify.report import conclusions, screen
from verify.subjects.reference import reference


def heard(changed: dict[str, float], kept: str = "") -> tuple[list[str], list[str]]:
    """The lines about failures and conclusions of a subject with tensors scaled, in two cases."""
    found = []
    for n in (3, 5):
        case = replace(Job("modern", "kink-free", "float64", n).case(), upstream=None)
        arrays = {k: np.asarray(v * changed.get(k, 1)) for k, v in reference(case).items()}
        found.append((case, {k: v for k, v in arrays.items() if not kept or k[-3:] == kept}))
    outcome = judged(found, CheckRequest())
    return [*screen.failures(outcome.tally)], conclusions.told(outcome.conclusions)


def test_each_cause_of_a_layer_is_told() -> None:
    lines, _ = heard({"C3.dW": 0.0, "C3.db": -1.0, "C3.dx": 1.0, "F6.db": -1.0})
    assert sum("C3.dW is zero" in line for line in lines) == 1
    assert sum("C3.db has the wrong sign" in line for line in lines) == 1
    assert sum("F6.db has the wrong sign" in line for line in lines) == 1


def test_one_cause_in_two_cases_is_told_once() -> None:
    lines, _ = heard({"C3.db": -1.0})
    assert not [line for line in lines if "also" in line]
    assert sum("wrong sign" in line for line in lines) == 1


def test_a_span_in_two_cases_is_one_line() -> None:
    _, told = heard({"C3.dW": 3.7, "C1.dW": 2.9}, ".dW")
    spans = [line for line in told if "first wrong tensor" in line]
    assert len(spans) == 1 and spans[0].startswith("kink-free N=3, kink-free N=5: C3.dW is")
