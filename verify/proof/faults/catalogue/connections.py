"""Mistakes about Table I in the code: where the mask is read, and where it is applied."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from verify.proof.faults.fault import Fault

table = partial(Fault, layers="C3", variant="1998")
MASK = "layers.convolution.connection_mask"
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


def with_links(value: bool, *links: tuple[int, int]) -> Callable[[Any], Any]:
    """Single entries (C3 map, S2 map) set or cleared."""

    def change(mask: Any) -> Any:
        found = mask.copy()
        for link in links:
            found[link] = value
        return found

    return change


def packed(right: Any) -> Any:
    """Filters stored in cyclic order of their maps, read in ascending order."""

    def wrong(x: Any, W: Any, b: Any, stride: Any, mask: Any, *rest: Any) -> Any:
        if mask is None:
            return right(x, W, b, stride, mask, *rest)
        moved = W.copy()
        for k, cyclic in CYCLIC.items():
            moved[k, sorted(cyclic)] = W[k, cyclic]
        return right(x, moved, b, stride, mask, *rest)

    return wrong


def unmasked(right: Any) -> Any:
    """The layer's pass without its mask, which padding and turn follow; the weights are zero at
    dead links all the same."""
    return lambda *arguments: right(*arguments[:-3], None, *arguments[-2:])


def masked_gradient_only(right: Any) -> Any:
    """The backward pass masks dW and multiplies by the weights as they stand."""

    def wrong(x: Any, a: Any, W: Any, dz: Any, stride: Any, mask: Any, *rest: Any) -> Any:
        found = right(x, a, W, dz, stride, None, *rest)
        if mask is not None:
            found["dW"] = found["dW"] * mask[:, :, None, None]
        return found

    return wrong


FAULTS = [
    table("table-dense", "C3 is connected to all maps: only the gradients of dead weights show",
          "field notes A1", MASK, read(lambda mask: None), tensor="C3.dW", cause="unmasked"),
    table("table-not-in-backward", "the mask is applied in the forward pass, not to the gradient",
          "field notes A3", BACKWARD, unmasked, tensor="C3.dW", cause="unmasked"),
    table("table-link-added", "map 0 also reads map 3", "Table I", MASK,
          read(with_links(True, (0, 3))), tensor="C3.dW", cause="other-links"),
    table("table-not-cyclic", "triples and quadruples do not wrap around from map 5 to map 0",
          "field notes A2", MASK,
          read(with_links(False, *((k, c) for k in (4, 5, 9, 10, 11) for c in (0, 1, 2)))),
          tensor="C3.z", cause="links-missing"),
    table("table-packed-order", "packed filters in cyclic order, read in ascending order",
          "field notes A2", FORWARD, packed, tensor="C3.z", cause="packed-order"),
    Fault("table-not-in-forward", "the forward pass does not apply the mask", "field notes A1",
          FORWARD, unmasked, variant="1998",
          equivalent="Parameters with weights at dead links are refused, so the mask multiplies "
          "zeros by zero."),
    Fault("table-not-in-dx", "the backward pass masks dW, but not the weights it multiplies by",
          "field notes A1", BACKWARD, masked_gradient_only, variant="1998",
          equivalent="Weights at dead links are zero, masked or not, so da and dx are the same "
          "bits; dW is masked."),
]  # fmt: skip
