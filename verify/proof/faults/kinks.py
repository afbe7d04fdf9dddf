"""Conventions at kinks, and where an activation's derivative stands: other rightful derivatives."""

from __future__ import annotations

from itertools import pairwise

from lenet_ref.architecture import Architecture, Layer, MaxPool
from lenet_ref.specs.layer import activation_of
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.layout import Layout
from verify.exchange.readings import at_kinks as declared_at_kinks
from verify.proof.faults.convention import Arrays, Convention, Export, Subject, read_as

__all__ = ["KINKS", "at_kinks", "masked"]


def at_kinks(key: str, value: str, regime: str) -> Convention:
    """A rightful derivative where there are several: the subject's own, of another network."""
    layout = Layout(chosen={key: value})

    def network(arch: Architecture) -> Architecture:
        return declared_at_kinks(arch, layout)

    def fits(arch: Architecture) -> bool:
        try:
            return network(arch) != arch
        except InputError:
            return False

    return Convention(f"{key} = {value}", layout, read_as(network), fits, regime)


def masked(before_pooling: bool) -> Export:
    """Every error handed down is the dz of the layer below; above a maximum of ReLUs it is zero
    where the maximum is."""

    def export(case: Case, subject: Subject) -> Arrays:
        found, layers = dict(subject(case)), case.arch.layers
        for source, (below, above) in zip((None, *layers), pairwise(layers), strict=False):
            dx, same = found[f"{above.name}.dx"], found.get(f"{above.name}.da")
            if activation_of(below) not in ("", "identity"):
                dz = found[f"{below.name}.dz"]
                found[f"{above.name}.dx"] = dz.reshape(dx.shape)
                found[f"{below.name}.dy"] = dz
            elif before_pooling and _pools_kinks(source, below):
                alive = found[f"{below.name}.y"] > 0
                for name in (f"{above.name}.dx", f"{below.name}.dy", f"{below.name}.dz"):
                    found[name] = found[name] * alive.reshape(found[name].shape)
                da = f"{below.name}.da"
                found[da] = found[da] * alive.reshape(-1, 1)
            else:
                continue
            if same is not None and same.shape == dx.shape:  # one array under two names
                found[f"{above.name}.da"] = found[f"{above.name}.dx"]
        return found

    return export


def _pools_kinks(source: Layer | None, pool: Layer) -> bool:
    """Maxima of ReLUs, whose sign says which of them a gradient goes through."""
    return isinstance(pool, MaxPool) and source is not None and activation_of(source) == "relu"


def _has_pooled_kinks(arch: Architecture) -> bool:
    return any(_pools_kinks(source, pool) for source, pool in pairwise(arch.layers))


KINKS = (
    *(at_kinks("ties", value, "digits") for value in ("last", "column-major", "all", "divided")),
    at_kinks("relu", "one-at-zero", "zero-bias"),
    Convention("masked = earlier", Layout(chosen={"masked": "earlier"}), masked(False)),
    Convention(
        "masked = before-pooling",
        Layout(chosen={"masked": "before-pooling"}),
        masked(True),
        _has_pooled_kinks,
    ),
)
