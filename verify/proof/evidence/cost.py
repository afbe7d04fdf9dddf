"""What a policy costs, over the comparison that people write by hand: interleaved, medians."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from lenet_ref import network
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.kinks import kink_free
from verify.proof.evidence import nearness
from verify.proof.evidence.exhibit import Exhibit
from verify.proof.evidence.grid import CELLS, every_case
from verify.proof.evidence.policy import Compared, Policy
from verify.subjects.reference import reference

__all__ = ["BUDGET", "BY_HAND", "PAIRS", "PLAN", "costs", "ratio"]
BY_HAND = Compared("", "by hand", "every", "", nearness.close_by_dtype)
"""Run both, keep every gradient, assert_close on every tensor."""
PAIRS, BUDGET = 21, 0.5
"""At most so many pairs, and at least three; seconds for each policy."""
PLAN = "plan"
"""Key of ours on all its cases."""


def costs(policies: Sequence[Policy]) -> dict[str, float]:
    """By key, on one batch of 7; the subject's own run and PyTorch's are part of it.  A
    policy that differs in its threshold alone costs what the first of its kind does."""
    found: dict[str, float] = {PLAN: _of_the_plan(policies[-1])}
    kinds: dict[object, float] = {}
    for policy in policies:
        kind = (policy.group, policy.tensors, getattr(policy, "step", None))
        if kind not in kinds:
            tiers = [t for t in ("float64", "float32") if policy.reads(_fresh(_case(t)))]
            kinds[kind] = _of(policy, _case(tiers[0]))
        found[policy.key] = kinds[kind]
    return found


def _of(policy: Policy, case: Case) -> float:
    return ratio(lambda: policy.says(_fresh(case)), lambda: BY_HAND.says(_fresh(case)))


def _of_the_plan(ours: Policy) -> float:
    """All the cases of both networks, each of its own size, over one comparison by hand."""
    every = [case for regime, tier in CELLS for case in every_case(regime, tier)]
    return ratio(lambda: [ours.says(_fresh(case)) for case in every],
                 lambda: BY_HAND.says(_fresh(_case("float64"))))  # fmt: skip


def _case(tier: str) -> Case:
    return replace(kink_free(Job("modern", "kink-free", tier, 7)).case(), upstream=None)


def _fresh(case: Case) -> Exhibit:
    """Nothing is known from before."""
    return Exhibit(case, reference, lambda c: network.forward(c.arch, c.parameters, c.images,
                                                              c.labels))  # fmt: skip


def ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    """Median of the pairs' ratios; the first pair is not counted."""
    ours(), theirs()
    pairs: list[float] = []
    end = time.perf_counter() + BUDGET
    while len(pairs) < 3 or (len(pairs) < PAIRS and time.perf_counter() < end):
        pairs.append(_seconds(ours) / _seconds(theirs))
    return float(f"{statistics.median(pairs):.2g}")


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
