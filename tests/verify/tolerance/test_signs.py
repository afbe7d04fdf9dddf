"""Sums of both signs: the sharper bound holds in any order, is reached, and is no larger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from verify.tolerance.bound import UNIT_ROUNDOFF, Bound

Half = np.float16
"""Rounds coarsely, so that a few hundred additions come near any bound."""


def tree(terms: Sequence[np.floating]) -> np.floating:
    """Pairwise."""
    while len(terms) > 1:
        pairs = [a + b for a, b in zip(terms[::2], terms[1::2], strict=False)]
        terms = [*pairs, *terms[len(pairs) * 2 :]]
    return terms[0]


def one_by_one(terms: Sequence[np.floating]) -> np.floating:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def in_blocks(terms: Sequence[np.floating]) -> np.floating:
    return one_by_one([one_by_one(terms[i : i + 16]) for i in range(0, len(terms), 16)])


def fused(a: NDArray[Half], b: NDArray[Half]) -> np.floating:
    """Products that are not rounded by themselves; float64 holds them."""
    total = Half(0)
    for x, y in zip(a.astype(float), b.astype(float), strict=True):
        total = Half(float(total) + x * y)
    return total


ORDERS: dict[str, Callable[[list[Half]], list[Half]]] = {
    "as they come": list,
    "one sign first": lambda terms: sorted(terms, reverse=True),
    "other sign first": sorted,
    "largest first": lambda terms: sorted(terms, key=abs, reverse=True),
    "smallest first": lambda terms: sorted(terms, key=abs),
}
WAYS = {"one by one": one_by_one, "pairwise": tree, "in blocks": in_blocks}
DRAWS: dict[str, Callable[[np.random.Generator, int], NDArray[np.float64]]] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "cancelling": lambda rng, n: np.concatenate([h := rng.uniform(1, 2, n // 2), -h[::-1]]),
    "of one sign": lambda rng, n: rng.uniform(1, 2, n),
    "of all sizes": lambda rng, n: rng.normal(size=n) * 2.0 ** rng.integers(-6, 3, n),
}


def allowed(a: NDArray[Half], b: NDArray[Half]) -> tuple[Fraction, float, float]:
    """The sum exactly; what one side may be off by, by the sharper bound and by the first."""
    products = [Fraction(float(x)) * Fraction(float(y)) for x, y in zip(a, b, strict=True)]
    total, n = sum(products, Fraction(0)), len(products)
    M = torch.tensor([float(sum(map(abs, products)))], dtype=torch.float64)
    first = Bound("product", n, M, None, n - 1)
    less = first.of_signs(torch.tensor([float(total)], dtype=torch.float64))
    return total, float(less.value("float16", sides=1)), float(first.value("float16", sides=1))


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("n", [2, 3, 50, 400])
@pytest.mark.parametrize("seed", [0, 1])
def test_no_order_is_beyond(draw: str, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = DRAWS[draw](rng, n).astype(Half)
    b = rng.choice([0.75, 1.0, 1.3], len(a)).astype(Half)
    total, sharp, first = allowed(a, b)
    assert sharp <= first * (1 + 1e-12)
    products = [x * y for x, y in zip(a, b, strict=True)]
    found = {f"{way} {order}": WAYS[way](ORDERS[order](products))
             for way in WAYS for order in ORDERS} | {"fused": fused(a, b)}  # fmt: skip
    off = {name: float(abs(Fraction(float(value)) - total)) for name, value in found.items()}
    assert {name: error for name, error in off.items() if not error <= sharp} == {}


def test_it_is_reached_within_a_factor_of_three() -> None:
    """A large term, small ones that each round up to the last digit, and the large one again: no
    bound of half of it would hold."""
    n, u = 200, UNIT_ROUNDOFF["float16"]
    large, small = Half(1024), Half(0.51)
    terms = [large, *[small] * n, -large]
    total = sum((Fraction(float(term)) for term in terms), Fraction(0))
    M = torch.tensor([float(sum(abs(Fraction(float(t))) for t in terms))], dtype=torch.float64)
    m = len(terms) - 1
    less = Bound("sum", m, M, None, m).of_signs(torch.tensor([float(total)], dtype=torch.float64))
    error = float(abs(Fraction(float(one_by_one(terms))) - total))
    assert m * u < 0.5
    assert float(less.value("float16", sides=1)) / 3 < error <= float(less.value("float16", 1))


def test_of_one_sign_nothing_is_gained_and_of_both_half_is() -> None:
    M = torch.tensor([8.0, 8.0, 8.0, 0.0], dtype=torch.float64)
    bound = Bound("product", 1001, M, None, 1000)
    S = torch.tensor([8.0, 0.0, -4.0, 3.0], dtype=torch.float64)
    less = bound.of_signs(S)
    assert (less.rule, less.roundings, less.additions) == ("signs", 1001, 0)
    expected = [8.0, (8 + 1000 * 4) / 1001, (8 + 1000 * 6) / 1001, 0.0]
    np.testing.assert_allclose(less.magnitude.numpy(), expected, rtol=1e-15)
