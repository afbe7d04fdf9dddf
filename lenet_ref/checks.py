"""The one layer where shapes, dtypes and names are checked; the maths behind it is bare."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture, Layer
from lenet_ref.errors import DtypeError, ParameterError, ShapeError
from lenet_ref.parameters import parameter_shapes
from lenet_ref.specs.layer import Shape
from lenet_ref.types import Parameters

__all__ = ["check_batch", "check_floating", "check_parameters", "check_upstream"]


def check_parameters(arch: Architecture, parameters: Parameters) -> None:
    """Names, shapes, one floating dtype, finite values, dead links zero.

    Raises:
        ParameterError, ShapeError or DtypeError naming the entry.
    """
    if parameters.keys() != (shapes := parameter_shapes(arch)).keys():
        _refuse_names(shapes, parameters)
    for name, shape in shapes.items():
        value = parameters[name]
        check_floating(name, value)
        if value.shape != shape:
            raise ShapeError("wrong shape", where=name, got=value.shape, expected=shape)
        if not _finite(value):
            raise ParameterError("values must be finite", where=name, got="NaN or Inf")
    if len({value.dtype for value in parameters.values()}) > 1:
        got = ", ".join(f"{name} {value.dtype}" for name, value in parameters.items())
        raise DtypeError("parameters differ in dtype", got=got, expected="one dtype")
    for layer in arch.layers:
        _check_dead_links(layer, parameters)


def _refuse_names(shapes: dict[str, Shape], parameters: Parameters) -> None:
    """Say what is missing, or else what is unknown."""
    if missing := sorted(shapes.keys() - parameters.keys()):
        raise ParameterError("missing", where=", ".join(missing), fix="supply every parameter")
    extra = sorted(parameters.keys() - shapes.keys())
    raise ParameterError("unknown parameter", where=", ".join(extra), expected=", ".join(shapes))


def _finite(values: NDArray[Any]) -> bool:
    """Squares do not cancel: their sum is finite only where all of them are.  One pass of BLAS,
    nothing stored; a sum that overflows decides nothing."""
    return math.isfinite(np.vdot(values, values)) or bool(np.isfinite(values).all())


def _check_dead_links(layer: Layer, parameters: Parameters) -> None:
    for symbol in layer.parameter_shapes:
        live = layer.live(symbol)
        name = f"{layer.name}.{symbol}"
        if live is not None and (parameters[name] * (1 - live)).any():
            raise ParameterError(
                "weights at links that do not exist must be zero",
                where=name,
                expected="zero outside the connection table",
            )


def check_floating(name: str, array: NDArray[Any]) -> None:
    """Raise DtypeError unless the array is of a floating dtype."""
    if array.dtype.kind != "f":
        raise DtypeError("not a floating dtype", where=name, got=array.dtype, expected="float64")


def check_batch(
    x: NDArray[Any],
    labels: NDArray[Any] | None,
    parameters: Parameters,
    shape: tuple[int, ...],
    classes: int,
) -> None:
    """Images (N, *shape) of the parameters' dtype, N >= 1; labels (N,) integers in range."""
    check_floating("images", x)
    if x.ndim != len(shape) + 1 or x.shape[1:] != shape or len(x) == 0:
        expected = f"(N, {', '.join(map(str, shape))}) with N >= 1"
        raise ShapeError("wrong shape", where="images", got=x.shape, expected=expected)
    for name, value in parameters.items():
        if value.dtype != x.dtype:
            raise DtypeError(
                "dtype differs from the images'", where=name, got=value.dtype, expected=x.dtype
            )
    if labels is None:
        return
    if labels.shape != (len(x),):
        raise ShapeError("wrong shape", where="labels", got=labels.shape, expected=(len(x),))
    if not np.issubdtype(labels.dtype, np.integer):
        raise DtypeError("not an integer dtype", where="labels", got=labels.dtype, expected="int64")
    if labels.min() < 0 or labels.max() >= classes:
        got = f"{labels.min()} to {labels.max()}"
        raise ShapeError("out of range", where="labels", got=got, expected=f"0 to {classes - 1}")


def check_upstream(upstream: NDArray[Any], x: NDArray[Any], shape: tuple[int, ...]) -> None:
    """A gradient at the last output: (N, *shape) in the images' dtype."""
    if upstream.shape != (len(x), *shape):
        raise ShapeError(
            "wrong shape", where="upstream", got=upstream.shape, expected=(len(x), *shape)
        )
    if upstream.dtype != x.dtype:
        raise DtypeError(
            "dtype differs from the images'", where="upstream", got=upstream.dtype, expected=x.dtype
        )
