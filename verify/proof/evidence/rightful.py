"""Right subjects, none of which may be rejected: the reference in every case of the full plan, the
same in other orders of summation, other forms that are proved equal, other conventions at kinks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import product
from typing import Any

from lenet_ref import network as mathematics
from lenet_ref.architecture import VARIANTS, Architecture
from verify.cases.case import Case, from_the_loss
from verify.cases.plan import Job, plan
from verify.judge.trace import Trace
from verify.pipeline.judging import WHOLE
from verify.proof.evidence.exhibit import Exhibit
from verify.proof.evidence.orders import ORDERS, in_order
from verify.proof.evidence.ours import Ours
from verify.proof.evidence.policy import Policy, row_of
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.convention import Convention
from verify.proof.faults.kinks import KINKS
from verify.subjects.reference import reference

__all__ = ["AS_A_RUN", "COLUMNS", "FORMS", "GROUPS", "KINKED", "MOST", "PLAINEST", "REGIMES",
           "RULES", "TIERS", "Alarm", "Network", "Rightful", "alarms", "rightful"]  # fmt: skip
GROUPS = ("reference", "other orders", "other forms", "other kinks")
AS_A_RUN = replace(WHOLE, truth=False)
MOST = 16
"""Images of a batch; larger ones of the plan are left out, for time."""
REGIMES = ("digits", "signed", "zero-bias", "ties", "competitive", "saturated")
TIERS = ("float64", "float32")


@dataclass(frozen=True)
class Rightful:
    """A right subject and the job of its case.  how: which of the group."""

    group: str
    how: str
    job: Job

    @contextmanager
    def exhibit(self) -> Iterator[Exhibit]:
        """As long as it is planted."""
        case = self.job.case()
        if self.group == "other orders":
            with in_order(self.how) as subject:
                yield Exhibit(case, subject, _forward)
        elif self.group == "other forms":
            with FORMS[self.how].subject() as subject:
                yield Exhibit(case, subject, _forward)
        elif self.group == "other kinks":
            rule = RULES[self.how]
            case = from_the_loss(case)
            run = partial(_exported, rule)
            yield Exhibit(case, run, run, declared=rule.layout)
        else:
            yield Exhibit(case, reference, _forward)


FORMS = {fault.name: fault for fault in catalogue() if fault.equivalent}
RULES = {rule.name: rule for rule in KINKS if not rule.name.startswith("masked")}
"""Other derivatives where there are several; what is masked earlier is a matter of names."""
PLAINEST = ("digits", "signed")
"""Regimes in which each form is tried: it is its own numbers that a form changes."""
KINKED = ("digits", "zero-bias", "ties")
"""Regimes that have kinks."""


def _forward(case: Case) -> Trace:
    return mathematics.forward(case.arch, case.parameters, case.images, case.labels)


def _exported(rule: Convention, case: Case) -> Trace:
    return rule.export(case, reference)


Network = tuple[str, Architecture | None]
"""Name, and description where it is no preset."""


def rightful(network: Network | None = None) -> Iterator[Rightful]:
    """All of them, or those of one network."""
    names = VARIANTS if network is None else (network[0],)
    known = {name: arch for name, arch in [network or ("", None)] if arch is not None}
    for job in plan("full", names, networks=known):
        if job.batch <= MOST:
            yield Rightful("reference", "", replace(job, truth=False))
    for variant, regime, tier in product(names, REGIMES, TIERS):
        job = Job(variant, regime, tier, 3, network=known.get(variant))
        yield from (Rightful("other orders", how, job) for how in ORDERS)
        yield from (Rightful("other forms", how, replace(job, options=fault.options))
                    for how, fault in FORMS.items()
                    if fault.variant == variant and regime in PLAINEST)  # fmt: skip
        yield from (Rightful("other kinks", how, job) for how, rule in RULES.items()
                    if regime in KINKED and rule.fits(job.case().arch))  # fmt: skip


@dataclass(frozen=True)
class Alarm:
    """A policy and a right subject: a row of evidence-right.csv.  first: what is rejected."""

    policy: str
    tensors: str
    tier: str
    group: str
    how: str
    case: str
    first: str

    def row(self) -> dict[str, Any]:
        """As COLUMNS names them."""
        return row_of(self, COLUMNS)


COLUMNS = tuple(field.name for field in fields(Alarm))


def alarms(right: Rightful, policies: list[Policy]) -> Iterator[Alarm]:
    """What every policy that applies says of a right subject; ours as a run does, with the
    inherited errors."""
    with right.exhibit() as exhibit:
        for policy in policies:
            asked = replace(policy, terms=AS_A_RUN) if isinstance(policy, Ours) else policy
            if asked.reads(exhibit):
                first = asked.says(exhibit).first
                yield Alarm(policy.name, policy.tensors, exhibit.case.dtype, right.group,
                            right.how, exhibit.case.name, first)  # fmt: skip
