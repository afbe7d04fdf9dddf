"""Mistakes in the reductions of trainable subsampling: bias, batch, exchanged parameters."""

from __future__ import annotations

from typing import Any

from verify.proof.faults.catalogue.subsampling_gradient import (
    BACKWARD,
    DB,
    DW,
    LAYER,
    exchanged,
    for_all,
    per_map,
    sub,
    with_dy,
)


def stale(right: Any) -> Any:
    """The coefficient's gradient computed and not returned."""

    def wrong(*arguments: Any) -> Any:
        found = right(*arguments)
        return {**found, "dW": 0 * found["dW"]}

    return wrong


FAULTS = [
    sub(
        "sub-dW-sums-apart",
        "dz and s are summed first and multiplied afterwards",
        "field notes C30",
        DW,
        lambda right: lambda s, dz: per_map(dz) * per_map(s),
        tensor="S4.dW",
        cause="sums-apart",
    ),
    sub(
        "sub-dW-one-number",
        "the coefficient's gradient is summed over the maps as well",
        "field notes C4",
        DW,
        lambda right: lambda s, dz: for_all((dz * s).sum(), dz.shape[1]),
        tensor="S4.dW",
        cause="one-number",
    ),
    sub(
        "sub-dW-last-pattern",
        "the coefficient's gradient is assigned in the batch loop, not accumulated",
        "field notes C5",
        DW,
        lambda right: lambda s, dz: right(s[-1:], dz[-1:]),
        tensor="S4.dW",
        cause="last-pattern-only",
    ),
    sub(
        "sub-dW-not-stored",
        "the coefficient's gradient is computed and never stored",
        "field notes C17",
        BACKWARD,
        stale,
        tensor="S4.dW",
        cause="zero",
    ),
    sub(
        "sub-dW-sign",
        "the coefficient's gradient has the wrong sign",
        "sign slip",
        DW,
        lambda right: lambda s, dz: -right(s, dz),
        tensor="S4.dW",
        cause="sign",
    ),
    sub(
        "sub-dW-db-exchanged",
        "the gradients of coefficient and bias are exchanged",
        "argument order",
        BACKWARD,
        exchanged,
        tensor="S4.dW",
        cause="swapped",
    ),
    sub(
        "sub-db-averaged",
        "the bias gradient is averaged over batch and positions",
        "field notes C1; erratum S17",
        DB,
        lambda right: lambda dz: dz.mean(axis=(0, 2, 3)),
        tensor="S4.db",
        cause="averaged-over-rows",
    ),
    sub(
        "sub-db-averaged-positions",
        "the bias gradient is averaged over the positions, summed over the batch",
        "field notes C2",
        DB,
        lambda right: lambda dz: dz.mean(axis=(2, 3)).sum(axis=0),
        tensor="S4.db",
        cause="averaged-over-positions",
    ),
    sub(
        "sub-db-without-derivative",
        "the bias gradient uses dy: the squash's derivative is missing",
        "field notes C30",
        LAYER,
        with_dy(lambda t, dy, found: {"db": per_map(dy)}),
        tensor="S4.db",
        cause="no-derivative",
    ),
    sub(
        "sub-db-times-coefficient",
        "the bias gradient is multiplied by the coefficient",
        "product rule slip",
        LAYER,
        with_dy(lambda t, dy, found: {"db": t["W"] * found["db"]}),
        tensor="S4.db",
        cause="times-coefficient",
    ),
    sub(
        "sub-db-one-number",
        "the bias gradient is summed over the maps as well; broadcasting accepts it",
        "field notes C4",
        DB,
        lambda right: lambda dz: for_all(dz.sum(), dz.shape[1]),
        tensor="S4.db",
        cause="one-number",
    ),
    sub(
        "sub-db-first-pattern",
        "the bias gradient is the first pattern's alone",
        "field notes C5",
        DB,
        lambda right: lambda dz: right(dz[:1]),
        tensor="S4.db",
        cause="first-pattern-only",
    ),
]
