"""One alternative formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

from verify.mistakes.hypothesis import Evidence


class Entry(NamedTuple):
    """name: the cause's id; text: completes "<tensor> ..."; formula: the mistaken result."""

    name: str
    text: str
    formula: Callable[[Evidence], Tensor]
