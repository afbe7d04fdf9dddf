"""What is said of one changed tensor, with or without what it was computed from."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.findings import Cause
from verify.judge.judge import Judge
from verify.mistakes.diagnosis import diagnose
from verify.subjects.reference import reference

Array = NDArray[Any]
Change = Callable[[Array], Array]
NOTHING_SAID = Cause("unexplained", "")


@cache
def drawn(
    variant: str, tier: str = "float64", batch: int = 3, regime: str = "digits"
) -> tuple[Case, dict[str, Array]]:
    """A case and the reference's trace."""
    case = Job(variant, regime, tier, batch).case()
    return case, dict(reference(case))


def said(
    case: Case,
    trace: dict[str, Array],
    tensor: str,
    wrong: Array,
    without: Collection[str] = (),
    inherited: bool = False,
) -> Cause:
    """The cause of a wrong tensor in a right trace, some tensors of which are not supplied."""
    kept = {name: value for name, value in trace.items() if name not in without}
    kept[tensor] = np.ascontiguousarray(wrong).astype(trace[tensor].dtype)
    judge = Judge(case, kept, with_truth=False, partial=bool(without))
    step = next(s for s in judge.steps if s.tensor == tensor)
    with np.errstate(all="ignore"):
        return diagnose(judge, step, inherited) or NOTHING_SAID


def of(tensor: str, change: Change, variant: str = "modern", tier: str = "float64") -> Cause:
    """The same of a tensor changed in one way, in a complete trace of three digits."""
    case, trace = drawn(variant, tier)
    return said(case, trace, tensor, change(trace[tensor].copy()))
