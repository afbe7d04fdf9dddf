"""Numbers without a dtype of their own (text, lists) in the one that their tensor must have, and
how far they may be from what they were printed from."""

from __future__ import annotations

import numpy as np

from verify.cases.case import Case
from verify.exchange.layout import Layout
from verify.exchange.plans import Array
from verify.exchange.schema import IMAGES, holds_integers
from verify.judge.trace import Converted, alike

__all__ = ["ENOUGH", "SLACK", "as_given", "blurred", "settled", "typed"]
SLACK = 1 + 2.0**-20
"""Half a unit of a digit is itself computed."""


ENOUGH = {"float64": "%.17g", "float32": "%.9g"}
"""Formats under which no two numbers look alike."""


def typed(values: Array, blur: Array | None, dtype: str, tensor: str) -> tuple[Array, Array | None]:
    """Numbers as the dtype has them, and what of their blur is left: nothing where the digits tell
    each number of the format from the next.

    Args:
        blur: of what was printed; None where nothing was: then numbers that the format does not
            hold exactly stay as they are, for the judge to name their dtype.
        tensor: our name of it; in places and labels numbers that are not whole stay as they are.
    """
    if values.dtype.kind not in "fiu":
        return values, None
    if holds_integers(tensor):
        whole = np.isfinite(values).all() and (values == np.rint(values)).all()
        fits = whole and (np.abs(values) < 2.0**53).all()
        return (values.astype(np.int64) if fits else values), None
    with np.errstate(all="ignore"):
        found = values.astype(dtype)
        if blur is None:
            return (found if np.array_equal(found, values, equal_nan=True) else values), None
        below = np.nextafter(np.abs(found), found.dtype.type(0))
        half = np.spacing(below).astype(np.float64) / 2
        apart = np.isfinite(half) & (blur >= half) & (blur > 0)
        left = np.where(apart, blur * SLACK + 2 * half, 0.0)
    return found, left if apart.any() else None


def as_given(
    case: Case, tensor: str, value: Array, blur: Array | None
) -> tuple[Array, Array | None]:
    """What was handed out, in place of what it was printed as: a right program computes from the
    one and not from the other."""
    given = case.parameters.get(tensor)
    if tensor == f"{case.arch.layers[0].name}.x":
        given = case.images
    if blur is None or given is None or not alike(value.shape, given.shape):
        return value, blur
    same = np.abs(value.reshape(given.shape) - given) <= blur.reshape(given.shape)
    return (given.reshape(value.shape), None) if same.all() else (value, blur)


def blurred(arrays: Converted, case: Case, layout: Layout) -> list[str]:
    """The arrays that were printed with fewer digits than the dtype of the case holds."""
    return [name for name, blur in arrays.blur.items()
            if typed(arrays[name], blur, case.dtype, layout.ours(name))[1] is not None]  # fmt: skip


def settled(arrays: Converted, layout: Layout) -> tuple[dict[str, Array], dict[str, Array]]:
    """All arrays of a dump that is its own case, and what is left of their blur, under our names.
    What was printed is float32 if float32 holds every number as far as it was printed: a program
    in double precision that prints so little loses nothing by it."""
    images = next((name for name in arrays if layout.ours(name) == IMAGES), "")
    dtype = arrays[images].dtype.name if images else "float64"
    if images in arrays.blur and all(_single(arrays[k], v) for k, v in arrays.blur.items()):
        dtype = "float32"
    found, left = dict[str, Array](), dict[str, Array]()
    for name, value in arrays.items():
        ours, blur = layout.ours(name), arrays.blur.get(name)
        if name in arrays.plain:
            value, blur = typed(value, blur, dtype, ours)
        found[ours] = value
        if blur is not None:
            left[ours] = blur
    return found, left


def _single(values: Array, blur: Array) -> bool:
    """float32 holds what was printed."""
    with np.errstate(all="ignore"):
        single = values.astype(np.float32).astype(np.float64)
        return bool(((np.abs(single - values) <= blur * SLACK) | ~np.isfinite(values)).all())
