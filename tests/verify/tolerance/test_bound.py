"""The terms of a bound: gamma, both sides, propagated, underflow, and its own evaluation."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from verify.tolerance.bound import (
    LARGEST_EXACT_INTEGER,
    PIECE,
    SMALLEST_NORMAL,
    UNIT_ROUNDOFF,
    Bound,
    gamma,
)

DTYPES = list(UNIT_ROUNDOFF)
POSITIVE = st.floats(1e-200, 1e200)


def of(n: int, magnitude: float, propagated: float | None = None) -> Bound:
    """A bound of one element."""
    P = None if propagated is None else torch.tensor([propagated], dtype=torch.float64)
    return Bound("sum", n, torch.tensor([magnitude], dtype=torch.float64), P)


def value(bound: Bound, dtype: str = "float32", sides: int = 2) -> float:
    """Its only element."""
    return float(bound.value(dtype, sides).item())


@pytest.mark.parametrize(("dtype", "bits"), [("float16", 11), ("float32", 24), ("float64", 53)])
def test_unit_roundoff_is_half_the_machine_epsilon(dtype: str, bits: int) -> None:
    assert UNIT_ROUNDOFF[dtype] == 2.0**-bits == torch.finfo(getattr(torch, dtype)).eps / 2
    assert SMALLEST_NORMAL[dtype] == torch.finfo(getattr(torch, dtype)).tiny


@pytest.mark.parametrize("dtype", DTYPES)
def test_gamma_covers_every_product_of_roundings(dtype: str) -> None:
    """Higham, lemma 3.1: |prod (1 + delta_i)^(+-1) - 1| <= gamma_n at both extremes."""
    u = Fraction(UNIT_ROUNDOFF[dtype])
    for n in (1, 2, 10, 500):
        covered = Fraction(gamma(n, float(u))) * (1 + Fraction(2, 2**53))
        assert (1 + u) ** n - 1 <= covered
        assert (1 - u) ** -n - 1 <= covered
        assert covered <= n * u / (1 - n * u) * (1 + Fraction(4, 2**53))


def test_gamma_ends_where_it_means_nothing() -> None:
    assert gamma(0, 2.0**-11) == 0
    assert gamma(2047, 2.0**-11) < gamma(2048, 2.0**-11) == gamma(1e9, 2.0**-11) == float("inf")


@given(n=st.integers(1, 10**5), M=POSITIVE, P=POSITIVE, sides=st.sampled_from([1, 2]))
def test_value_is_no_smaller_than_its_formula(n: int, M: float, P: float, sides: int) -> None:
    """Evaluated in float64, compared in exact arithmetic; and no larger than it need be."""
    u = Fraction(UNIT_ROUNDOFF["float32"])
    exact = sides * n * (u / (1 - n * u) * Fraction(M) + Fraction(2) ** -126) + Fraction(P)
    found = Fraction(value(of(n, M, P), sides=sides))
    assert exact <= found <= exact * (1 + 2 * Fraction(n + 20, 2**53))


@pytest.mark.parametrize("n", [1, 64, 4096])
def test_slack_covers_a_magnitude_summed_in_float64(n: int) -> None:
    """The worst float64 sum of n products loses gamma_n of M; the bound must not follow it."""
    lost = 1 - gamma(n, UNIT_ROUNDOFF["float64"])
    assert value(of(n, lost)) >= 2 * gamma(n, UNIT_ROUNDOFF["float32"])


def test_two_sides_cost_twice_one_but_share_what_is_propagated() -> None:
    one, two = value(of(3, 5.0), sides=1), value(of(3, 5.0), sides=2)
    assert two == pytest.approx(2 * one, rel=1e-15)
    assert value(of(3, 5.0, 7.0), sides=1) - one == pytest.approx(7, rel=1e-9)
    assert value(of(3, 5.0, 7.0), sides=2) - two == pytest.approx(7, rel=1e-9)


@pytest.mark.parametrize("dtype", DTYPES)
def test_underflow_is_one_smallest_normal_number_per_rounding_and_side(dtype: str) -> None:
    """Where the magnitude is far below it, it is all that is left."""
    tiny = SMALLEST_NORMAL[dtype]
    least = torch.finfo(torch.float64).smallest_normal * 2.0**-52
    assert value(of(6, least), dtype) == pytest.approx(12 * tiny, rel=1e-9)


def test_without_a_magnitude_there_is_nothing_to_lose() -> None:
    assert value(of(6, 0.0)) == 0
    assert value(of(6, 0.0, 0.5)) == pytest.approx(0.5)


def test_without_roundings_only_what_is_propagated_counts() -> None:
    assert value(of(0, 1e30)) == 0
    assert value(of(0, 1e30, 0.5)) == pytest.approx(0.5)


def test_zero_means_the_same_bits() -> None:
    assert of(0, 1.0).is_zero
    assert not of(0, 1.0, 0.0).is_zero
    assert not of(1, 0.0).is_zero


def test_terms_name_the_factor() -> None:
    assert (of(0, 1.0).terms(), of(7, 1.0).terms()) == ("0", "2*gamma_7")


@pytest.mark.parametrize("n", [0, 3])
def test_what_is_propagated_is_covered(n: int) -> None:
    """Also of a step that rounds nothing: no smaller than P, and no larger than it need be."""
    for P in (0.1, 1 / 3, 1e-300):
        assert P < value(of(n, 0.0, P)) <= P * (1 + 2**-48)


@pytest.mark.parametrize("dtype", list(UNIT_ROUNDOFF))
def test_formats_are_what_their_library_says(dtype: str) -> None:
    """The first integer whose successor is lost is 1/u, in each of them."""
    info, largest = torch.finfo(getattr(torch, dtype)), LARGEST_EXACT_INTEGER[dtype]
    assert SMALLEST_NORMAL[dtype] == info.smallest_normal
    assert UNIT_ROUNDOFF[dtype] == info.eps / 2
    held = torch.tensor([largest - 1, largest, largest + 1], dtype=getattr(torch, dtype))
    assert held.double().tolist() == [largest - 1, largest, largest]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [1, PIECE, PIECE + 1, 2 * PIECE + 3])
def test_a_bound_made_in_pieces_is_the_formula_on_the_whole(dtype: str, size: int) -> None:
    M = torch.rand(size, dtype=torch.float64, generator=torch.Generator().manual_seed(size))
    M[::3] = 0.0
    M[1::7] *= 1e-300
    n, last = 9, 1 + gamma(17, UNIT_ROUNDOFF["float64"])
    own = M * (2 * gamma(n, UNIT_ROUNDOFF[dtype])) + M.sign() * (2 * n * SMALLEST_NORMAL[dtype])
    assert torch.equal(Bound("sum", n, M).value(dtype), own * last)
    turned = torch.stack([M, M], dim=1)
    assert torch.equal(Bound("sum", n, turned.T).value(dtype)[1], own * last)
