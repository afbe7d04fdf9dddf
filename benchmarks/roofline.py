"""``python -m benchmarks.roofline``: what limits each layer of the untraced path.

For a block of images: floating-point operations and bytes moved, by counting; what they would take
at this machine's best rates of a matrix product and of a copy; what the layer takes, and how much
of that the two explain.  The rest is calls: of Python, of NumPy, of BLAS for small matrices.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from functools import cache

import numpy as np

from benchmarks.measure import seconds
from benchmarks.rows import drawn
from lenet_ref.architecture import Affine, Convolution, Layer, MaxPool, RadialBasis, Subsampling
from lenet_ref.fast import gathers, gradients
from lenet_ref.fast.memory import keep_freed
from verify.expected.shapes import layer_shapes
from verify.report.screen import aligned

REPEATS = 60


def fastest(action: Callable[[], object]) -> float:
    """Shortest time of an action: what a machine can do, whatever else it does meanwhile."""
    action()
    return min(seconds(action) for _ in range(10 * REPEATS))


def middle(action: Callable[[], object]) -> float:
    """Median time of an action."""
    for _ in range(5):
        action()
    return statistics.median(seconds(action) for _ in range(REPEATS))


def copy_rate(dtype: str, numbers: int) -> float:
    """Bytes per second of copying an array of so many numbers, read and written."""
    source = np.ones(numbers, dtype=dtype)
    target = np.empty_like(source)
    return 2 * source.nbytes / fastest(lambda: np.copyto(target, source))


@cache
def product_rate(dtype: str) -> float:
    """Operations per second of the product of two matrices of 256."""
    a = np.ones((256, 256), dtype=dtype)
    return 2 * 256**3 / fastest(lambda: a @ a)


def operations(layer: Layer, n: int) -> float:
    """Of the matrix products, forward and backward: each takes a multiplication and an addition,
    and z, dW and dx are one product each."""
    if not isinstance(layer, Convolution | Affine):
        return 0.0
    shape = layer_shapes(layer, n)
    rows, fields = shape["a"]
    product = 2.0 * rows * fields * shape["W"][0]
    if isinstance(layer, Affine) or alone(layer):
        return 3 * product
    return (2 + layer.size[0] / layer.output_shape[1]) * product  # dx: padded lines, too


def alone(layer: Convolution) -> bool:
    """One field in an image, which is not gathered."""
    return layer.output_shape[1:] == (1, 1)


def numbers_moved(layer: Layer, n: int) -> float:
    """Numbers read and written outside of the arithmetic of a product, forward and backward."""
    shape = layer_shapes(layer, n)
    match layer:
        case Convolution() if not alone(layer):
            x, z = math.prod(shape["x"]), math.prod(shape["z"])
            lines = math.prod(shape["a"]) / layer.output_shape[1] * layer.size[0] / layer.kernel[0]
            # forward: lines made 2, their product 1; bias 2, activation 2, z written 1.
            # backward: activation 3, sums 1, dz padded 3 and read 2; lines read for dW 1,
            # cleared and written for dx 2, added up 1
            return 7 * lines + 14 * z + x
        case MaxPool() | Subsampling():
            return 10.0 * math.prod(shape["a"])
        case Convolution() | Affine():
            return 3.0 * math.prod(shape["W"]) + 6.0 * math.prod(shape["z"])
        case RadialBasis():
            return 6.0 * n * math.prod(shape["W"])


def table(variant: str, dtype: str, n: int) -> list[str]:
    """A row for each layer, times in microseconds for each image."""
    arch, parameters, images, _ = drawn(variant, dtype, n)
    size = np.dtype(dtype).itemsize
    copying, multiplying = copy_rate(dtype, 4704 * n), product_rate(dtype)
    rows = [("layer", "MFLOP", "MB", "product", "copy", "takes", "of it")]
    x = gathers.by_lines(images.transpose(1, 2, 3, 0)).transpose(1, 0, 2, 3)
    for layer in arch.layers:
        own = {
            k: parameters[f"{layer.name}.{k}"] for k in "Wb" if f"{layer.name}.{k}" in parameters
        }
        y, back = gradients._forward(layer, x, own)
        dy = np.ones_like(y)
        taken = middle(lambda: gradients._forward(layer, x, own)) + middle(lambda: back(dy))  # noqa: B023
        flops, moved = operations(layer, n), numbers_moved(layer, n) * size
        times = (flops / multiplying, moved / copying, taken)
        shown = [f"{1e6 * t / n:.1f}" for t in times]
        share = f"{(times[0] + times[1]) / taken:.0%}"
        rows.append((layer.name, f"{flops / n / 1e6:.2f}", f"{moved / n / 1e6:.2f}", *shown, share))
        x = y
    rates = f"copy {copying / 1e9:.1f} GB/s, product {multiplying / 1e9:.1f} GFLOP/s"
    header = f"{variant}, {dtype}, {n} images: {rates}; per image, times in microseconds"
    return [header, *aligned(rows), ""]


def main() -> None:
    """Both variants, both dtypes, the block of the untraced path and a single image."""
    keep_freed()
    for variant in ("modern", "1998"):
        for dtype in ("float64", "float32"):
            for n in (gradients.BLOCK // np.dtype(dtype).itemsize, 1):
                print("\n".join(table(variant, dtype, n)))


if __name__ == "__main__":
    main()
