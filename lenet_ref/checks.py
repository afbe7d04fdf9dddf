"""The one layer where shapes, dtypes and names are checked; the maths behind it is bare."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture
from lenet_ref.errors import DtypeError, ParameterError, ShapeError
from lenet_ref.parameters import parameter_shapes
from lenet_ref.types import Parameters

__all__ = ["check_batch", "check_floating", "check_parameters", "check_upstream"]


def check_parameters(arch: Architecture, parameters: Parameters) -> None:
    """Names, shapes, one floating dtype, finite values, dead links zero.

    Raises:
        ParameterError, ShapeError or DtypeError naming the entry.
    """
    shapes = parameter_shapes(arch)
    if missing := sorted(shapes.keys() - parameters.keys()):
        raise ParameterError("missing", where=", ".join(missing), fix="supply every parameter")
    if extra := sorted(parameters.keys() - shapes.keys()):
        raise ParameterError(
            "unknown parameter", where=", ".join(extra), expected=", ".join(shapes)
        )
    dtypes = {name: parameters[name].dtype for name in shapes}
    for name, shape in shapes.items():
        check_floating(name, parameters[name])
        if parameters[name].shape != shape:
            raise ShapeError("wrong shape", where=name, got=parameters[name].shape, expected=shape)
        if not np.isfinite(parameters[name]).all():
            raise ParameterError("values must be finite", where=name, got="NaN or Inf")
    if len(set(dtypes.values())) > 1:
        got = ", ".join(f"{name} {dtype}" for name, dtype in dtypes.items())
        raise DtypeError("parameters differ in dtype", got=got, expected="one dtype")
    _check_dead_links(arch, parameters)


def _check_dead_links(arch: Architecture, parameters: Parameters) -> None:
    for layer in arch.layers:
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
