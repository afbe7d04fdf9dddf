"""Mistakes about Table I: which S2 maps each C3 map reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from verify.proof.faults.fault import Fault

table = partial(
    Fault,
    target="layers.convolution.connection_mask",
    layers="C3",
    tensor="C3.z",
    variant="1998",
    source="Table I",
)
FORWARD, BACKWARD = "layers.convolution.forward", "layers.convolution.backward"
CYCLIC = {4: [4, 5, 0], 5: [5, 0, 1], 9: [3, 4, 5, 0], 10: [4, 5, 0, 1], 11: [5, 0, 1, 2]}


def read(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The connection mask (16, 6) read otherwise; dense layers stay dense."""

    def make(right: Any) -> Any:
        def wrong(layer: Any) -> Any:
            mask = right(layer)
            return None if mask is None else change(mask)

        return wrong

    return make


def with_links(*links: tuple[int, int, bool]) -> Callable[[Any], Any]:
    """Single entries (C3 map, S2 map) set or cleared."""

    def change(mask: Any) -> Any:
        found = mask.copy()
        for k, c, value in links:
            found[k, c] = value
        return found

    return change


def packed(right: Any) -> Any:
    """Filters stored in cyclic order of their maps, read in ascending order."""

    def wrong(x: Any, W: Any, b: Any, stride: Any, mask: Any) -> Any:
        if mask is None:
            return right(x, W, b, stride, mask)
        moved = W.copy()
        for k, cyclic in CYCLIC.items():
            moved[k, sorted(cyclic)] = W[k, cyclic]
        return right(x, moved, b, stride, mask)

    return wrong


def contiguous(mask: Any) -> Any:
    """Maps 12 to 14 read four contiguous maps instead of two opposite pairs."""
    found = mask.copy()
    for k in (12, 13, 14):
        found[k] = mask[k - 6]
    return found


def unmasked(right: Any) -> Any:
    """The layer's pass without its mask; the weights are zero at dead links all the same."""
    return lambda *arguments: right(*arguments[:-1], None)


def masked_gradient_only(right: Any) -> Any:
    """The backward pass masks dW and multiplies by the weights as they stand."""

    def wrong(x: Any, a: Any, W: Any, dz: Any, stride: Any, mask: Any) -> Any:
        found = right(x, a, W, dz, stride, None)
        if mask is not None:
            found["dW"] = found["dW"] * mask[:, :, None, None]
        return found

    return wrong


FAULTS = [
    table(
        name="table-dense",
        about="C3 is connected to all maps: dead weights are zero, so only their gradient shows",
        source="field notes A1",
        make=read(lambda mask: None),
        tensor="C3.dW",
        cause="unmasked",
    ),
    table(
        name="table-not-in-backward",
        about="the mask is applied in the forward pass, not to the gradient",
        source="field notes A3",
        target=BACKWARD,
        make=unmasked,
        tensor="C3.dW",
        cause="unmasked",
    ),
    table(
        name="table-link-removed",
        about="map 15 does not read map 5",
        make=read(with_links((15, 5, False))),
        cause="links-missing",
    ),
    table(
        name="table-link-added",
        about="map 0 also reads map 3",
        make=read(with_links((0, 3, True))),
        tensor="C3.dW",
        cause="other-links",
    ),
    table(
        name="table-link-moved",
        about="map 14 reads map 4 instead of map 5",
        make=read(with_links((14, 5, False), (14, 4, True))),
        cause="links-missing",
    ),
    table(
        name="table-not-cyclic",
        about="triples and quadruples do not wrap around from map 5 to map 0",
        source="field notes A2",
        make=read(with_links(*((k, c, False) for k in (4, 5, 9, 10, 11) for c in (0, 1, 2)))),
        cause="links-missing",
    ),
    table(
        name="table-pairs-contiguous",
        about="maps 12 to 14 read contiguous maps instead of opposite pairs",
        source="field notes A2",
        make=read(contiguous),
        cause="links-missing",
    ),
    table(
        name="table-column-off",
        about="columns are read one off",
        source="field notes A2",
        make=read(lambda mask: np.roll(mask, 1, axis=0)),
        cause="table-shifted",
    ),
    table(
        name="table-row-off",
        about="S2 maps are counted from 1",
        source="field notes A2",
        make=read(lambda mask: np.roll(mask, 1, axis=1)),
        cause="table-shifted",
    ),
    table(
        name="table-transposed",
        about="the printed 6 x 16 table is reshaped to 16 x 6 instead of transposed",
        source="field notes A2",
        make=read(lambda mask: mask.T.reshape(mask.shape)),
        cause="table-transposed",
    ),
    table(
        name="table-upside-down",
        about="S2 maps are counted from the bottom",
        source="field notes A2",
        make=read(lambda mask: mask[:, ::-1]),
        cause="table-mirrored",
    ),
    table(
        name="table-inverted",
        about="True marks the links that do not exist",
        source="sign slip",
        make=read(np.logical_not),
        cause="table-inverted",
    ),
    table(
        name="table-packed-order",
        about="packed filters of maps 4, 5, 9, 10, 11 in cyclic order, read in ascending order",
        source="field notes A2",
        target=FORWARD,
        make=packed,
        cause="packed-order",
    ),
    Fault(
        "table-not-in-forward",
        "the forward pass does not apply the mask",
        "field notes A1",
        FORWARD,
        unmasked,
        variant="1998",
        equivalent="Parameters with weights at dead links are refused, so the mask multiplies "
        "zeros by zero.",
    ),
    Fault(
        "table-not-in-dx",
        "the backward pass masks dW, but not the weights it multiplies by",
        "field notes A1",
        BACKWARD,
        masked_gradient_only,
        variant="1998",
        equivalent="Weights at dead links are zero, masked or not, so da and dx are the same "
        "bits; dW is masked.",
    ),
]
