"""The witness: an oracle beyond the bound of one side is disputed, one within it is not."""

from __future__ import annotations

import numpy as np
import pytest

from verify.cases.plan import Job
from verify.judge.judge import Judge
from verify.judge.reasons import Disputed
from verify.judge.witness import TRUTH_SLACK, Witness
from verify.subjects.reference import reference
from verify.tolerance.bound import Bound

JOB = Job("modern", "probe-affine", "float64", 2)


def said(tensor: str, oracle: float, subject: float) -> Disputed | None:
    """What the witness says of an oracle and a subject that far from the truth, in bounds of one
    side: an oracle that is right is as good as the truth where the bound is wide."""
    case = JOB.case()
    judge = Judge(case, dict(reference(case)), True)
    step = judge.own.steps[tensor]
    true = judge.own.computed(tensor)
    bound = Bound("sum", 1000, true.abs() * 1e6)
    one = bound.value("float64", sides=1)
    found = Witness(case, judge.own).distances(
        step, true + one * subject, true + one * oracle, bound
    )
    assert np.allclose(found[0], [float(one.max()) * abs(d) for d in (subject, oracle)], rtol=1e-3)
    return found[1]


@pytest.mark.parametrize("tensor", ["F6.z", "F6.dW"])
def test_the_oracle_is_held_to_the_bound_of_one_side(tensor: str) -> None:
    assert said(tensor, 0.99, 0.5) is None
    assert said(tensor, 1.1, 0.5)
    assert said(tensor, -1.9, 0.99)


def test_a_subject_that_is_farther_off_is_its_own_failure() -> None:
    assert said("F6.z", 1.5, 2.0) is None
    assert said("F6.z", 2.0, 1.5)


def test_truth_is_given_its_own_rounding_and_no_more() -> None:
    """Twice the unit roundoff of the wider format, in units of that of the case."""
    wider, own = np.finfo(np.longdouble).eps, np.finfo(np.float64).eps
    if wider == own:
        pytest.skip("no wider format on this machine")
    assert TRUTH_SLACK - 1 == 2 * 2.0**-11 >= 2 * float(wider / own)


@pytest.mark.parametrize(
    "job",
    [
        Job("modern", "ties", "float64", 2),
        Job("1998", "signed", "float32", 2),
        Job("modern", "integers", "exact", 4),
    ],
    ids=lambda job: job.regime,
)
@pytest.mark.parametrize("number", [None, np.nan, np.inf, 0.25])
def test_what_nobody_rounds_is_told_as_in_more_digits(
    job: Job, number: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a right trace, and of one with a number in it that is wrong, or none."""
    case = job.case()
    trace = dict(reference(case))
    for name in ("S2.a", "C3.x", "C3.dz") if number is not None else ():
        trace[name] = trace[name].copy()
        trace[name].flat[3] = number
    asked: list[bool] = []
    right = Witness._same

    def counted(*words: object) -> bool:
        asked.append(right(*words))  # type: ignore[arg-type]
        return asked[-1]

    monkeypatch.setattr(Witness, "_same", counted)
    found = Judge(case, trace, True).findings()
    assert sum(asked) > 30 and (all(asked) == (number is None))
    monkeypatch.setattr(Witness, "_same", lambda *words: False)
    assert repr(Judge(case, trace, True).findings()) == repr(found)
