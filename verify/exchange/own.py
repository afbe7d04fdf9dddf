"""The case of a dump that holds its own images, labels and parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref import checks
from lenet_ref.architecture import Architecture
from lenet_ref.parameters import parameter_shapes
from verify.cases.case import Case
from verify.cases.machine import must_fit
from verify.errors import InputError
from verify.exchange.axes import Axes
from verify.exchange.files import Raw
from verify.exchange.hints import misfits, would_fit
from verify.exchange.layout import Layout
from verify.exchange.plain import ENOUGH, settled
from verify.exchange.schema import IMAGES, LABELS, UPSTREAM
from verify.words import listed

__all__ = ["OWN", "own_case"]
OWN = "dump"
"""The regime of such a case."""


def own_case(arch: Architecture, arrays: Raw, layout: Layout, path: Path) -> Case:
    """A case from a dump that holds its own images, labels and parameters.

    Raises:
        LeNetError: one of them is absent, or of a shape, dtype or value that no case can have.
    """
    by_name, blur = settled(arrays, layout)
    last = UPSTREAM if arch.loss is None else LABELS
    needed = [IMAGES, last, *parameter_shapes(arch)]
    if blunt := [name for name in needed if name in blur and name != LABELS]:
        raise InputError(f"printed with too few digits to say which case this is: {listed(blunt)}",
                         where=str(path), expected=" or ".join(ENOUGH.values()),
                         fix="or name the golden inputs with --case FOLDER")  # fmt: skip
    if absent := [name for name in needed if name not in by_name]:
        raise InputError("which case is this? there is no manifest.json, and to be judged alone it"
                         f" lacks {listed(absent)}", where=str(path),
                         fix="name the golden inputs with --case FOLDER")  # fmt: skip
    images = by_name[IMAGES]
    flat = images.ndim == 1 and images.dtype.kind == "f"
    n = images.size // math.prod(arch.input_shape) if flat else len(images) if images.ndim else 0
    axes = Axes(arch, n, layout)
    images = axes.ours(IMAGES, images)
    _shaped(axes, {k: by_name[k] for k in needed[2:]}, path)
    parameters = {k: axes.ours(k, by_name[k]) for k in needed[2:]}
    labels, upstream = _target(axes, by_name[last])
    checks.check_parameters(arch, parameters)
    checks.check_batch(images, labels, parameters, arch.input_shape, arch.classes)
    if images.dtype.name not in ("float64", "float32"):
        raise InputError("no tier of that dtype", where=f"{path}: {IMAGES}", got=images.dtype,
                         expected="float64 or float32")  # fmt: skip
    if not np.isfinite(images).all():
        raise InputError("values must be finite", where=f"{path}: {IMAGES}")
    if upstream is not None:
        checks.check_upstream(upstream, images, arch.output_shape)
    must_fit(arch, n, str(path))
    return Case(arch, images.dtype.name, OWN, n, 0, images, parameters, labels, upstream)


def _target(axes: Axes, value: NDArray[Any]) -> tuple[NDArray[Any] | None, NDArray[Any] | None]:
    """Labels, or the gradient at the last output where there is no loss."""
    if axes.arch.loss is None:
        return None, axes.ours(UPSTREAM, value)
    return value.astype(np.int64) if value.dtype.kind in "iu" else value, None


def _shaped(axes: Axes, parameters: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Parameters have their shapes, by the layout that was declared.

    Raises:
        InputError: one has not, and under another layout it would.
    """
    plain = axes.under(replace(axes.layout, names={}))
    for name, would in misfits(plain, parameters):
        raise InputError("wrong shape", where=f"{path}: {name}", got=parameters[name].shape,
                         expected=axes.shapes[name], fix=would_fit(would))  # fmt: skip
