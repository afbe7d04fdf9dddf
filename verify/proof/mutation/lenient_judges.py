"""The catalogue of lenient judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from verify.checks.untraced import Held
from verify.judge.findings import Judgement
from verify.judge.ground import acquitted
from verify.judge.reasons import OtherDtype, Plain
from verify.judge.verdict import Verdict
from verify.proof.mutation.lenient import CHECK, EXIT_STATUS, Lenient
from verify.tolerance.bound import UNIT_ROUNDOFF

Make = Callable[[Any], Any]
INF = float("inf")


def always(value: Any) -> Make:
    """A function that gives the same answer whatever it is asked."""
    return lambda original: lambda *args, **kwargs: value


def becomes(value: Any) -> Make:
    """A constant with another value."""
    return lambda original: value


def compares(change: Callable[[Any, Any], tuple[Any, Any]]) -> Make:
    """A comparison of other arrays than the two it was given."""
    return lambda original: lambda s, r, b, u=2.0**-53: original(*change(s, r), b, u)


def allows(more: Callable[[Any, Any], Any]) -> Make:
    """A comparison within another bound: more(bound, reference)."""

    def make(original: Any) -> Any:
        def lenient(s: Any, r: Any, b: Any, u: float = 2.0**-53) -> Any:
            return original(s, r, more(np.zeros(np.shape(r)) if b is None else b, r), u)

        return lenient

    return make


def says(before: Verdict, after: Verdict) -> Make:
    """A judgement or finding with another word for one verdict."""

    def make(original: Any) -> Any:
        def lenient(*args: Any, **kwargs: Any) -> Any:
            found = original(*args, **kwargs)
            return replace(found, verdict=after) if found.verdict is before else found

        return lenient

    return make


def answers(change: Callable[[Any], Any]) -> Make:
    """The answer, changed."""
    return lambda original: lambda *args, **kwargs: change(original(*args, **kwargs))


def has(change: Callable[[Any, Any], Any]) -> Make:
    """A property: change(object, original value)."""
    return lambda original: property(lambda self: change(self, original.fget(self)))


def first_only(s: Any, r: Any) -> tuple[Any, Any]:
    """The first element of each; the others as they should be."""
    changed = np.array(r)
    changed.reshape(-1)[:1] = np.reshape(s, -1)[:1]
    return changed, r


def broadcast(s: Any, r: Any) -> tuple[Any, Any]:
    """As NumPy would."""
    shape = np.broadcast_shapes(np.shape(s), np.shape(r))
    return np.broadcast_to(s, shape), np.broadcast_to(r, shape)


def gaps_pass(original: Any) -> Any:
    """Missing tensors pass."""

    def lenient(self: Any, step: Any, why: Any) -> Any:
        found, right = original(self, step, why), Judgement(Verdict.PASS)
        return replace(found, own=right, inherited=right) if why is Plain.MISSING else found

    return lenient


def own_of_free_run(original: Any) -> Any:
    """Own error against the oracle on its own inputs."""
    return lambda self, step, oracle, bound: original(
        self, step, self.free.value(step.tensor), bound
    )


def everywhere(q: Any, x: str, step: Any) -> Any:
    """Every element of every window a candidate."""
    from verify.oracle.windows import windows

    return None if q.near(x) is None else torch.ones_like(
        windows(q.value(x), step.spec), dtype=torch.bool
    )  # fmt: skip


def infinite(original: Any) -> Any:
    """State checks that allow anything."""
    return lambda *args: {k: np.full_like(v, INF) for k, v in original(*args).items()}


def told(text: str) -> Any:
    """A closing line that begins with PASS."""
    return text.replace("FAIL", "PASS")


def without_checks(original: Any) -> Any:
    """A closing line that does not look at the checks."""
    return lambda tally, checks, cases: original(tally, [], cases)


def held(checks: Any) -> Any:
    """Every one of them holds."""
    return [replace(check, passed=True) for check in checks]


COARSE = {**UNIT_ROUNDOFF, "float64": UNIT_ROUNDOFF["float32"]}
_COMPARISON = (
    Lenient("nan-passes", "NaN is taken for whatever was expected", "judge.compare.compare",
            compares(lambda s, r: (np.where(np.isnan(s), r, s), r))),
    Lenient("reference-is-subject", "the subject is compared with itself", "judge.compare.compare",
            compares(lambda s, r: (s, s))),
    Lenient("broadcasts", "arrays of different shapes are broadcast", "judge.compare.compare",
            compares(broadcast)),
    Lenient("float32-cast", "both sides are rounded to float32 first", "judge.compare.compare",
            compares(lambda s, r: (np.float32(s), np.float32(r)))),
    Lenient("first-element", "only the first element is compared", "judge.compare.compare",
            compares(first_only)),
    Lenient("moduli", "signs are not compared", "judge.compare.compare",
            compares(lambda s, r: (np.abs(s), np.abs(r)))),
    Lenient("allclose", "one part in 100,000 is close enough", "judge.compare.compare",
            allows(lambda b, r: np.maximum(b, 1e-5 * np.abs(r)))),
    Lenient("absolute", "1e-8 is close enough", "judge.compare.compare",
            allows(lambda b, r: np.maximum(b, 1e-8))),
    Lenient("usable-always", "no reason to doubt a comparison is ever found",
            "judge.compare._unusable", always(None)),
    Lenient("blunt-is-sharp", "elements count as large as the largest", "judge.compare.SHARP",
            becomes(0.0)),
    Lenient("unverified-passes", "a bound that reaches the size of elements acquits them",
            "judge.rule.judgement", says(Verdict.UNVERIFIED, Verdict.PASS)),
    Lenient("mistrusted-passes", "a comparison that could not have failed passes",
            "judge.rule.judgement", says(Verdict.MISTRUSTED, Verdict.PASS)),
    Lenient("fail-is-unverified", "what is beyond its bound was only not verified",
            "judge.rule.judgement", says(Verdict.FAIL, Verdict.UNVERIFIED)),
    Lenient("all-unsayable", "every element follows from what is no number",
            "judge.received.affected",
            becomes(lambda ev, step: torch.ones(ev.shapes[step.tensor], dtype=torch.bool))),
)  # fmt: skip
_BOUNDS = (
    Lenient("bound-x-1000", "each bound is 1000 times as large", "tolerance.bound.Bound.value",
            answers(lambda bound: 1e3 * bound)),
    Lenient("m-doubled", "magnitudes are doubled", "tolerance.bound.Bound.magnitude",
            has(lambda bound, magnitude: 2 * magnitude)),
    Lenient("n-squared", "roundings are squared", "tolerance.bound.gamma",
            lambda original: lambda n, u: original(n * n, u)),
    Lenient("coarse-roundoff", "float64 rounds as float32 does", "tolerance.bound.UNIT_ROUNDOFF",
            becomes(COARSE)),
    Lenient("propagated-infinite", "what is inherited may be anything",
            "judge.inherited.Propagated._error",
            lambda original: lambda self, step: torch.full(
                self._evaluation.shapes[step.tensor], INF)),
    Lenient("propagated-large", "what is inherited is a billion times as large",
            "judge.inherited.Propagated._error", answers(lambda e: None if e is None else 1e9 * e)),
    Lenient("measured-large", "a subject may be a million times as far off as PyTorch",
            "judge.measured.MULTIPLE", becomes(1e6)),
    Lenient("measured-never-holds", "no measured bound is ever believed",
            "judge.judge.Judge._excused",
            always(True)),
    Lenient("every-maximum-contested", "any element of a window may be its maximum",
            "tolerance.maxima.candidates", becomes(everywhere)),
    Lenient("every-unit-contested", "any mask may be turned", "tolerance.activation.near_zero",
            becomes(lambda q, z: None if q.near(z) is None
                    else torch.ones_like(q.value(z), dtype=torch.bool))),
    Lenient("exact-tier-rounds", "the exact tier allows rounding", "judge.judge.Judge._inexact",
            always(Plain.TRANSCENDENTAL)),
)  # fmt: skip
_TRUST = (
    Lenient("zero-always", "any tensor may be zero everywhere", "judge.trust.may_be_zero",
            always(True)),
    Lenient("no-doubts", "no data make a check vacuous", "judge.trust.doubts", always(None)),
    Lenient("never-disputed", "the oracle is always right", "judge.witness.Witness.distances",
            answers(lambda found: (found[0], None))),
    Lenient("far-from-truth", "the oracle may be anywhere", "judge.witness.TRUTH_SLACK",
            becomes(1e15)),
    Lenient("always-proved", "every tensor is acquitted of its drift",
            "judge.ground.Ground.settled",
            answers(acquitted)),
    Lenient("always-grounded", "nothing rests on what was not verified",
            "judge.ground.Ground.settled",
            answers(lambda finding: replace(finding, rests_on=()))),
    Lenient("own-of-free-run", "own error on the oracle's inputs", "judge.judge.Judge._own",
            own_of_free_run),
    Lenient("inherited-passes", "drift is never too large", "judge.judge.Judge._inherited",
            says(Verdict.FAIL, Verdict.PASS)),
    Lenient("missing-passes", "what is missing passes", "judge.judge.Judge._incomparable",
            gaps_pass),
    Lenient("nothing-required", "nothing is ever required", "pipeline.submission.wanted",
            always(False)),
    Lenient("dtype-ignored", "another dtype is taken", "judge.trace.unusable",
            answers(lambda why: None if isinstance(why, OtherDtype) else why)),
    Lenient("shape-ignored", "another shape of as many elements is taken", "judge.trace.alike",
            becomes(lambda a, b: np.prod(a) == np.prod(b))),
    Lenient("no-weight-gradients", "gradients of weights are not asked for", "expected.steps.steps",
            answers(lambda found: [s for s in found if s.symbol != "dW"])),
)  # fmt: skip
_COUNTS = (
    Lenient("mistrust-no-failure", "a row that could not have failed does not fail the run",
            "judge.verdict.Verdict.failing",
            has(lambda verdict, failing: failing and verdict is not Verdict.MISTRUSTED)),
    Lenient("nothing-fails", "no verdict fails", "judge.verdict.Verdict.failing",
            has(lambda verdict, failing: False)),
    Lenient("own-error-alone", "only who is guilty fails", "judge.findings.Finding.verdict",
            has(lambda f, verdict: verdict if f.guilty else Verdict.PASS)),
    Lenient("nobody-guilty", "no finding is anybody's", "judge.findings.Finding.guilty",
            has(lambda f, guilty: False)),
    Lenient("totals-blind", "failing rows are not counted", "judge.conclude.tally.fails",
            always(False)),
    Lenient("totals-only-fail", "of failing rows only differences are counted",
            "judge.conclude.tally.fails", becomes(lambda finding: finding.verdict is Verdict.FAIL)),
    Lenient("tables-blind", "of failing rows only differences are in the tables",
            "report.tables.failing", becomes(lambda verdicts: verdicts == Verdict.FAIL)),
    Lenient("no-guilty-layer", "no layer is named", "judge.conclude.tally.Tally.guilty",
            always([])),
    Lenient("overall-passes", "the tables say pass", "report.tables.overall", always(Verdict.PASS)),
    Lenient("closing-passes", "the last line says PASS", "report.screen.closing", answers(told)),
    Lenient("checks-ignored", "checks that do not hold do not fail the run",
            "report.screen.closing", without_checks),
    Lenient("difference-is-zero", "a difference is exit status 0", "errors.DIFFERENT", becomes(0)),
    Lenient("differences-end-well", "whatever was found, the status is 0",
            "checks.outcome.status", always(0)),
    Lenient("checks-unheeded", "a check that does not hold ends well", "checks.outcome.status",
            lambda right: lambda totals, checks: right(totals, [])),
    Lenient("exit-status-zero", "every run ends with status 0", "cli.reporting.show", always(0),
            EXIT_STATUS),
    Lenient("check-status-zero", "every check ends with status 0", "checks.outcome.Outcome.status",
            has(lambda outcome, status: 0), CHECK),
    Lenient("check-drops-failures", "what fails is left out of the report",
            "pipeline.submission.judge_dump",
            answers(lambda findings: [f for f in findings if not f.failed]), CHECK),
    Lenient("coverage-always", "every cell is covered", "checks.coverage.check",
            answers(held)),
    Lenient("untraced-passes", "the untraced path is never wrong", "checks.untraced.judged",
            always(Held(verified=1))),
    Lenient("state-infinite", "other batches may differ by anything", "checks.lifecycle.allowed",
            infinite),
    Lenient("state-unseen", "calls are not compared", "checks.lifecycle.unequal", always("")),
    Lenient("arguments-unseen", "arguments may change", "checks.lifecycle.difference_of",
            always("")),
    Lenient("order-unseen", "a reversed batch is not compared", "checks.lifecycle.permuted",
            always("")),
    Lenient("singles-unseen", "single runs are not compared", "checks.lifecycle.singles",
            always("")),
)  # fmt: skip
LENIENT = _COMPARISON + _BOUNDS + _TRUST + _COUNTS
