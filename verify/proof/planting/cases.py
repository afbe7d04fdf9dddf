"""Cases in which entries of the table are planted, the cheapest first, and entries that no case
can show."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from lenet_ref.architecture import Affine, Architecture
from lenet_ref.specs.average_pool import AveragePool
from lenet_ref.specs.convolution import Convolution
from verify.cases.case import Case, generator
from verify.cases.networks import has_decay, make_arch
from verify.cases.plan import Job
from verify.cases.probes import PROBES

WHOLE = (
    Job("modern", "digits", "float64", 3),
    Job("1998", "digits", "float64", 3),
    Job("modern", "zero-bias", "float64", 3),
    Job("modern", "competitive", "float64", 3),
    Job("1998", "competitive", "float64", 3),
    Job("1998", "competitive", "float64", 3, options=(("j", 1.0),)),
    Job("1998", "signed", "float64", 3, options=(("reading", "seed"),)),
    Job("1998", "digits", "float64", 3, options=(("subsampling", "average"),)),
    Job("modern", "signed", "float64", 3),
    Job("modern", "saturated", "float64", 3),
)
"""Networks, in which mistakes are handed in as people do too."""


@cache
def jobs_of(variant: str, network: Architecture | None = None) -> tuple[Job, ...]:
    """Cases of one network in which mistakes are planted: with kinks and without, with a
    regulariser where it has one.  network: what variant names, where it is no preset."""
    arch = make_arch(variant, {}, network)
    regimes = ["digits", "signed", "zero-bias", "saturated"]
    regimes += ["competitive"] if has_decay(arch) else []
    regimes += ["ties"] if any("max" in layer.family for layer in arch.layers) else []
    return tuple(Job(variant, regime, "float64", 3, network=network) for regime in regimes)


@cache
def cases() -> tuple[Case, ...]:
    """Probes, then layers and codes that no probe has, then networks.  A batch of 131 shows
    nothing here that one of 3 or 16 does not."""
    probes = [Job(p.variant, name, "float64", p.batch).case() for name, p in PROBES.items()]
    small = [case for case in probes if case.batch <= 16]
    return (*small, square(), flattened(), *(job.case() for job in WHOLE), learned())


def square() -> Case:
    """A layer with as many outputs as inputs, where one can be taken for the other."""
    draw = generator("square").standard_normal
    return Case(
        arch=Architecture("modern", (Affine("F6", 7, 7),), None, options="probe"),
        tier="float64",
        regime="square",
        batch=3,
        seed=0,
        images=draw((3, 7)),
        parameters={"F6.W": draw((7, 7)), "F6.b": draw(7)},
        upstream=draw((3, 7)),
    )


def flattened() -> Case:
    """A volume that is averaged and handed to a fully connected layer."""
    draw = generator("flattened").standard_normal
    layers = (
        Convolution("C1", 1, 3, (9, 11), (2, 2), activation="relu"),
        AveragePool("S2", 3, (8, 10), (2, 2)),
        Affine("F3", 60, 4),
    )
    shapes = {f"{x.name}.{k}": s for x in layers for k, s in x.parameter_shapes.items()}
    return Case(
        arch=Architecture("modern", layers, None, options="probe"),
        tier="float64",
        regime="flattened",
        batch=3,
        seed=0,
        images=draw((3, 1, 9, 11)),
        parameters={name: draw(shape) for name, shape in shapes.items()},
        upstream=draw((3, 4)),
    )


def learned() -> Case:
    """Codes that have moved away from their bitmaps."""
    case = Job("1998", "competitive", "float64", 3).case()
    codes = case.parameters["F7.W"]
    moved = codes + generator("learned").normal(0, 0.1, codes.shape)
    return replace(case, regime="learned", parameters={**case.parameters, "F7.W": moved})


NOTHING_LEFT = (
    "weights are zero wherever Table I has no link, so the links that it does not have leave"
    " nothing: the result is zero, and is called that"
)
NOT_PLANTABLE = {
    ("convolution.da", "table-inverted"): NOTHING_LEFT,
    ("convolution.dx", "table-inverted"): NOTHING_LEFT,
}
"""(operation, name) to the reason; an entry that can be planted after all fails the proof."""
