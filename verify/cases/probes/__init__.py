"""Layer probes: one layer alone on awkward shapes, where square networks hide mistakes.

Sizes are non-square and co-prime, channel counts differ from each other and from the batch,
kernels and windows are oblong, strides unequal; inputs are signed with exact zeros and ties,
the upstream gradient is random.  Losses stand behind a layer of ten classes and see every label:
the few digits of a whole network's case do not, and a formula may be wrong for one label alone.
"""

from __future__ import annotations

import numpy as np

from lenet_ref import families
from lenet_ref.architecture import Architecture
from lenet_ref.parameters import parameter_shapes, without_dead_links
from verify.cases.case import Case, Floats, generator
from verify.cases.machine import ASKED, must_fit
from verify.cases.probes.probe import CLASSES, EVERY_LABEL, OPTIONS, Probe
from verify.expected.shapes import shapes

__all__ = ["EVERY_LABEL", "OPTIONS", "PROBES", "Probe", "described", "make_probe"]
PROBES: dict[str, Probe] = families.merged(
    families.room("verify.cases.probes", families.every(), "PROBES").values(), "PROBES"
)


def make_probe(name: str, tier: str, batch: int, seed: int, variant: str = "") -> Case:
    """Draw a probe: integers for the exact tier, else half-integers beside normal numbers.

    Args:
        name: of PROBES; tier: "exact", "float64" or "float32"; batch: N, any from 1; variant: as
            whose, if not its own.
    Raises:
        InputError: so many images do not fit into memory.
    """
    probe, arch = PROBES[name], described(name, tier, variant)
    must_fit(arch, batch, ASKED)
    rng = generator(name, batch, seed)
    dtype = "float32" if tier == "float32" else "float64"
    outputs = shapes(arch, batch)[f"{arch.layers[-1].name}.y"]
    spread = 1.0 if tier == "exact" else probe.spread
    images = (spread * mixed(rng, (batch, *arch.input_shape), tier)).astype(dtype)
    parameters = _weights(arch, rng, tier, dtype)
    upstream = mixed(rng, outputs, tier).astype(dtype)
    given = probe.loss is None or tier == "exact"  # a softmax leaves the exact grid
    return Case(
        arch=arch,
        tier=tier,
        regime=name,
        batch=batch,
        seed=seed,
        images=images,
        parameters=parameters,
        labels=None if probe.loss is None else rng.permutation(np.arange(batch) % CLASSES),
        upstream=upstream if given else None,
        ties=probe.ties,
    )


def described(name: str, tier: str = "", variant: str = "") -> Architecture:
    """The network of a probe."""
    probe = PROBES[name]
    layer = probe.exact if tier == "exact" and probe.exact is not None else probe.layer
    layers = (layer,) if probe.before is None else (probe.before, layer)
    return Architecture(variant or probe.variant, layers, probe.loss, options="probe")


def mixed(rng: np.random.Generator, shape: tuple[int, ...], tier: str) -> Floats:
    """Small integers; outside the exact tier half of them replaced by normal numbers."""
    grid = rng.integers(-2, 3, size=shape).astype(float)
    if tier == "exact":
        return grid
    return np.where(rng.random(shape) < 0.5, grid / 2, rng.standard_normal(shape))


def _weights(
    arch: Architecture, rng: np.random.Generator, tier: str, dtype: str
) -> dict[str, Floats]:
    found, layers = {}, {layer.name: layer for layer in arch.layers}
    for name, shape in parameter_shapes(arch).items():
        of, symbol = name.split(".")
        value = mixed(rng, shape, tier)
        while not value.any():  # four integer coefficients are all zero once in 625 draws
            value = mixed(rng, shape, tier)
        found[name] = without_dead_links(layers[of], symbol, value).astype(dtype)
    return found
