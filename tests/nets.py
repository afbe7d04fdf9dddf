"""Networks and batches for tests of a whole run: every option that changes a formula."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lenet_ref import Architecture, initial, lenet_1998, modern
from lenet_ref.architecture import Affine, Convolution, Loss, MaxPool, Subsampling
from lenet_ref.specs.average_pool import AveragePool

Array = NDArray[Any]

OBLONG = Architecture(
    "oblong",
    (
        Convolution("C1", 2, 4, (26, 31), kernel=(3, 4), stride=(2, 3)),  # the last row is not read
        AveragePool("S2", 4, (12, 10), window=(3, 2)),
        Convolution("C3", 4, 6, (4, 5), (1, 2), activation="tanh", table=((0, 1), (2,)) * 3),
        MaxPool("S4", 6, (4, 4), window=(2, 1)),
        Subsampling("S5", 6, (2, 4), (1, 2), "average", "logistic"),
        Affine("F7", 24, 10, activation="identity"),
    ),
    Loss("cross_entropy"),
)
"""No two numbers that could be mistaken for one another are the same; 1998's table is not its."""

OPTIONS = Architecture(
    "options",
    (
        Convolution("in", 2, 4, (13, 11), (5, 3), (1, 1), "tanh", None, (2, 2), True, False),
        Convolution("turned", 4, 6, (13, 13), (3, 4), (2, 1), "relu", None, (0, 1), False, True),
        AveragePool("mean", 6, (6, 12), window=(2, 3)),
        Convolution("sparse", 6, 3, (3, 4), (2, 2), (1, 1), "relu", ((0, 1, 5), (2,), (3, 4)),
                    (1, 0), True, True),
        Affine("last", 36, 8, "tanh", False, "HWC"),
        Affine("scores", 8, 10, activation="identity"),
    ),
    Loss("cross_entropy", reg=0.2),
)  # fmt: skip
"""Padding, true convolutions, layers without a bias, a volume flattened with its maps last."""

MNIST28 = Architecture(
    "mnist28",
    (
        Convolution("conv1", 1, 6, (28, 28)),
        MaxPool("pool1", 6, (24, 24)),
        Convolution("conv2", 6, 16, (12, 12)),
        MaxPool("pool2", 16, (8, 8)),
        Affine("fc1", 256, 120),
        Affine("fc2", 120, 84),
        Affine("fc3", 84, 10, activation="identity"),
    ),
    Loss("cross_entropy"),
)
"""Without padding, and a fully connected layer behind a volume of 4x4."""

OWN = {"oblong": OBLONG, "options": OPTIONS, "mnist28": MNIST28}
"""Networks with names and options of their own."""

NETWORKS: dict[str, Architecture] = {
    "modern": modern(),
    "modern-reg": modern(reg=0.3),
    "modern-3": modern(channels=3),
    "modern-linear": modern(reading="linear"),
    "1998": lenet_1998(),
    "1998-average": lenet_1998(subsampling="average"),
    "1998-map": lenet_1998("map", j=84.0, learned_codes=True),
    "1998-map-fixed": lenet_1998("map", j=80.0, subsampling="average"),
    "1998-seed": lenet_1998(reading="seed"),
    "1998-seed-map": lenet_1998("map", 84.0, True, "average", "seed"),
    "1998-linear": lenet_1998(reading="linear"),
}


class Setting(NamedTuple):
    """A network with everything run() takes."""

    arch: Architecture
    parameters: dict[str, Array]
    images: Array
    labels: Array


def setting(name: str, n: int = 2, dtype: str = "float64", seed: int = 5) -> Setting:
    """Initial parameters, standard normal images, labels that differ."""
    arch = OWN[name] if name in OWN else NETWORKS[name]
    rng = np.random.default_rng(seed)
    images = rng.standard_normal((n, *arch.input_shape)).astype(dtype)
    labels = rng.permutation(10)[np.arange(n) % 10]
    return Setting(arch, initial(arch, seed, dtype), images, labels)


def whole_numbers(name: str, n: int, seed: int = 3) -> Setting:
    """A setting without squashing in which every sum is a small integer, hence exact."""
    drawn = setting(name, n, seed=seed)
    rng = np.random.default_rng(seed)
    parameters = {
        key: value if key == "F7.W" and drawn.arch.variant == "1998" else _sparse(value, rng)
        for key, value in drawn.parameters.items()
    }
    images = rng.integers(-2, 3, size=drawn.images.shape).astype(float)
    return drawn._replace(parameters=parameters, images=images)


def _sparse(value: Array, rng: np.random.Generator) -> Array:
    """-1, 0 or 1, about six a unit; dead links stay zero."""
    terms = value[0].size if value.ndim > 1 else 1
    kept = rng.random(value.shape) < min(1.0, 6 / terms)
    signs: Array = rng.choice([-1.0, 1.0], size=value.shape)
    sparse: Array = signs * kept * (value != 0)
    return sparse
