"""Layer probes: one layer alone on awkward shapes, where square networks hide mistakes.

Sizes are non-square and co-prime, channel counts differ from each other and from the batch,
kernels and windows are oblong, strides unequal; inputs are signed with exact zeros and ties,
the upstream gradient is random.  Losses stand behind a layer of ten classes and see every label:
the few digits of a whole network's case do not, and a formula may be wrong for one label alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lenet_ref import connections
from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    Loss,
    MaxPool,
    RadialBasis,
    Subsampling,
)
from lenet_ref.network import input_shape
from lenet_ref.parameters import parameter_shapes, without_dead_links
from verify.cases.case import Case, Floats, generator
from verify.expected.shapes import shapes


@dataclass(frozen=True)
class Probe:
    """A layer on its own, or the last one with its loss.

    exact: how the layer stands in the exact tier (no squashing).
    batch: of the plan's case; a loss has as many patterns as show it every label.
    spread: factor of the inputs outside the exact tier; a loss that does not shift its exponents
    survives small ones.
    """

    variant: str
    layer: Layer
    exact: Layer | None = None
    loss: Loss | None = None
    batch: int = 3
    spread: float = 1.0


CLASSES = 10
EVERY_LABEL = 16
"""More patterns than classes, and a power of two: the exact tier divides by it."""
MANY = 131
"""A prime above every number of maps, units or classes."""

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
    "probe-logistic": Probe(
        "1998",
        Affine("F6", 11, 5, activation="logistic"),
        Affine("F6", 11, 5, activation="identity"),
    ),
    "probe-rbf": Probe("1998", RadialBasis("F7", 13, 6, learned=True)),
    "probe-cross-entropy": Probe(
        "modern",
        Affine("F7", 5, CLASSES, activation="identity"),
        loss=Loss("cross_entropy", reg=0.25),
        batch=EVERY_LABEL,
    ),
    "probe-mle": Probe(
        "1998",
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("mle"),
        batch=EVERY_LABEL,
    ),
    "probe-map": Probe(
        "1998",
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("map", j=12.0),
        batch=EVERY_LABEL,
    ),
    "probe-logits": Probe(
        "modern",
        Affine("F7", 5, CLASSES, activation="identity"),
        loss=Loss("cross_entropy"),
        batch=EVERY_LABEL,
        spread=1e3,
    ),
    "probe-distances": Probe(
        "1998",
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("map", j=5e4),
        batch=EVERY_LABEL,
        spread=100.0,
    ),
    "probe-many-convolution": Probe(
        "modern", Convolution("C1", 2, 3, (5, 7), kernel=(2, 3), stride=(1, 2)), batch=MANY
    ),
    "probe-many-cross-entropy": Probe(
        "modern",
        Affine("F7", 5, CLASSES, activation="identity"),
        loss=Loss("cross_entropy", reg=0.25),
        batch=MANY,
    ),
    "probe-many-map": Probe(
        "1998",
        RadialBasis("F7", 7, CLASSES, learned=True),
        loss=Loss("map", j=12.0),
        batch=MANY,
    ),
}


def make_probe(name: str, tier: str, batch: int, seed: int) -> Case:
    """Draw a probe: integers for the exact tier, else half-integers beside normal numbers."""
    probe = PROBES[name]
    layer = probe.exact if tier == "exact" and probe.exact is not None else probe.layer
    arch = Architecture(probe.variant, (layer,), probe.loss, options="probe")
    rng = generator(name, batch, seed)
    dtype = "float32" if tier == "float32" else "float64"
    outputs = shapes(arch, batch)[f"{layer.name}.y"]
    spread = 1.0 if tier == "exact" else probe.spread
    images = (spread * mixed(rng, (batch, *input_shape(arch)), tier)).astype(dtype)
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
    for name, shape in parameter_shapes(arch).items():
        layer = arch.layers[0]
        value = mixed(rng, shape, tier)
        while not value.any():  # four integer coefficients are all zero once in 625 draws
            value = mixed(rng, shape, tier)
        found[name] = without_dead_links(layer, name[-1], value).astype(dtype)
    return found
