"""Layer probes: one layer alone on awkward shapes, where square networks hide mistakes.

Sizes are non-square and co-prime, channel counts differ from each other and from the batch,
kernels and windows are oblong, strides unequal; inputs are signed with exact zeros and ties,
the upstream gradient is random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lenet_ref import connections, parameters
from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    MaxPool,
    RadialBasis,
    Subsampling,
)
from lenet_ref.network import input_shape
from verify.cases import Case, Floats, generator
from verify.shapes import shapes


@dataclass(frozen=True)
class Probe:
    """A layer on its own.  exact: how the layer stands in the exact tier (no squashing)."""

    variant: str
    layer: Layer
    exact: Layer | None = None


PROBES: dict[str, Probe] = {
    "probe-convolution": Probe(
        "modern", Convolution("C1", 2, 5, (9, 13), kernel=(2, 3), stride=(2, 3))
    ),
    "probe-max-pool": Probe("modern", MaxPool("S2", 4, (10, 9), window=(2, 3))),
    "probe-affine": Probe("modern", Affine("F6", 11, 5)),
    "probe-sparse": Probe(
        "1998",
        Convolution(
            "C3", 6, 16, (5, 7), kernel=(3, 2), activation="squash", table=connections.TABLE_I
        ),
        Convolution(
            "C3", 6, 16, (5, 7), kernel=(3, 2), activation="identity", table=connections.TABLE_I
        ),
    ),
    "probe-subsampling": Probe(
        "1998",
        Subsampling("S2", 4, (10, 9), window=(2, 3)),
        Subsampling("S2", 4, (10, 9), window=(2, 3), activation="identity"),
    ),
    "probe-average": Probe(
        "1998",
        Subsampling("S4", 5, (6, 12), window=(2, 4), reading="average", activation="logistic"),
        Subsampling("S4", 5, (6, 12), window=(2, 4), reading="average", activation="identity"),
    ),
    "probe-tanh": Probe(
        "1998", Affine("F6", 11, 5, activation="tanh"), Affine("F6", 11, 5, activation="identity")
    ),
    "probe-rbf": Probe("1998", RadialBasis("F7", 13, 6, learned=True)),
}


def make_probe(name: str, tier: str, batch: int, seed: int) -> Case:
    """Draw a probe: integers for the exact tier, else half-integers beside normal numbers."""
    probe = PROBES[name]
    layer = probe.exact if tier == "exact" and probe.exact is not None else probe.layer
    arch = Architecture(probe.variant, (layer,), None, options="probe")
    rng = generator(name, batch, seed)
    dtype = "float32" if tier == "float32" else "float64"
    outputs = shapes(arch, batch)[f"{layer.name}.y"]
    return Case(
        arch=arch,
        tier=tier,
        regime=name,
        batch=batch,
        seed=seed,
        images=mixed(rng, (batch, *input_shape(arch)), tier).astype(dtype),
        parameters=_weights(arch, rng, tier, dtype),
        upstream=mixed(rng, outputs, tier).astype(dtype),
        ties=isinstance(layer, MaxPool),
    )


def mixed(rng: np.random.Generator, shape: tuple[int, ...], tier: str) -> Floats:
    """Small integers; outside the exact tier half of them replaced by normal numbers."""
    grid = rng.integers(-2, 3, size=shape).astype(float)
    if tier == "exact":
        return grid
    return np.where(rng.random(shape) < 0.5, grid / 2, rng.standard_normal(shape))


def _weights(
    arch: Architecture, rng: np.random.Generator, tier: str, dtype: str
) -> dict[str, Floats]:
    found = {}
    for name, shape in parameters.parameter_shapes(arch).items():
        layer = arch.layers[0]
        value = mixed(rng, shape, tier)
        found[name] = parameters.without_dead_links(layer, name[-1], value).astype(dtype)
    return found
