"""What is measured of a verdict: where the blame lies, and whether a cause is true."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verify.cases.case import Case
from verify.judge.findings import Cause, Finding
from verify.pipeline.judging import judge_dump
from verify.proof.faults.claims import Claims, untrue
from verify.proof.faults.conventions import CONVENTIONS, Arrays
from verify.proof.faults.evidence import INSIDE, NAMED, OTHERWISE, OUTSIDE, UNEXPLAINED, evidence
from verify.proof.faults.levels import level_of
from verify.proof.faults.submissions import KINK_FREE, drawn, exported, guilty_layers, jobs
from verify.proof.planting.entry import Entry, entries
from verify.proof.planting.general import general

ALL: dict[str, Entry] = {entry.name: entry for entry in [*entries(), *general()]}


def handed(name: str, level: str = "everything") -> tuple[Case, Arrays, list[Finding]]:
    """A mistake handed in, and what is said of it."""
    job = jobs(ALL[name])[KINK_FREE]
    given = level_of(exported(ALL[name], job, CONVENTIONS[0]), level)
    return drawn(job), given, judge_dump(drawn(job), given, None)


def saying(findings: list[Finding], cause: Cause) -> list[Finding]:
    """The same findings with one cause for all that fails."""
    return [replace(f, cause=cause if f.failed else None) for f in findings]


NAMES = [
    *("affine.dW/double", "convolution.dx/shifted", "convolution.dW/permuted-axis-0"),
    *("affine.z/no-bias", "convolution.db/averaged-over-positions", "affine.dW/zero"),
    *("affine.dW/factors-axis-0", "affine.dW/lower-precision"),
]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_named_is_true_and_another_cause_is_not(name: str) -> None:
    case, given, findings = handed(name)
    assert any(f.cause for f in findings)
    assert list(untrue(case, given, findings)) == []
    for other in ("sign", "four-times", "rotated", "cancellation", "not-finite", "no-such"):
        wrong = saying(findings, Cause(other, "of another mistake"))
        assert list(untrue(case, given, wrong)), other
    lower = saying(findings, Cause("lower-precision", "float32 numbers"))
    assert bool(list(untrue(case, given, lower))) == ("lower-precision" not in name)


def test_of_several_causes_each_must_be_true() -> None:
    case, given, findings = handed("affine.dW/double")
    one, both = (Cause("double", "", options=o) for o in (("double",), ("double", "sign")))
    assert list(untrue(case, given, saying(findings, one))) == []
    assert list(untrue(case, given, saying(findings, both)))


def test_a_cause_in_a_tensor_that_was_not_supplied() -> None:
    """True where what is made of it is wrong too; not where something made of it is right."""
    case, given, findings = handed("max_pool.z/average", "layers")
    assert any("S2.z/average" in f.cause.names for f in findings if f.cause is not None)
    assert list(untrue(case, given, findings)) == []
    case, given, findings = handed("affine.dW/double", "layers")
    step = next(f.step for f in findings if f.step.tensor == "F7.dW")
    told = Cause("mean-removed", "F7.x has its mean taken away", options=("F7.x/mean-removed",))
    x = given["F6.y"]
    wrong = (given["loss.dx"].T @ (x - x.mean())).astype(case.dtype)
    assert not Claims(case, given | {"F7.dW": wrong}).true(step, told)


def test_mistaken_layers_are_measured() -> None:
    entry = ALL["affine.z/no-bias"]
    job = jobs(entry)[KINK_FREE]
    assert guilty_layers(entry, job) == {"F6", "F7"}
    assert guilty_layers(entry, job, 1) == {"F7"}


@pytest.mark.parametrize("level", ["everything", "gradients"])
def test_where_the_blame_lies_and_what_is_said(level: str) -> None:
    case, given, findings = handed("affine.dW/double", level)
    true = frozenset({"F6", "F7"})
    said = evidence(case, given, findings, true, "double")
    assert (said.blame, said.explained, said.false) == (INSIDE, NAMED, "")
    assert evidence(case, given, findings, frozenset({"C1"}), "").blame == OUTSIDE
    assert evidence(case, given, findings, true, "another").explained == OTHERWISE
    silent = [replace(f, cause=None) for f in findings]
    assert evidence(case, given, silent, true, "double").explained == UNEXPLAINED
    wrong = saying(findings, Cause("sign", "it is not"))
    assert evidence(case, given, wrong, true, "double").false == "it is not"


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("convolution.z/permuted-axis-0", "gradients"),  # patterns exchanged: sums do not see it
        ("cross_entropy.dx/labels-rolled:before", "forward"),  # the cause is another tensor's
        ("subsampling.ds/sign", "forward"),  # two mistakes cancel
        ("cross_entropy.dx/padded:1e-13", "gradients"),  # below the bounds of what passes
        ("rbf.y/averaged", "gradients"),  # the loss's gradient does not read it
        ("map.probs/plain-j", "everything"),  # far smaller than the bound of the right result
        ("affine.dx/sign", "everything"),  # one factor in two layers
    ],
)
def test_a_wrong_layer_or_a_false_cause_that_was_once_said(name: str, level: str) -> None:
    case, given, findings = handed(name, level)
    guilty = guilty_layers(ALL[name], jobs(ALL[name])[KINK_FREE])
    said = evidence(case, given, findings, guilty, ALL[name].cause)
    assert (said.blame, said.false) == (INSIDE, "")
    assert len(said.blamed.split()) < len(case.arch.layers) or level == "gradients"
