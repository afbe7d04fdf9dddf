"""Kinds of data, each hostile in its own way: (shape, rng, dtype, amplitude) to float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Draw = Callable[[tuple[int, ...], np.random.Generator, str, float], Array]

EXPONENTS = {"float32": (-30.0, 8.0), "float64": (-100.0, 60.0)}
"""Decimal exponents of mixed magnitudes; no product of three overflows."""
SMALLEST = {"float32": 2.0**-149, "float64": 2.0**-1074}


def benign(shape: tuple[int, ...], rng: np.random.Generator, dtype: str, top: float) -> Array:
    """Standard normal."""
    return rng.standard_normal(shape)


def mixed(shape: tuple[int, ...], rng: np.random.Generator, dtype: str, top: float) -> Array:
    """All magnitudes and signs, every seventh number an exact zero."""
    sizes = 10 ** rng.uniform(*EXPONENTS[dtype], size=shape)
    return rng.choice([-1.0, 1.0], size=shape) * sizes * (rng.random(shape) > 1 / 7)


def cancelling(shape: tuple[int, ...], rng: np.random.Generator, dtype: str, top: float) -> Array:
    """Large numbers of alternating sign that leave a small rest."""
    signs = 1.0 - 2.0 * (np.arange(int(np.prod(shape))).reshape(shape) % 2)
    return 1024 * signs + rng.standard_normal(shape)


def subnormal(shape: tuple[int, ...], rng: np.random.Generator, dtype: str, top: float) -> Array:
    """A few smallest subnormal numbers, of either sign, some of them zero."""
    return rng.integers(-9, 10, size=shape) * SMALLEST[dtype]


def saturated(shape: tuple[int, ...], rng: np.random.Generator, dtype: str, top: float) -> Array:
    """Uniform between plus and minus the network's amplitude: logits of +-1e4, distances of
    hundreds, flat activations."""
    return rng.uniform(-top, top, size=shape)


def zeros(shape: tuple[int, ...], rng: np.random.Generator, dtype: str, top: float) -> Array:
    """Nothing but zeros, of either sign."""
    return rng.choice([-0.0, 0.0], size=shape)


KINDS: dict[str, Draw] = {
    "benign": benign,
    "mixed": mixed,
    "cancelling": cancelling,
    "subnormal": subnormal,
    "saturated": saturated,
    "zeros": zeros,
}
