"""A case: everything a subject is given, drawn from a seed."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture

__all__ = ["Case", "Floats", "Integers", "from_the_loss", "generator"]
Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Case:
    """One network, one batch, one set of parameters, all floating arrays of one dtype.

    tier: "exact", "float64" or "float32"; regime: how the numbers were made; batch: N.
    images: (N, C, H, W), or (N, D) where the first layer is fully connected; parameters:
    ``<layer>.W`` and ``<layer>.b`` in PyTorch's shapes; labels: (N,) classes, or None.
    upstream: gradient at the last output, in its shape, replacing the loss's, or None.
    ties: the regime promises tied pooling windows.
    flags: options that its rerun command needs, quoted for a shell.
    """

    arch: Architecture
    tier: str
    regime: str
    batch: int
    seed: int
    images: Floats
    parameters: Mapping[str, Floats]
    labels: Integers | None = None
    upstream: Floats | None = None
    ties: bool = False
    flags: str = field(default="")

    @cached_property
    def dtype(self) -> str:
        """Name of the floating dtype of every array; it takes long to make."""
        return self.images.dtype.name

    @property
    def name(self) -> str:
        """Identifies the case among those of a run."""
        options = "" if self.arch.options == "default" else f"[{self.arch.options}]"
        drawn = f"{self.tier}/{self.regime}/N={self.batch}/seed={self.seed}"
        return f"{self.arch.variant}{options}/{drawn}"

    def handed_out(self) -> Case:
        """A copy for the subject to do with as it likes: what is judged stays as it was drawn."""
        return replace(
            self,
            images=self.images.copy(),
            parameters={name: value.copy() for name, value in self.parameters.items()},
            labels=None if self.labels is None else self.labels.copy(),
            upstream=None if self.upstream is None else self.upstream.copy(),
        )


def from_the_loss(case: Case) -> Case:
    """Differentiated from the loss down, as subjects do it who are given images and labels; a
    network without a loss keeps its upstream gradient."""
    return case if case.arch.loss is None else replace(case, upstream=None)


def generator(*key: object) -> np.random.Generator:
    """A random generator that depends on the key alone.  A seed of more than 32 bits is a secret:
    then the generator has as many, and is not found by trying."""
    text = "/".join(map(str, key)).encode()
    if any(isinstance(each, int) and each >= 2**32 for each in key):
        drawn = int.from_bytes(hashlib.sha256(text).digest())
        return np.random.default_rng(np.random.SeedSequence(drawn, pool_size=8))
    return np.random.default_rng(zlib.crc32(text))
