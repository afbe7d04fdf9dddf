"""``--network NAME|FILE.toml``, in every command where ``--variant`` stands."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field

from lenet_ref.architecture import VARIANTS, Architecture
from verify.cases.networks import make_arch, named
from verify.cases.options import Options
from verify.cases.plan import Networks
from verify.cli.parsing import Clash, Parser

__all__ = ["BOTH", "Chosen", "chosen", "takes_network"]  # fmt: skip
BOTH = "both"


@dataclass(frozen=True)
class Chosen:
    """Which networks.  variants: their names; networks: by name those that are no presets."""

    variants: tuple[str, ...] = VARIANTS
    networks: Networks = field(default_factory=dict)

    def architectures(self, options: Options) -> list[Architecture]:
        """Each of them under the same options.

        Raises:
            InputError: one has no such option.  OptionError: a value out of range.
        """
        return [make_arch(v, dict(options), self.networks.get(v)) for v in self.variants]

    @property
    def published(self) -> bool:
        """None but the two that are derived in full."""
        return {*self.variants} <= {*VARIANTS}

    @property
    def one(self) -> tuple[str, Architecture | None]:
        """The name of the only one, and its description where it is no preset."""
        (variant,) = self.variants
        return variant, self.networks.get(variant)


def takes_network(p: Parser, both: bool = True) -> None:
    """Add ``--variant`` and ``--network``.  both: without either, the two derived networks."""
    words = [*VARIANTS, BOTH] if both else VARIANTS
    p.add_argument("--variant", choices=words, default=BOTH if both else None,
                   help="one of the two derived networks")  # fmt: skip
    p.add_argument("--network", metavar="NAME|FILE.toml",
                   help="any network: lenet-verify networks lists those with a name")  # fmt: skip
    p.clashes = (*p.clashes, Clash("--network", ("--variant",), "both name a network; say one"))


def chosen(asked: argparse.Namespace) -> Chosen | None:
    """The networks that were named; None if none was, and none is the default.

    Raises:
        InputError, OptionError, ShapeError: no such network, or an unusable file.
    """
    if asked.network is not None:
        name, found = named(asked.network)
        return Chosen((name,), {} if found is None else {name: found})
    if asked.variant is None:
        return None
    return Chosen(VARIANTS if asked.variant == BOTH else (asked.variant,))
