"""How many units of a case rounding may turn: ReLUs, leaky ones too, within their uncertainty of
zero, pooling windows in which either side may rightly take another element for the maximum.

With none, gradients alone are judged to rounding: nothing has to be excused.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lenet_ref.specs.layer import kinked
from verify.cases import idx
from verify.cases.case import Case, from_the_loss
from verify.cases.draws import Values
from verify.cases.plan import Job
from verify.errors import InputError
from verify.expected.steps import steps
from verify.judge.judge import drift
from verify.tolerance.activation import near_zero
from verify.tolerance.maxima import candidates

__all__ = [
    "KINK_FREE",
    "MANY",
    "MOST",
    "TRIED",
    "ContestedError",
    "contested",
    "kink_free",
    "stated",
]
KINK_FREE = "kink-free"
MOST = 1000
"""Seeds that are tried; about every second one will do in float32, all in float64."""
TRIED, MANY = 32, 10
"""Where so many seeds have each more units than that, none of a thousand would have none."""


class ContestedError(InputError):
    """A network some unit of which is contested in any case that can be drawn."""


def contested(case: Case) -> int:
    """Units that may lie on the other side of a kink in somebody's right run of the case."""
    error_of = drift(case, {})  # held on to: its query knows it weakly
    query, found = error_of.query, 0
    for step in steps(case.arch, case.upstream is not None):
        if step.op == "activation.y" and kinked(step.spec):
            near = near_zero(query, step.inputs[0])
            found += 0 if near is None else int(near.sum())
        elif step.op == "max_pool.argmax":
            either = candidates(query, step.inputs[0], step)
            found += 0 if either is None else int(either.any(dim=1).sum())
    return found


def kink_free(job: Job, data: Path = idx.PACKAGED, weights: Values | None = None) -> Job:
    """The job, or with the next seed whose case has no contested unit, if its regime asks for it.

    Args:
        data, weights: as in :meth:`Job.case`.
    Raises:
        ContestedError: no such seed.
    """
    if job.regime != KINK_FREE:
        return job
    units: list[int] = []
    for seed in range(job.seed, job.seed + MOST):
        found = replace(job, seed=seed)
        units.append(contested(from_the_loss(found.case(data, weights))))
        if not units[-1]:
            return found
        if len(units) == TRIED and min(units) > MANY:
            break
    ever = len(units) == TRIED
    raise ContestedError("ties, or units at a kink, in any input of this network" if ever else
                    "no seed without a contested unit", where=KINK_FREE,
                    got=f"{stated(min(units))} at least in each of {len(units)} seeds",
                    fix="take another --regime, as digits" + ("" if ever else ", or a smaller"
                    " --batch") + "; map takes a golden folder of it with --case")  # fmt: skip


def stated(count: int) -> str:
    """The number in words."""
    return f"{count} contested unit{'' if count == 1 else 's'}"
