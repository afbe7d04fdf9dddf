"""Inherited verdicts that follow from own errors, against bounds that were computed."""

import warnings

import numpy as np
import pytest
import torch

from verify.cases.case import Case
from verify.cases.plan import Job, plan
from verify.judge.ground import Ground
from verify.judge.inherited import Propagated
from verify.judge.judge import Judge
from verify.judge.runs import TORCH, Runs
from verify.judge.theorem import FOLLOWS, proves
from verify.judge.verdict import Verdict
from verify.pipeline.judging import GAPS, Terms, judged
from verify.subjects.reference import reference

JOBS = [Job("modern", "digits", "float64", 2), Job("1998", "signed", "float64", 2),
        Job("modern", "ties", "float32", 2)]  # fmt: skip
INSIDE, BEYOND = 0.4, 2.0
"""Parts of an own bound; INSIDE leaves room for the rounding of the shaken number itself."""


class Fourfold(Propagated):
    """The recursion of the theorem."""

    def _error(self, step):
        bound = self.bound(step)
        return None if bound.is_zero else bound.value(self._dtype, sides=4)


def fourfold(judge, step):
    """e of docs/tolerance.md, 6.3, against which the drift is held."""
    if not hasattr(judge, "fourfold"):
        judge.fourfold = Fourfold(judge.free, judge.given, judge.subject, judge.case.dtype)
    error = judge.fourfold(step.tensor)
    return 0.0 if error is None else np.nan_to_num(error.numpy(), nan=np.inf)


def drifts(judge, found):
    """Of what follows: the drift, and what the theorem allows."""
    for finding in found:
        if finding.inherited.rule == FOLLOWS:
            free = judge.free.value(finding.step.tensor).numpy()
            apart = np.abs(judge.subject[finding.step.tensor].numpy().astype(float) - free)
            yield finding, apart, fourfold(judge, finding.step)


def shaken(case: Case) -> dict[str, np.ndarray]:
    """A complete trace that spends INSIDE of each own bound, up or down at random."""
    runs, rng = Runs(case), np.random.default_rng(7)
    given = runs.given(TORCH[case.dtype])
    base, trace = dict(given), {}
    for step in runs.steps:
        run = runs.on(base, TORCH[case.dtype])
        value = run.computed(step.tensor)
        bound = Propagated(run, run.base, {}, case.dtype).bound(step)
        if not bound.is_zero:
            sign = torch.from_numpy(rng.choice([-1.0, 1.0], tuple(value.shape)))
            value = (value.double() + INSIDE * sign * bound.value(case.dtype)).to(value.dtype)
        base[step.tensor] = value
        trace[step.tensor] = value.numpy()
    return trace


def test_what_follows_passes_with_its_bound_computed_on_the_whole_default_plan():
    followed = 0
    for job in plan("default"):
        case = job.case()
        trace = reference(case)
        short = judged(case, trace, Terms(truth=job.truth))
        whole = judged(case, trace, Terms(truth=job.truth, bounds=True))
        for one, other in zip(short, whole, strict=True):
            assert (one.verdict, one.own.verdict) == (other.verdict, other.own.verdict)
            assert one.inherited.verdict is other.inherited.verdict
            assert one.inherited.flips == other.inherited.flips
            assert one.inherited.comparison.error == other.inherited.comparison.error
            assert one.inherited.comparison.scale == other.inherited.comparison.scale
            assert FOLLOWS not in other.inherited.rule
            followed += one.inherited.rule == FOLLOWS
    assert followed > 1000


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.variant + job.regime)
def test_the_drift_is_within_the_bound_of_the_theorem(job):
    case = job.case()
    judge = Judge(case, reference(case))
    found = judge.findings()
    assert {f.inherited.rule for f in found} == {FOLLOWS}
    for finding, apart, allowed in drifts(judge, found):
        assert (apart <= allowed).all(), finding.step.tensor


@pytest.mark.parametrize("job", JOBS[:2], ids=lambda job: job.variant)
def test_so_is_that_of_a_trace_that_spends_its_own_bounds(job):
    case = job.case()
    judge = Judge(case, shaken(case), with_truth=False)
    found = judge.findings()
    assert max(f.own.comparison.ratio for f in found) > INSIDE / 2
    assert {f.own.verdict for f in found} == {Verdict.PASS}
    seen = list(drifts(judge, found))
    assert len(seen) == len(found)
    for finding, apart, allowed in seen:
        assert (apart <= allowed).all(), finding.step.tensor


def ground(judge):
    """What each of its tensors was computed from."""
    return Ground(judge.own.steps, judge.subject)


def beyond(judge, tensor):
    """One element off by BEYOND own bounds, or by one bit where nothing may differ."""
    value = judge.subject[tensor].clone()
    bound = judge.own_rule(judge.own.steps[tensor])
    first = int(value.abs().argmax())
    flat = value.reshape(-1)
    if bound.is_zero:
        moved = 1 - flat[first] if value.dtype == torch.int64 else flat[first] * (1 + 2.0**-20)
    else:
        moved = flat[first] + BEYOND * bound.value("float64").reshape(-1)[first]
    flat[first] = moved + (moved == flat[first])
    return value.numpy()


@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_nothing_follows_where_one_tensor_is_wrong(variant):
    case = Job(variant, "signed", "float64", 1).case()
    right = dict(reference(case))
    judge = Judge(case, right, with_truth=False)
    assert proves(judge, judge.findings(inherited=False), ground(judge)) == set(right)
    for name in right:
        wrong = Judge(case, right | {name: beyond(judge, name)}, with_truth=False)
        found = wrong.findings(inherited=False)
        assert any(f.failed for f in found), name
        assert proves(wrong, found, ground(wrong)) == set(), name
    assert not [f for f in wrong.findings() if f.inherited.rule == FOLLOWS]


def test_nor_where_one_is_missing_or_may_be_or_is_no_number():
    case = Job("modern", "digits", "float64", 1).case()
    right = dict(reference(case))
    spoiled = right | {"C3.z": np.full_like(right["C3.z"], np.nan)}
    without = {name: value for name, value in right.items() if name != "S4.argmax"}
    for found in (judged(case, spoiled), judged(case, without), judged(case, right, GAPS)):
        assert not [f for f in found if f.inherited.rule == FOLLOWS]


def test_the_exact_tier_is_held_to_zero():
    case = Job("modern", "integers", "exact", 1).case()
    found = judged(case, reference(case))
    assert "exact" in {f.inherited.rule for f in found}
    assert not [f for f in found if f.inherited.rule == FOLLOWS]


def test_what_a_blunt_own_bound_leaves_is_held_against_the_free_run():
    case = Job("1998", "competitive", "float32", 64).case()
    found = {f.step.tensor: f for f in judged(case, reference(case), Terms(truth=False))}
    blunt = [name for name, f in found.items() if f.own.verdict is Verdict.UNVERIFIED]
    if not blunt:  # rounding of this machine's libraries decides
        warnings.warn("no blunt tensor", stacklevel=1)
    for name in blunt:
        assert found[name].inherited.rule != FOLLOWS
        assert found[name].inherited.comparison.bound > 0
