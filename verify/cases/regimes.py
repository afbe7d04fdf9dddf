"""The regimes: how images, parameters and upstream gradients of a case are made.

A regime is a row of REGIMES; to add one, add a row.  Which cases the commands run is a row of
PLAN.  Random upstream gradients, never ones: a gradient of ones hides transposes and swaps.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lenet_ref import parameters
from lenet_ref.architecture import VARIANTS, Architecture, lenet_1998, modern
from verify.cases import idx
from verify.cases.case import Case, Floats, Integers, generator
from verify.errors import InputError

__all__ = ["MAKERS", "REGIMES", "SATURATION", "Batch", "Regime", "Values", "chosen",
           "half_integers", "integers", "large", "make_arch", "make_case", "normal", "published",
           "random_labels", "real_digits", "signed", "small_integers", "sparse_integers",
           "zero_bias"]  # fmt: skip
Values = dict[str, Floats]
Batch = tuple[Floats, Integers]


@dataclass(frozen=True)
class Regime:
    """about: for --help; images, weights, upstream: makers of float64 arrays.

    images: (architecture, N, generator, folder of digits) to (N, C, H, W) and labels (N,).
    weights: (architecture, generator, seed) to parameters by name.
    upstream: (shape of the output, generator) to a gradient; None: the loss's own.
    ties: pooling windows are promised to tie; options: of the architecture, by variant.
    """

    about: str
    images: Callable[[Architecture, int, np.random.Generator, Path], Batch]
    weights: Callable[[Architecture, np.random.Generator, int], Values]
    upstream: Callable[[tuple[int, ...], np.random.Generator], Floats] | None = None
    ties: bool = False
    options: dict[str, dict[str, Any]] | None = None


def real_digits(arch: Architecture, n: int, rng: np.random.Generator, data: Path) -> Batch:
    """n digits with their labels, each used once before any is used again."""
    images, labels = idx.read_digits(data)
    picked = chosen(len(images), n, rng)
    channels = arch.input_shape[0]
    return idx.to_input(images[picked], arch.variant, channels), labels[picked].astype(np.int64)


def chosen(available: int, n: int, rng: np.random.Generator) -> list[int]:
    """Indices of n digits."""
    order = rng.permutation(available)
    return [int(order[i % available]) for i in range(n)]


def signed(arch: Architecture, n: int, rng: np.random.Generator, data: Path) -> Batch:
    """Standard normal images, random labels."""
    return rng.standard_normal((n, *arch.input_shape)), random_labels(arch, n, rng)


def integers(arch: Architecture, n: int, rng: np.random.Generator, data: Path) -> Batch:
    """Images of small integers, -2 to 2."""
    images = rng.integers(-2, 3, size=(n, *arch.input_shape)).astype(float)
    return images, random_labels(arch, n, rng)


def half_integers(arch: Architecture, n: int, rng: np.random.Generator, data: Path) -> Batch:
    """Images on the grid -1, -1/2, 0, 1/2, 1: windows tie often."""
    images, labels = integers(arch, n, rng, data)
    return images / 2, labels


def random_labels(arch: Architecture, n: int, rng: np.random.Generator) -> Integers:
    """(N,) classes."""
    return rng.integers(0, arch.classes, size=n)


def published(arch: Architecture, rng: np.random.Generator, seed: int) -> Values:
    """The initialisation the paper gives (1998) or He-uniform (modern)."""
    return parameters.initial(arch, seed)


def zero_bias(arch: Architecture, rng: np.random.Generator, seed: int) -> Values:
    """Zero biases: on a constant background, exact zeros and ties everywhere."""
    values = published(arch, rng, seed)
    return {k: np.zeros_like(v) if k.endswith(".b") else v for k, v in values.items()}


def sparse_integers(arch: Architecture, rng: np.random.Generator, seed: int) -> Values:
    """Weights -1, 0, 1, about six a unit, so that every sum of a network stays exact."""
    values, layers = published(arch, rng, seed), {layer.name: layer for layer in arch.layers}
    for name, value in values.items():
        terms = value[0].size if value.ndim > 1 else 1
        signs = rng.choice([-1.0, 1.0], size=value.shape)
        kept = signs * (rng.random(value.shape) < min(1.0, 6 / terms))
        if layers[name.split(".")[0]].fixed("W") is None:
            values[name] = kept * (value != 0)
    return values


def large(arch: Architecture, rng: np.random.Generator, seed: int) -> Values:
    """Weights that drive logits to +-1e4 (modern), or each layer of squashing units from nearly
    linear to fully saturated, |z| up to 1000 (1998)."""
    values = published(arch, rng, seed)
    if arch.variant == "modern":
        last = f"{arch.layers[-1].name}.W"
        return values | {last: values[last] * 2e4}
    for layer in arch.layers:
        if layer.decayed:
            W = values[f"{layer.name}.W"]
            factors = np.logspace(0, SATURATION[layer.family], len(W))
            values[f"{layer.name}.W"] = W * factors.reshape(-1, *[1] * (W.ndim - 1))
    return values


SATURATION = {"convolution": 2, "affine": 4}
"""Decades over which the weights of successive units of a layer grow."""


def normal(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """A standard normal upstream gradient."""
    return rng.standard_normal(shape)


def small_integers(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """An upstream gradient of integers, -3 to 3."""
    return rng.integers(-3, 4, size=shape).astype(float)


REGIMES: dict[str, Regime] = {
    "digits": Regime("real digits, initial parameters", real_digits, published),
    "zero-bias": Regime(
        "real digits, zero biases: exact zeros and ties everywhere",
        real_digits,
        zero_bias,
        ties=True,
    ),
    "signed": Regime("signed random images and upstream gradient", signed, published, normal),
    "kink-free": Regime(
        "signed random images, a seed with no unit within its uncertainty of a kink: gradients"
        " alone are judged to rounding",
        signed,
        published,
    ),
    "ties": Regime(
        "half-integer grid: pooling windows tie at positive values",
        half_integers,
        sparse_integers,
        normal,
        ties=True,
    ),
    "saturated": Regime(
        "logits of +-1e4; squashing saturated, distances of hundreds", real_digits, large
    ),
    "competitive": Regime(
        "MAP with j = 84 and learned codes, L2 on: every term of the loss weighs",
        real_digits,
        published,
        # 0.5 would not do: its square is its half, and its double is one
        options={"1998": {"loss": "map", "j": 84.0, "learned_codes": True}, "modern": {"reg": 0.3}},
    ),
    "integers": Regime(
        "small integers, no squashing: every sum exactly representable",
        integers,
        sparse_integers,
        small_integers,
        options={"1998": {"reading": "linear"}, "modern": {"reg": 0.5}},
    ),
    "integers-map": Regime(
        "as integers, with learned codes",
        integers,
        sparse_integers,
        small_integers,
        options={"1998": {"reading": "linear", "loss": "map", "learned_codes": True}},
    ),
}


def make_arch(variant: str, options: dict[str, Any]) -> Architecture:
    """The architecture of a variant under named options.

    Raises:
        InputError: no such variant or option.  OptionError: a value out of range.
    """
    if variant not in VARIANTS:
        raise InputError("no such variant", where="variant", got=repr(variant),
                         expected=" or ".join(VARIANTS))  # fmt: skip
    make = MAKERS[variant]
    known = list(inspect.signature(make).parameters)
    if unknown := [name for name in options if name not in known]:
        raise InputError(f"the {variant} variant has no such option", where="option",
                         got=", ".join(unknown), expected=", ".join(known))  # fmt: skip
    return make(**options)


MAKERS: dict[str, Callable[..., Architecture]] = {"modern": modern, "1998": lenet_1998}


def make_case(
    variant: str,
    regime: str,
    tier: str,
    batch: int,
    seed: int,
    options: dict[str, Any] | None = None,
    data: Path = idx.PACKAGED,
    weights: Values | None = None,
) -> Case:
    """Draw a case.  Everything depends on (variant, regime, batch, seed) alone, not on dtype.

    Args:
        tier: "float32" rounds what was drawn; "exact" and "float64" keep it in float64.
        options: beside the regime's own; weights: parameters in place of the drawn ones.
    Raises:
        InputError: unknown names, or a batch below 1.
    """
    if regime not in REGIMES:
        raise InputError("no such regime", where="regime", got=repr(regime),
                         expected=", ".join(REGIMES))  # fmt: skip
    if batch < 1:
        raise InputError("unusable batch size", where="batch", got=batch, expected="1 or more")
    row = REGIMES[regime]
    merged = (row.options or {}).get(variant, {}) | (options or {})
    arch = make_arch(variant, merged)
    rng = generator(variant, regime, batch, seed)
    dtype = "float32" if tier == "float32" else "float64"
    images, labels = row.images(arch, batch, rng, data)
    values = weights or row.weights(arch, rng, seed)
    outputs = (batch, arch.classes)
    upstream = None if row.upstream is None else row.upstream(outputs, rng).astype(dtype)
    return Case(
        arch=arch,
        tier=tier,
        regime=regime,
        batch=batch,
        seed=seed,
        images=images.astype(dtype),
        parameters={k: v.astype(dtype) for k, v in values.items()},
        labels=labels,
        upstream=upstream,
        ties=row.ties,
    )
