"""Plans and cases: drawn from their key alone, the same in every dtype, unlike each other."""

from __future__ import annotations

import numpy as np
import pytest

from verify.cases.plan import Job, plan, product
from verify.cases.regimes import REGIMES, make_case
from verify.errors import InputError
from verify.subjects.reference import reference


def test_a_case_depends_on_its_key_alone() -> None:
    one, two = (Job("1998", "signed", "float64", 4, 3).case() for _ in range(2))
    assert np.array_equal(one.images, two.images)
    assert np.array_equal(one.upstream, two.upstream)
    other = Job("1998", "signed", "float64", 4, 4).case()
    assert not np.array_equal(one.images, other.images)


@pytest.mark.parametrize("regime", [r for r in REGIMES if "integers" not in r])
@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_float32_is_the_same_case_rounded(variant: str, regime: str) -> None:
    double = make_case(variant, regime, "float64", 3, 0)
    single = make_case(variant, regime, "float32", 3, 0)
    assert np.array_equal(double.images.astype(np.float32), single.images)
    for name, value in double.parameters.items():
        assert np.array_equal(value.astype(np.float32), single.parameters[name])


def test_real_digits_come_with_their_labels() -> None:
    case = make_case("1998", "digits", "float64", 100, 0)
    assert np.array_equal(np.bincount(case.labels), np.full(10, 10))
    assert float(case.images.min()) == -0.1
    assert case.images[:, :, :2].max() == -0.1


@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_integer_regimes_hold_integers(variant: str) -> None:
    case = make_case(variant, "integers", "exact", 4, 0)
    for array in (case.images, case.upstream, *case.parameters.values()):
        assert array is not None
        assert np.array_equal(array, np.round(array))
        assert np.abs(array).max() <= 3


@pytest.mark.parametrize("regime", REGIMES)
def test_upstream_gradients_are_never_constant(regime: str) -> None:
    upstream = make_case("1998", regime, "float64", 2, 0).upstream
    assert upstream is None or len(np.unique(upstream)) > 2


def test_plans_grow() -> None:
    sizes = [len(list(plan(level))) for level in ("quick", "default", "full")]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 3


def test_integers_are_always_the_exact_tier() -> None:
    jobs = product(("modern",), ("integers",), ("float64", "float32"), (4,), range(1))
    assert [job.tier for job in jobs] == ["exact"]


@pytest.mark.parametrize(("regime", "batch"), [("nothing", 1), ("digits", 0), ("digits", -1)])
def test_unusable_cases(regime: str, batch: int) -> None:
    with pytest.raises(InputError):
        make_case("modern", regime, "float64", batch, 0)


def test_the_saturated_regime_saturates() -> None:
    """It once left every squashing unit of 1998 in its linear part."""
    modern = reference(Job("modern", "saturated", "float64", 3).case())
    historic = reference(Job("1998", "saturated", "float64", 3).case())
    assert np.abs(modern["F7.z"]).max() > 1e4
    for layer in ("C1", "C3", "C5", "F6"):
        assert np.abs(historic[f"{layer}.z"]).max() > 6, layer
    assert np.abs(historic["F6.z"]).max() > 600
    assert historic["F7.y"].max() > 100
