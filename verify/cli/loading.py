"""Imports without collections."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """What an import makes lives for good: collections meanwhile free nothing and cost a sixth of
    the time that torch, numpy and pandas take, and later ones need not visit it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
