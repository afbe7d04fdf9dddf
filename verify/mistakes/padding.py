"""A volume padded wrongly, and the gradient of a padded one cut out in the wrong place.

Each wrong padding is a map of its own from x to the padded volume.  Through it go the fields, z and
dW, and dx by its adjoint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.guards import NOTHING, bias
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.oracle import convolution

Pair = tuple[int, int]
Pad = Callable[[Tensor, Pair], Tensor]


def after(x: Tensor, padding: Pair) -> Tensor:
    """All of it below and to the right."""
    return F.pad(x, (0, 2 * padding[1], 0, 2 * padding[0]))


def before(x: Tensor, padding: Pair) -> Tensor:
    """All of it above and to the left."""
    return F.pad(x, (2 * padding[1], 0, 2 * padding[0], 0))


def filled(x: Tensor, padding: Pair, mode: str) -> Tensor:
    """With pixels of the volume, where it is large enough to have them."""
    (ph, pw), (h, w) = padding, x.shape[2:]
    if ph >= h or pw >= w:
        return NOTHING
    return F.pad(x, (pw, pw, ph, ph), mode=mode)


def background(x: Tensor, padding: Pair) -> Tensor:
    """With the smallest number of the volume, as the ground of an image is."""
    ph, pw = padding
    return F.pad(x, (pw, pw, ph, ph), value=float(x.min()))


def inner(e: Situation) -> Any:
    """The layer without padding, of a volume that has it already."""
    return replace(e.spec, padding=(0, 0))


def of_fields(e: Situation, pad: Pad) -> Tensor:
    """a of a volume padded so."""
    outer = pad(e["x"], e.spec.padding)
    return outer if outer is NOTHING else convolution.matrix_form(outer, inner(e))


def of_output(e: Situation, pad: Pad) -> Tensor:
    """z of a volume padded so."""
    outer = pad(e["x"], e.spec.padding)
    if outer is NOTHING:
        return outer
    return convolution.linear(outer, e["W"], bias(e), inner(e))


def of_weights(e: Situation, pad: Pad) -> Tensor:
    """dW of a volume padded so, the regulariser's share included."""
    outer = pad(e["x"], e.spec.padding)
    if outer is NOTHING:
        return outer
    W = e["W"].detach().requires_grad_()
    z = convolution.linear(outer, W, None, inner(e))
    return torch.autograd.grad((z * e["dz"]).sum(), W)[0] + e.reg * e["W"]


def of_input(e: Situation, pad: Pad) -> Tensor:
    """dx by the adjoint of such a padding."""
    x = e["x"].detach().requires_grad_()
    outer = pad(x, e.spec.padding)
    if outer is NOTHING:
        return outer
    z = convolution.linear(outer, e["W"], None, inner(e))
    return torch.autograd.grad((z * e["dz"]).sum(), x)[0]


def where_padded(e: Situation, make: Callable[[Situation, Pad], Tensor], pad: Pad) -> Tensor:
    """A formula with a wrong padding; nothing in a layer that has none."""
    return NOTHING if e.spec.padding == (0, 0) else make(e, pad)


Row = tuple[str, str, str, Pad]
ZEROS = "the padding is zeros on every side"
EDGE, MIRROR, AROUND = (partial(filled, mode=m) for m in ("replicate", "reflect", "circular"))
READ: tuple[Row, ...] = (
    ("padded-on-one-side:after", "reads the volume as if all of its padding, or none, stood below "
     f"and to the right: fields start at its own corner; {ZEROS}", "field notes A16", after),
    ("padded-on-one-side:before", "reads the volume as if all of its padding stood above and to "
     f"the left; {ZEROS}", "index slip", before),
    ("padding-replicated", f"repeats the edge of the volume on the padding; {ZEROS}", "experience",
     EDGE),
    ("padding-reflected", f"mirrors the volume on the padding; {ZEROS}", "experience", MIRROR),
    ("padding-wrapped", f"goes on at the other side of the volume; {ZEROS}", "index slip", AROUND),
    ("padding-not-zero", f"has the smallest input on the padding, the ground of an image; {ZEROS}",
     "experience", background),
)  # fmt: skip
CUT = "the volume starts behind the padding, and what fell on that is lost"
PUT_BACK: tuple[Row, ...] = (
    ("cut-out-elsewhere:first", "is cut out of the padded gradient from its first row and column; "
     f"{CUT}", "field notes C14", after),
    ("cut-out-elsewhere:last", "is cut out of the padded gradient down to its last row and column; "
     f"{CUT}", "field notes C14", before),
    ("padding-replicated", f"adds what fell on the padding to the edge; {CUT}", "experience", EDGE),
    ("padding-reflected", f"adds what fell on the padding to its mirror image; {CUT}", "experience",
     MIRROR),
    ("padding-wrapped", f"adds what fell on the padding to the other side; {CUT}", "index slip",
     AROUND),
)  # fmt: skip


def each(rows: tuple[Row, ...], make: Callable[[Situation, Pad], Tensor]) -> tuple[Mistake, ...]:
    """The wrong paddings of one tensor."""
    return tuple(
        Mistake(name, what, source, partial(where_padded, make=make, pad=pad))
        for name, what, source, pad in rows
    )


MISTAKES = {
    "convolution.a": each(READ, of_fields),
    "convolution.z": each(READ, of_output),
    "convolution.dW": each(READ, of_weights),
    "convolution.dx": each(PUT_BACK, of_input),
}
