"""An answer that is the one to another question: remembered, and not computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.judge.trace import Trace
from verify.subjects.asked import called

FEW = 8
"""Elements that may be the same by chance."""


def echoed(earlier: Sequence[tuple[Case, Trace]], case: Case, answer: Trace) -> str:
    """Which earlier question had this answer, to the bit; empty if none.

    Of two cases neither images nor labels nor weights are all the same.  What was handed in and is
    handed back, what is one number throughout, and integers (indices, masks) show nothing.
    """
    for other, found in earlier:
        if found.keys() == answer.keys() and all(map(_same, found.values(), answer.values())):
            told = [v for v in answer.values() if _tells(v) and not _given(v, case)]
            if any(value.size >= FEW for value in told):
                return f"the answer is that to another case, to the bit: {called(other)}"
    return ""


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def _tells(value: NDArray[Any]) -> bool:
    return value.dtype.kind == "f" and value.size > 0 and bool((value != value.flat[0]).any())


def _given(value: NDArray[Any], case: Case) -> bool:
    """In whatever order it lies over there."""
    inputs = (*case.parameters.values(), case.images)
    ordered = np.sort(value, axis=None)
    return any(each.size == value.size and np.array_equal(np.sort(each, axis=None), ordered)
               for each in inputs)  # fmt: skip
