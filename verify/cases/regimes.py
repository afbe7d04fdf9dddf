"""The regimes: how images, parameters and upstream gradients of a case are made.

A regime is a row of REGIMES; to add one, add a row.  Which cases the commands run is a row of
PLAN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lenet_ref.architecture import VARIANTS, Architecture
from verify.cases import idx
from verify.cases.case import Case, Floats, generator
from verify.cases.draws import (
    Batch,
    Values,
    half_integers,
    integers,
    large,
    normal,
    published,
    real_digits,
    signed,
    small_integers,
    sparse_integers,
    zero_bias,
)
from verify.cases.machine import ASKED, must_fit
from verify.cases.networks import make_arch
from verify.cases.readings import as_it_is, linear, may_tie, of_every_term, scale
from verify.errors import InputError

__all__ = ["REGIMES", "Regime", "make_case", "network"]  # fmt: skip


@dataclass(frozen=True)
class Regime:
    """about: what is drawn; finds: what shows in it, both for ``lenet-verify regimes``; images,
    weights, upstream: makers of float64 arrays.

    images: (architecture, N, generator, folder of digits) to (N, C, H, W) and labels (N,).
    weights: (architecture, generator, seed) to parameters by name.
    upstream: (shape of the output, generator) to a gradient; None: the loss's own.
    ties: pooling windows are promised to tie; options: of the architecture, by variant; of: what is
    made of any other network; None: the regime is of those variants alone.
    """

    about: str
    finds: str
    images: Callable[[Architecture, int, np.random.Generator, Path], Batch]
    weights: Callable[[Architecture, np.random.Generator, int], Values]
    upstream: Callable[[tuple[int, ...], np.random.Generator], Floats] | None = None
    ties: bool = False
    options: dict[str, dict[str, Any]] | None = None
    of: Callable[[Architecture], Architecture] | None = as_it_is


REGIMES: dict[str, Regime] = {
    "digits": Regime(
        "real digits, initial parameters",
        "wrong formulas at the numbers that a network meets in use: most mistakes of a layer",
        real_digits,
        published,
    ),
    "zero-bias": Regime(
        "real digits, zero biases: exact zeros and ties everywhere",
        "conventions at a kink: the derivative of ReLU at 0, who of equal maxima gets the gradient",
        real_digits,
        zero_bias,
        ties=True,
    ),
    "signed": Regime(
        "signed random images and upstream gradient",
        "transposes and swaps, which a constant gradient hides; whatever is right for positive"
        " images alone",
        signed,
        published,
        normal,
    ),
    "kink-free": Regime(
        "signed random images, a seed with no unit within its uncertainty of a kink: gradients"
        " alone are judged to rounding",
        "small mistakes where nothing but gradients is handed in",
        signed,
        published,
    ),
    "ties": Regime(
        "half-integer grid: pooling windows tie at positive values",
        "ties that are no zeros: a mask by equality, a maximum counted twice, strict comparisons",
        half_integers,
        sparse_integers,
        normal,
        ties=True,
    ),
    "saturated": Regime(
        "logits of +-1e4; squashing saturated, distances of hundreds",
        "overflow: a softmax without the shift, the logarithm of a softmax, exponentials of"
        " distances",
        real_digits,
        large,
    ),
    "competitive": Regime(
        "MAP with j = 84 and learned codes, L2 on: every term of the loss weighs",
        "terms of the loss that others drown: the rival classes of MAP, the regulariser, the codes",
        real_digits,
        published,
        # 0.5 would not do: its square is its half, and its double is one
        options={"1998": {"loss": "map", "j": 84.0, "learned_codes": True}, "modern": {"reg": 0.3}},
        of=of_every_term,
    ),
    "integers": Regime(
        "small integers, no squashing: every sum exactly representable",
        "anything at all in the sums: they are compared bit by bit, and no rounding excuses it",
        integers,
        sparse_integers,
        small_integers,
        options={"1998": {"reading": "linear"}, "modern": {"reg": 0.5}},
        of=linear,
    ),
    "integers-map": Regime(
        "as integers, with learned codes (1998 alone)",
        "the same in the distances and the gradient of the codes",
        integers,
        sparse_integers,
        small_integers,
        options={"1998": {"reading": "linear", "loss": "map", "learned_codes": True}},
        of=None,
    ),
}


def network(
    regime: str, variant: str, options: dict[str, Any], found: Architecture | None
) -> Architecture:
    """The network as a regime has it.

    Raises:
        InputError: unknown names, or a regime that is of other networks.
    """
    if regime not in REGIMES:
        raise InputError("no such regime", where="regime", got=repr(regime),
                         expected=", ".join(REGIMES))  # fmt: skip
    row = REGIMES[regime]
    if variant in VARIANTS and found is None:
        return make_arch(variant, (row.options or {}).get(variant, {}) | options)
    if row.of is None:
        raise InputError("a regime of other networks", where="regime", got=f"{regime}, {variant}")
    return row.of(make_arch(variant, options, found))


def _times(whole: float, drawn: Values) -> Values:
    """With biases multiplied as images are: so is every sum then, and what a rectifier leaves of
    it, and no mean has a remainder."""
    return {key: whole * value if key.endswith(".b") else value for key, value in drawn.items()}


def make_case(
    variant: str,
    regime: str,
    tier: str,
    batch: int,
    seed: int,
    options: dict[str, Any] | None = None,
    data: Path = idx.PACKAGED,
    weights: Values | None = None,
    found: Architecture | None = None,
) -> Case:
    """Draw a case.  Everything depends on (variant, regime, batch, seed) alone, not on dtype.

    Args:
        tier: "float32" rounds what was drawn; "exact" and "float64" keep it in float64.
        options: beside the regime's own; weights: parameters in place of the drawn ones; found:
            the network, where it is not known by name.
    Raises:
        InputError: unknown names, a batch below 1, or one that does not fit into memory.
    """
    arch = network(regime, variant, options or {}, found)
    if batch < 1:
        raise InputError("unusable batch size", where="batch", got=batch, expected="1 or more")
    must_fit(arch, batch, ASKED)
    row, rng = REGIMES[regime], generator(variant, regime, batch, seed)
    dtype = "float32" if tier == "float32" else "float64"
    whole = scale(arch) if row.images is integers else 1.0
    images, labels = row.images(arch, batch, rng, data)
    values = weights or _times(whole, row.weights(arch, rng, seed))
    make = row.upstream or (normal if arch.loss is None else None)
    drawn = None if make is None else whole * make((batch, *arch.output_shape), rng)
    return Case(
        arch=arch,
        tier=tier,
        regime=regime,
        batch=batch,
        seed=seed,
        images=(whole * images).astype(dtype),
        parameters={k: v.astype(dtype) for k, v in values.items()},
        labels=None if arch.loss is None else labels,
        upstream=None if drawn is None else drawn.astype(dtype),
        ties=row.ties and (row.images is not real_digits or may_tie(arch)),
    )
