"""Several answers of one subject, held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.conventions import as_trace
from verify.exchange.layout import Layout
from verify.exchange.schema import IMAGES, LABELS, expected
from verify.judge.judge import drift
from verify.judge.trace import Trace
from verify.pipeline.judging import GAPS, judged

__all__ = ["Arrays", "beyond", "known", "unknown"]
Arrays = dict[str, NDArray[Any]]


def known(tensors: Sequence[tuple[Case, Trace]], layout: Layout) -> Mapping[str, str]:
    """What a subject calls its tensors, and what they are; other arrays are not among them."""
    found = {}
    for case, arrays in tensors:
        names = expected(case.arch, case.batch)
        found.update({k: layout.ours(k) for k in arrays if layout.ours(k) in names})
    return found


def unknown(case: Case, arrays: Iterable[str], layout: Layout) -> list[str]:
    """Names that are no tensors of this network."""
    ours = expected(case.arch, case.batch).keys() | {"", IMAGES, LABELS}
    return sorted(name for name in arrays if layout.ours(name) not in ours)


def beyond(case: Case, layout: Layout, first: Trace, later: Trace) -> str:
    """The first tensor of two answers to one question that is judged in two ways, or is farther
    apart than two right programs can be; empty if none is.

    Sums in another order differ within the bounds of the judge.  A tensor that is wrong in both
    may still be the same mistake twice: then the distance decides, twice the bound of a free run.
    """
    try:
        case, one = as_trace(case, first, layout)
        _, other = as_trace(case, later, layout)
    except InputError:
        return ""  # said elsewhere, and of every answer
    verdicts = _failing(case, one), _failing(case, other)
    if changed := verdicts[0] ^ verdicts[1]:
        return f"{min(changed, key=list(one).index)} is right in one answer and wrong in another"
    error_of = drift(case, one)
    for name in sorted(verdicts[0], key=list(one).index):
        allowed = error_of(name)
        most = 0.0 if allowed is None else 2 * allowed.numpy()
        apart = np.abs(one[name].astype(float) - other[name].astype(float))
        if not (apart <= most).all():
            return f"{name} differs by {apart.max():.2g}"
    return ""


def _failing(case: Case, trace: Trace) -> set[str]:
    return {f.step.tensor for f in judged(case, trace, GAPS) if f.failed and f.step.tensor in trace}
