"""Callables by name: a family is a function that is given a variation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

Values = dict[str, Any]
CALLABLES: dict[str, Callable[..., Any]] = {}


def family(variations: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function once for each variation (a mapping, or a list)."""

    def registered(function: Callable[..., Any]) -> Callable[..., Any]:
        named = variations if isinstance(variations, dict) else dict(enumerate(variations))
        for name, variation in named.items():
            CALLABLES[f"{function.__name__}_{name}"] = partial(function, variation)
        return function

    return registered


def right(parameters: Values, images: Any, labels: Any) -> Values:
    """What stands first and last in every batch: nothing but rightness."""
    from lenet_ref import modern, run

    found = run(modern(), parameters, images, labels)
    return {k: v for k, v in found.items() if k.rpartition(".")[2] in ("dW", "db")}
