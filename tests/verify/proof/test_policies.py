"""The policies that people use: what each accepts, what each reads, and what it says of a mistake
and of the same case without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from verify.cases.plan import Job
from verify.judge.kinks import kink_free
from verify.proof.evidence import nearness
from verify.proof.evidence.collected import everybody
from verify.proof.evidence.differences import Differences
from verify.proof.evidence.exhibit import Exhibit, expected
from verify.proof.evidence.ours import Ours, affected, findings_of
from verify.proof.evidence.plants import planted_in, right_of, shown
from verify.proof.evidence.policies import policies
from verify.proof.evidence.policy import Agrees, Compared, Policy, Said
from verify.proof.evidence.trial import BLIND, BOTH, FOUND, MISSED, Trial, trials
from verify.proof.faults.catalogue import catalogue
from verify.proof.planting.entry import entries
from verify.proof.planting.general import general
from verify.subjects.reference import reference

PLANTS = {m.name: m for m in (*entries(), *general(), *catalogue())}
BY_KEY = {p.key: p for p in everybody()}
ROW = np.array([1.0, -2.0, 1e-3])
LAST, MIDDLE, TWO = np.array([0, 0, 9]), np.array([0, 9, 0]), np.array([0, 9, 9])
NAN = np.array([1.0, np.nan, 1e-3])


@pytest.mark.parametrize(
    ("near", "accepted", "rejected"),
    [
        (nearness.allclose(1e-3), ROW * (1 + 9e-4), ROW * (1 + 2e-3)),
        (nearness.allclose(1e-3, 1e-2), ROW + 9e-3, ROW + 2e-2),
        (nearness.close_by_dtype, ROW + 9e-8, ROW + 1e-6),
        (nearness.cosine(0.99), 5 * ROW, -ROW),
        (nearness.means(1e-3), ROW[::-1], ROW + 1e-2),
        (nearness.norm(1e-2), ROW * (1 + 9e-3), ROW * (1 + 2e-2)),
        (nearness.elementwise(1e-4), ROW * (1 + 1e-4), ROW * (1 + 3e-4)),
        (nearness.matched(0.6, 1e-3), ROW + LAST, ROW + TWO),
    ],
)
def test_what_is_near_enough(near: Agrees, accepted: object, rejected: object) -> None:
    assert near(np.asarray(accepted), ROW)
    assert not near(np.asarray(rejected), ROW)
    assert near(ROW, ROW) and (not near(NAN, ROW) or near(ROW + MIDDLE, ROW))


def test_each_has_a_name_of_its_own_and_a_source() -> None:
    assert len(BY_KEY) == len(everybody()) > 50
    assert all(policy.source and policy.group and policy.name for policy in everybody())
    assert {p.name for p in policies()} >= {*(f"allclose 1e-{n}" for n in range(2, 8))}


def case_of(tier: str = "float64", regime: str = "kink-free") -> Exhibit:
    case = kink_free(Job("modern", regime, tier, 3)).case()
    return Exhibit(case, reference, reference)


OUTPUTS = ["F7.y", "loss.data", "loss.total"]


def test_what_people_read() -> None:
    exhibit = case_of()
    usual = BY_KEY["allclose 1e-5, usual"].reads(exhibit)
    assert usual[:2] == ["F7.y", "loss.data"] and usual[-1] == "C1.db" and "C1.dx" not in usual
    assert BY_KEY["atol = rtol = 1e-2, output"].reads(exhibit) == OUTPUTS
    every = BY_KEY["allclose 1e-5, every"].reads(exhibit)
    assert {*usual} < {*every} and "C3.a" not in every
    assert BY_KEY["differences 1e-3, 1e-2, gradients"].reads(exhibit) == []


def test_what_torch_says_is_what_the_reference_says() -> None:
    exhibit = case_of()
    for name, value in expected(exhibit.case).items():
        if name in exhibit.trace:
            assert np.allclose(exhibit.trace[name].reshape(value.shape), value, rtol=1e-9), name


@pytest.mark.parametrize("key", [k for k in BY_KEY if "differences" not in k])
def test_right_code_in_float64_without_kinks_is_accepted(key: str) -> None:
    assert not BY_KEY[key].says(case_of()).rejected or "rel_error 1e-7" in key


def told(name: str, *keys: str) -> dict[tuple[str, str], Trial]:
    chosen = [BY_KEY[key] for key in keys]
    return {(t.policy, t.tier): t for t in trials(PLANTS[name], chosen)}


def test_a_sign_is_found_where_it_is_and_outputs_do_not_show_it() -> None:
    found = told("affine.db/sign", "allclose 1e-5, usual", "atol = rtol = 1e-2, output",
                 "ours, this one case, every")  # fmt: skip
    assert found["allclose 1e-5", "float64"].outcome == FOUND
    assert found["allclose 1e-5", "float64"].first.endswith(".db")
    assert found["atol = rtol = 1e-2", "float64"].outcome == BLIND
    for tier in ("float64", "float32"):
        ours = found["ours, this one case", tier]
        assert (ours.outcome, ours.located, ours.named) == (FOUND, True, True)


def test_a_constant_in_its_fifth_digit_is_missed_by_lax_policies() -> None:
    lax = ("cosine 0.999, every", "relative norm 1e-2, every")
    found = told("activation.y/rounded-S:0.6667", *lax)
    assert {t.outcome for t in found.values()} == {MISSED}


@dataclass(frozen=True)
class Severe(Policy):
    """Rejects everything."""

    group: str = "severe"
    name: str = "severe"
    tensors: str = ""
    source: str = "nobody"

    def reads(self, exhibit: Exhibit) -> Sequence[str]:
        return exhibit.order

    def says(self, exhibit: Exhibit) -> Said:
        return Said("C1.x", ("C1",))


def test_who_rejects_right_code_too_tells_nothing() -> None:
    found = [*trials(PLANTS["affine.db/sign"], [Severe()])]
    assert {(t.outcome, t.located) for t in found} == {(BOTH, False)}


def test_differences_tell_a_wrong_gradient_and_not_a_wrong_network() -> None:
    fine = "differences 1e-5, 1e-4, gradients"
    assert isinstance(BY_KEY[fine], Differences) and not BY_KEY[fine].says(case_of()).rejected
    assert told("affine.dW/double", fine)["differences 1e-5, 1e-4", "float64"].outcome == FOUND
    other = told("mle.data/times-N", fine, "allclose 1e-2, usual")
    assert other["allclose 1e-2", "float64"].outcome == FOUND


@pytest.mark.parametrize("name", ["conv-no-bias", "affine.dW/no-derivative", "relu-elu"])
def test_judging_what_is_affected_is_judging_all(name: str) -> None:
    found = shown(PLANTS[name], "float64")
    assert found is not None
    with planted_in(PLANTS[name], found[0]) as exhibit:
        some = {f.step.tensor: f for f in findings_of(exhibit) if f.failed}
        whole = findings_of(replace(exhibit, right=None))
        failed = {f.step.tensor: f for f in whole if f.failed}
        assert {*some} == {*failed} <= affected(exhibit) < {f.step.tensor for f in whole}
        causes = [(f.cause and f.cause.text) for f in some.values()]
        assert causes == [(f.cause and f.cause.text) for f in failed.values()]


def test_what_is_right_is_asked_while_nothing_is_planted() -> None:
    fault = PLANTS["conv-no-bias"]
    found = shown(fault, "float64")
    assert found is not None
    right = right_of(fault, found[0])  # type: ignore[arg-type]
    [*trials(fault, [BY_KEY["allclose 1e-7, every"], Ours()])]  # type: ignore[list-item]
    for name, value in reference(found[0]).items():
        assert np.array_equal(right.handed[name], value)


def test_ones_go_down_in_the_place_of_the_losss_gradient() -> None:
    exhibit = case_of().with_ones
    assert (exhibit.trace["F7.dy"] == 1).all() and (exhibit.expected["F7.dy"] == 1).all()
    assert isinstance(BY_KEY["of ones, allclose 1e-5, usual"], Compared)
