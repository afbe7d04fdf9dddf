"""One pass in pieces measures what the plain formulas measure of the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from verify.judge.agreement import PIECE, Agreement, agreement
from verify.judge.compare import compare

Floats = NDArray[np.float64]
LEAST = 1e-3
SIZES = (1, 2, 7, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 5)


def drawn(size: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Subject, reference and bound; zeros in all of them, every error within its bound."""
    rng = np.random.default_rng(seed)
    r = rng.standard_normal(size) * (rng.random(size) > 0.3)
    b = 1e-9 * rng.random(size) * (rng.random(size) > 0.2)
    return r + b * rng.uniform(-0.99, 0.99, size), r, np.where(b > 0, b + 1e-15, 0.0)


def measured(s: Floats, r: Floats, b: Floats, least: float = LEAST) -> Agreement:
    found = agreement(s, r, b, least)
    assert found is not None
    return found


@given(st.sampled_from(SIZES), st.integers(0, 10**6))
def test_of_the_pieces_is_of_the_whole(size: int, seed: int) -> None:
    s, r, b = drawn(size, seed)
    found = measured(s, r, b)
    error = abs(s - r)
    ratio = np.divide(error, b, out=np.zeros(size), where=b > 0)
    floors = (error + b) / np.maximum(abs(r), LEAST)
    assert (found.error, found.largest) == (error.max(), b.max())
    assert (found.ratio, found.place) == (ratio.max(), ratio.argmax())
    assert found.floor == floors.max()
    assert found.verified == size


def test_an_element_is_verified_if_its_bound_is_below_its_size() -> None:
    """Its own, or LEAST for what is smaller; in whichever piece it lies."""
    r = np.full(2 * PIECE, 1.0)
    b = np.zeros_like(r)
    r[[0, PIECE]], b[[0, PIECE, 5]] = 1e-9, (0.5 * LEAST, 2 * LEAST, 1.0)
    found = measured(r, r, b)
    assert (found.verified, found.floor) == (r.size - 2, 2.0)


@pytest.mark.parametrize("size", SIZES)
def test_least_squares_from_the_differences(size: int) -> None:
    s, r, b = drawn(size, size)
    r[0] = 1.0
    s[0] = 1.0
    fit = measured(s, r, b).fit()
    assert fit is not None
    scale, residual, cosine = fit
    c = np.longdouble((s * r).sum()) / np.longdouble((r * r).sum())
    direct = np.linalg.norm((s - c * r).astype(float)) / np.linalg.norm(s)
    assert scale == pytest.approx(float(c), rel=1e-14)
    assert residual == pytest.approx(direct, rel=1e-4, abs=1e-15)
    assert cosine == pytest.approx(1.0, rel=1e-14)


def test_no_fit_of_zeros_or_beyond_the_range() -> None:
    zero = np.zeros(3)
    assert measured(zero, zero, np.ones(3)).fit() is None
    huge = np.full(3, 1e200)
    assert measured(huge, huge, np.ones(3)).fit() is None


@pytest.mark.parametrize("place", [0, PIECE - 1, PIECE, 3 * PIECE + 4])
@pytest.mark.parametrize("what", ["error", "nan", "infinite bound", "negative bound", "nan bound"])
def test_one_bad_element_anywhere_is_no_agreement(place: int, what: str) -> None:
    s, r, b = drawn(SIZES[-1], 1)
    b += 1e-12
    assert agreement(s, r, b, LEAST) is not None
    match what:
        case "error":
            s[place] += 1e-8
        case "nan":
            s[place] = np.nan
        case _:
            b[place] = {"infinite bound": np.inf, "negative bound": -1.0, "nan bound": np.nan}[what]
    assert agreement(s, r, b, LEAST) is None
    assert not compare(s, r, b).passed


def test_an_error_of_zero_is_none_of_a_bound_of_zero() -> None:
    s, r, b = np.array([1.0, 5.5]), np.array([1.0, 5.0]), np.array([0.0, 1.0])
    assert (measured(s, r, b).ratio, measured(s, r, b).place) == (0.5, 1)


def test_the_floor_is_that_of_the_bluntest_element() -> None:
    r = np.array([1.0, 5.0])
    assert measured(r, r, np.array([0.0, 0.0])).floor == 0.0
    assert measured(r, r, np.array([0.0, 1.0])).floor == pytest.approx(0.2)
    assert measured(r, r, np.array([0.5, 1.0])).floor == pytest.approx(0.5)


def test_a_subnormal_bound_is_a_bound() -> None:
    r, b = np.array([1e-310]), np.array([1e-320])
    assert measured(r + 5e-321, r, b).ratio == pytest.approx(0.5, rel=0.01)


def test_nothing_fits_a_reference_that_is_zero() -> None:
    """Nor one whose squares overflow."""
    one, zero, large = np.ones(3), np.zeros(3), np.full(3, 1e200)
    assert measured(one, zero, one * 2).fit() is None
    assert measured(zero, one, one * 2).fit() is None
    assert measured(large, large, one).fit() is None
    assert measured(one, one, one).fit() == pytest.approx((1, 0, 1))
