"""Which cases a run judges: plans as rows of a table, or the product of what was asked for."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from lenet_ref.architecture import VARIANTS, Architecture
from verify.cases import idx, probes
from verify.cases.case import Case
from verify.cases.draws import Values, published, real_digits
from verify.cases.networks import make_arch
from verify.cases.regimes import REGIMES, make_case

__all__ = [
    "DEFAULT",
    "FULL",
    "LEVELS",
    "NONE",
    "QUICK",
    "READINGS",
    "Job",
    "Networks",
    "batch_of",
    "draws_digits",
    "is_exact",
    "plan",
    "probed",
    "product",
    "takes_weights",
]  # fmt: skip
Networks: TypeAlias = Mapping[str, Architecture]
"""By name, those that are no presets."""
NONE: Networks = MappingProxyType({})


@dataclass(frozen=True)
class Job:
    """One case to be drawn and judged; small, so that it can be handed to another process.

    regime: of REGIMES, or the name of a probe, which has a network of its own; options: of the
    architecture, (name, value); truth: evaluate every formula in higher precision, too; network:
    what ``variant`` names, where it is no preset.
    """

    variant: str
    regime: str
    tier: str
    batch: int
    seed: int = 0
    options: tuple[tuple[str, Any], ...] = ()
    truth: bool = True
    network: Architecture | None = None

    def case(
        self, data: Path = idx.PACKAGED, weights: Values | None = None, weights_flag: str = ""
    ) -> Case:
        """Draw the case; the flags that its rerun command needs go with it.

        Args:
            data: folder of IDX files that digits are taken from.
            weights: parameters in place of the drawn ones; weights_flag: the file they are from.
        Raises:
            InputError: unknown names, a batch below 1, digits that cannot be read.
        """
        if self.regime in probes.PROBES:
            whose = self.variant if self.variant == probes.OPTIONS else ""
            return probes.make_probe(self.regime, self.tier, self.batch, self.seed, whose)
        options = dict(self.options)
        case = make_case(self.variant, self.regime, self.tier, self.batch, self.seed, options,
                         data, weights, self.network)  # fmt: skip
        words = [word for key, value in self.options for word in ("--option", f"{key}={value}")]
        elsewhere = draws_digits(self.regime) and data != idx.PACKAGED
        words += ["--data", str(data)] if elsewhere else []
        words += ["--weights", weights_flag] if weights_flag else []
        return replace(case, flags=shlex.join(words))


# regime, tiers, batches, truth too: 1 shows nothing about 1/N, 7 equals no channel count
_EVERY = ("float64", "float32")
QUICK = (("digits", ("float64",), (7,), True), ("integers", ("exact",), (4,), False))
DEFAULT = (
    ("digits", _EVERY, (1,), True),
    ("digits", _EVERY, (7,), False),
    ("zero-bias", ("float64",), (7,), False),
    ("competitive", _EVERY, (2,), True),
    ("integers", ("exact",), (4,), False),
    ("integers-map", ("exact",), (4,), False),
)
FULL = (
    ("digits", _EVERY, (1, 7, 127), True),
    ("zero-bias", _EVERY, (1, 7), True),
    ("signed", _EVERY, (1, 7, 13), True),
    ("ties", _EVERY, (1, 7), True),
    ("saturated", _EVERY, (1, 7), True),
    ("competitive", _EVERY, (1, 7), True),
    ("integers", ("exact",), (4,), True),
    ("integers-map", ("exact",), (4,), True),
)
READINGS: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = (
    ("modern", (("channels", 3), ("reg", 0.01))),
    ("1998", (("subsampling", "average"),)),
    ("1998", (("reading", "seed"),)),
    ("1998", (("reading", "seed"), ("subsampling", "average"), ("loss", "map"), ("j", 84.0))),
)
LEVELS = {"quick": QUICK, "default": DEFAULT, "full": FULL}


def plan(
    level: str,
    variants: tuple[str, ...] = VARIANTS,
    seeds: range = range(1),
    networks: Networks = NONE,
) -> Iterator[Job]:
    """The jobs of a level of LEVELS, in a fixed order: seed, variant, regime, tier, batch.

    networks: what those of the variants name that are no presets.
    """
    for seed in seeds:
        for variant in variants:
            for regime, tiers, batches, truth in LEVELS[level]:
                if variant == "1998" or REGIMES[regime].of is not None:
                    for tier, batch in itertools.product(tiers, batches):
                        yield Job(variant, regime, tier, batch, seed, (), truth,
                                  networks.get(variant))  # fmt: skip
        yield from _extras(level, variants, seed, networks)


def _extras(level: str, variants: tuple[str, ...], seed: int, networks: Networks) -> Iterator[Job]:
    """Layer probes always (but in quick); those of other options, and other readings, when full."""
    full = level == "full"
    if full:
        for variant, options in READINGS:
            if variant in variants:
                for tier in _EVERY:
                    yield Job(variant, "signed", tier, 5, seed, options)
    if level != "quick":
        for name, variant in probed(variants, full, networks):
            for tier in ("exact", "float64", "float32"):
                yield Job(variant, name, tier, probes.PROBES[name].batch, seed)


def probed(
    variants: Collection[str], full: bool = False, networks: Networks = NONE
) -> Iterator[tuple[str, str]]:
    """Probes that go with some networks, and as whose: those of the two derived networks with
    theirs; with any other all that have a family of it.  full: all that are of neither, too."""
    others = [make_arch(v, {}, networks.get(v)) for v in variants if v not in VARIANTS]
    for name, probe in probes.PROBES.items():
        if probe.variant in variants:
            yield name, probe.variant
        elif any(map(probe.concerns, others)) or (full and probe.variant == probes.OPTIONS):
            yield name, probes.OPTIONS


def is_exact(regime: str) -> bool:
    """Of small integers throughout; probes have an exact form beside others."""
    return regime in REGIMES and "integers" in regime


def batch_of(regime: str, usual: int = 3) -> int:
    """How many images a mistake is shown on; of small integers four, for their mean is exact."""
    return 4 if is_exact(regime) else usual


def takes_weights(regime: str) -> bool:
    """A regime that is still itself with other parameters than it draws."""
    return regime in REGIMES and REGIMES[regime].weights is published


def draws_digits(regime: str) -> bool:
    """A regime whose images come from a folder of digits."""
    return regime in REGIMES and REGIMES[regime].images is real_digits


def product(
    variants: tuple[str, ...],
    regimes: tuple[str, ...],
    tiers: tuple[str, ...],
    batches: tuple[int, ...],
    seeds: range,
    options: tuple[tuple[str, Any], ...] = (),
    networks: Networks = NONE,
) -> Iterator[Job]:
    """Every combination asked for; the integer regimes are always the exact tier, and probes bring
    a network of their own."""
    for seed in seeds:
        for variant, regime in itertools.product(variants, regimes):
            own = _whose(regime, variant, variants)
            if own is None:
                continue
            for tier in ("exact",) if is_exact(regime) else tiers:
                for batch in batches:
                    yield Job(own, regime, tier, batch, seed, options,
                              network=networks.get(own))  # fmt: skip


def _whose(regime: str, variant: str, variants: Collection[str]) -> str | None:
    """As whose a regime is drawn in the turn of a variant; None: not in this turn."""
    if regime not in probes.PROBES:
        return variant
    own = probes.PROBES[regime].variant
    if own in variants:
        return own if own == variant else None
    return probes.OPTIONS if variant == next(iter(variants)) else None
