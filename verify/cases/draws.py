"""How images, parameters and upstream gradients of a case are made.

Random upstream gradients, never ones: a gradient of ones hides transposes and swaps.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lenet_ref import parameters
from lenet_ref.architecture import VARIANTS, Architecture
from lenet_ref.specs.layer import activation_of
from verify.cases import idx
from verify.cases.case import Floats, Integers
from verify.cases.readings import bends

__all__ = ["SATURATION", "SMALLEST", "Batch", "Values", "chosen", "half_integers", "holds_digits",
           "integers", "large", "normal", "published", "random_labels", "real_digits", "signed",
           "small_integers", "sparse_integers", "zero_bias"]  # fmt: skip
Values = dict[str, Floats]
Batch = tuple[Floats, Integers]
SMALLEST = 16
"""Sides of an input from which on it may be a digit."""


def holds_digits(arch: Architecture) -> bool:
    """Its input is a volume that is large enough for digits, padded or cropped."""
    shape = arch.input_shape
    return len(shape) == 3 and min(shape[1:]) >= SMALLEST


def real_digits(arch: Architecture, n: int, rng: np.random.Generator, data: Path) -> Batch:
    """n digits with their labels, each used once before any is used again; random numbers for a
    network whose input is no digit."""
    if not holds_digits(arch):
        return signed(arch, n, rng, data)
    images, labels = idx.read_digits(data)
    picked = chosen(len(images), n, rng)
    channels, *size = arch.input_shape
    if arch.variant in VARIANTS:
        drawn = idx.to_input(images[picked], arch.variant, channels)
    else:  # of each channel another digit: equal ones could be exchanged
        every = [np.roll(images[picked], c, axis=0) + np.uint8(0) for c in range(channels)]
        drawn = np.concatenate([idx.to_input(each, "", 1, (size[0], size[1])) for each in every], 1)
    found = labels[picked].astype(np.int64)
    return drawn, found % arch.classes if arch.classes else found


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
    return rng.integers(0, arch.classes or 10, size=n)


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
    """Weights that drive logits to +-1e4 and each layer of squashing units from nearly linear to
    fully saturated, |z| up to 1000."""
    values, last = published(arch, rng, seed), arch.layers[-1]
    if activation_of(last) == "identity":
        values[f"{last.name}.W"] = values[f"{last.name}.W"] * 2e4
    for layer in arch.layers:
        if layer.decayed and bends(layer):
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
