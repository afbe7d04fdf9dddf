"""Shared type names: an array of any floating dtype, and tensors by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.floating[Any]]
Labels: TypeAlias = NDArray[np.integer[Any]]
Tensors: TypeAlias = dict[str, NDArray[Any]]
Parameters: TypeAlias = Mapping[str, NDArray[Any]]
Pair: TypeAlias = tuple[int, int]
