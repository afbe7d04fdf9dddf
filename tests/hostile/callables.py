"""Callables that do harm in a process of their own; loaded by path, as ``callables.py:raises_3``.

CALLABLES has all of them by name; the modules it comes from have them by family.
"""

from __future__ import annotations

from typing import Any

from tests.hostile import answering, folders, processes, saying
from tests.hostile.family import CALLABLES, right

__all__ = ["CALLABLES", "answering", "folders", "processes", "right", "saying"]


class Turncoat:
    """Is callable, and is not."""

    def __call__(self, *_: Any) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:
        raise OSError("\udcff")


CALLABLES["turncoat"] = Turncoat()
globals().update(CALLABLES)
