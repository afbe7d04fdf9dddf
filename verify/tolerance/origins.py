"""Which elements of a volume were made from the same numbers, bit for bit, on either side.

On the background of an image whole neighbourhoods are equal.  Where a maximum may stand in one
of several elements of one origin, the choice moves its gradient to a place with the same inputs,
and no sum over places, no gradient of a parameter, depends on it.  docs/tolerance.md, 6.1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from lenet_ref.specs.layer import kinked
from verify.expected.step import Step
from verify.oracle import convolution
from verify.oracle.flatten import flattened
from verify.oracle.windows import windows
from verify.tolerance.activation import near_zero
from verify.tolerance.maxima import candidates, winner
from verify.tolerance.query import Query

__all__ = ["PADDING", "UNKNOWN", "interchangeable", "origins"]
UNKNOWN = -1
"""The origin of an element that is like no other, as far as is known."""
PADDING = -2
"""The origin of a zero on the border of a padded volume: all of them are one, and no pixel is."""


def origins(q: Query, name: str) -> Tensor:
    """int64, of the tensor's shape: equal numbers for equal origins, UNKNOWN where the two sides
    need not have the same bits, or a unit may be on either side of a kink."""
    return q.once(f"{name} origins", lambda: _origins(q, name))


def _origins(q: Query, name: str) -> Tensor:
    step = q.steps.get(name)
    if step is None:
        return _classes(q.value(name).reshape(-1, 1)).reshape(q.value(name).shape)
    make = _MADE.get(step.op, _unknown)
    return make(q, step)


def _classes(rows: Tensor) -> Tensor:
    """(n,): equal numbers for equal rows."""
    _, found = np.unique(rows.numpy(), axis=0, return_inverse=True)
    return torch.from_numpy(found.reshape(-1).astype(np.int64))


def _link(q: Query, step: Step) -> Tensor:
    return origins(q, step.inputs[0]).reshape(q.shapes[step.tensor])


def _flatten(q: Query, step: Step) -> Tensor:
    return flattened(origins(q, step.inputs[0]))


def _convolution(q: Query, step: Step) -> Tensor:
    """By its receptive field, if that is certain to the bit."""
    x, spec = step.inputs[0], step.spec
    known, error = origins(q, x), q.near(x)
    if error is not None:
        known = torch.where(error > 0, UNKNOWN, known)
    fields = convolution.matrix_form(known, spec, PADDING)  # type: ignore[arg-type]
    found = torch.where((fields == UNKNOWN).any(dim=1), UNKNOWN, _classes(fields))
    n, _, h, w = q.shapes[step.tensor]
    return found.reshape(n, 1, h, w).expand(q.shapes[step.tensor])


def _activation(q: Query, step: Step) -> Tensor:
    z = step.inputs[0]
    found = origins(q, z)
    near = near_zero(q, z) if kinked(step.spec) else None
    return found if near is None else torch.where(near, UNKNOWN, found)


def _max_pool(q: Query, step: Step) -> Tensor:
    """The winner's, if all that may win have the same."""
    x, spec = step.inputs[0], step.spec
    labels = windows(origins(q, x), spec)  # type: ignore[arg-type]
    found = labels.gather(1, winner(q, x, step))
    several = candidates(q, x, step)
    if several is not None:
        open_windows = several.any(dim=1, keepdim=True)
        certain = interchangeable(q, x, step, several) | ~open_windows
        found = torch.where(certain, found, UNKNOWN)
    return found.reshape(q.shapes[step.tensor])


def interchangeable(q: Query, x: str, step: Step, found: Tensor) -> Tensor:
    """(rows, 1): windows whose candidates (``found``) are all of one origin."""
    labels = windows(origins(q, x), step.spec)  # type: ignore[arg-type]
    first = labels.gather(1, winner(q, x, step))
    alike = ((labels == first) & (first != UNKNOWN)) | ~found
    return alike.all(dim=1, keepdim=True) & found.any(dim=1, keepdim=True)


def _unknown(q: Query, step: Step) -> Tensor:
    return torch.full(q.shapes[step.tensor], UNKNOWN)


_MADE: dict[str, Callable[[Query, Step], Tensor]] = {
    "link": _link,
    "flatten": _flatten,
    "convolution.z": _convolution,
    "activation.y": _activation,
    "max_pool.z": _max_pool,
}
