"""What a verdict says beside that something is wrong: which layers it blames, and which causes it
offers; and whether that is so, by measurement.

A layer is mistaken where one of its tensors is not what the truth's formula makes of the layer's
own inputs, in a whole trace.  Whether a cause is true is asked of :mod:`.claims`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.judge.conclude.common import common_factor
from verify.judge.conclude.span import span
from verify.judge.findings import Finding
from verify.proof.faults.claims import Claims, untrue
from verify.proof.faults.difference import beyond_rounding
from verify.proof.planting.run import Run

__all__ = ["INSIDE", "NAMED", "OTHERWISE", "OUTSIDE", "UNEXPLAINED", "Evidence", "blamed",
           "evidence", "mistaken", "mistaken_tensors"]  # fmt: skip
INSIDE, OUTSIDE = "inside", "OUTSIDE"
NAMED, OTHERWISE, UNEXPLAINED = "named", "otherwise", "unexplained"


@dataclass(frozen=True)
class Evidence:
    """blame: inside, where every layer that an own error accuses is mistaken or, without own
    errors, the span that is named holds a mistaken one; OUTSIDE otherwise; empty where nothing is
    blamed.  blamed: those layers.  explained: named, if the mistake itself is among the causes;
    otherwise, if something else is; unexplained.  causes: offered; false: the first that is not
    true."""

    blame: str
    blamed: str
    explained: str
    causes: int
    false: str


def evidence(
    case: Case,
    trace: Mapping[str, NDArray[Any]],
    findings: Sequence[Finding],
    guilty: frozenset[str],
    itself: str,
) -> Evidence:
    """guilty: the mistaken layers, none if they are not known; itself: the id that the mistake has
    among causes, or one of a tensor that was not supplied, after a slash."""
    said = [f.cause for f in findings if f.failed and f.cause is not None]
    ids = {name.rpartition("/")[2] for cause in said for name in cause.names}
    explained = UNEXPLAINED if not said else NAMED if itself in ids else OTHERWISE
    false = [cause.text for cause in untrue(case, trace, findings)]
    false += _false_factor(case, trace, findings)
    layers, own = blamed(findings), any(f.guilty for f in findings)
    where = _blame(layers, guilty, own) if guilty else ""
    return Evidence(where, " ".join(layers), explained, len(said), false[0] if false else "")


def blamed(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Layers with an own error or, where there is none, those of the span."""
    own = tuple(dict.fromkeys(f.step.layer for f in findings if f.guilty))
    where = span(findings)
    return own or (where.layers if where is not None else ())


def _blame(layers: Sequence[str], guilty: frozenset[str], own: bool) -> str:
    if not layers:
        return ""
    so = guilty.issuperset(layers) if own else not guilty.isdisjoint(layers)
    return INSIDE if so else OUTSIDE


def _false_factor(
    case: Case, trace: Mapping[str, NDArray[Any]], findings: Sequence[Finding]
) -> list[str]:
    """One factor is said of all failing gradients, and one of them is not right times that: right
    from what was handed in where it is accused itself, in a free run elsewhere."""
    told = common_factor(findings)
    if told is None:
        return []
    run, own = Run(case), Claims(case, trace)
    off = []
    for f in (f for f in findings if f.failed):
        right = own.right(f.step) if f.guilty else run.evaluated(f.step.tensor, ChainMap(run.known))
        if beyond_rounding(own.handed[f.step.tensor], told.factor * right, case.dtype):
            off.append(f"{f.step.tensor} is the reference's x {told.factor:.6g}")
    return off


def mistaken(case: Case, trace: Mapping[str, NDArray[Any]]) -> frozenset[str]:
    """Layers of a whole trace with a tensor that its own inputs do not make."""
    return frozenset(name.partition(".")[0] for name in mistaken_tensors(case, trace))


def mistaken_tensors(case: Case, trace: Mapping[str, NDArray[Any]]) -> tuple[str, ...]:
    """Tensors of a whole trace that their own inputs do not make, as they are computed."""
    run = Run(case)
    usable = {
        name: trace[name]
        for name, step in run.steps.items()
        if name in trace and np.shape(trace[name]) == run.shapes[name]
    }
    run.known |= usable
    return tuple(name for name in run.steps if _wrong(run, usable, name))


def _wrong(run: Run, usable: Mapping[str, NDArray[Any]], name: str) -> bool:
    if name not in usable:
        return True
    with np.errstate(all="ignore"):
        right = run.right(name)
    return beyond_rounding(usable[name], right, run.case.dtype)
