"""Callables that return right tensors in every shape that Python has for them, and wrong ones.

Loaded by path in a process of their own; never imported by the tests.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import make_dataclass
from typing import Any

import numpy as np

from lenet_ref import modern
from lenet_ref.network import run

Values = dict[str, Any]


class Foreign:
    """What NumPy can make an array of, and no more."""

    def __init__(self, value: Any) -> None:
        self.value = np.asarray(value)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.value


class Raising:
    """What claims to be one."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise ValueError("not\nnow")


def right(*given: Any) -> Values:
    return dict(run(modern(), *given))


def by_layer(*given: Any) -> Values:
    found: Values = {}
    for name, value in right(*given).items():
        layer, _, symbol = name.partition(".")
        found.setdefault(layer, {})[symbol] = value
    return found


def each(change: Callable[[Any], Any]) -> Callable[..., Values]:
    return lambda *given: {name: change(value) for name, value in right(*given).items()}


def torched(value: Any) -> Any:
    import torch

    return torch.tensor(value)


def named(*given: Any) -> Values:
    return {layer: namedtuple(layer, v)(**v) for layer, v in by_layer(*given).items()}


def dataclassed(*given: Any) -> Any:
    found = named(*given)
    return make_dataclass("Trace", list(found))(**found)


lists = each(lambda value: value.tolist())
tuples = each(lambda value: tuple(value.tolist()) if value.ndim else float(value))
foreign = each(Foreign)
tensors = each(torched)
grown = each(lambda value: torched(value).requires_grad_(value.dtype.kind == "f"))
sparse = each(lambda value: torched(value).to_sparse() if value.ndim else torched(value))


def strided_right(*given: Any) -> Values:
    return each(lambda value: torched(value.T).T if value.ndim == 2 else torched(value))(*given)


def halves(*given: Any) -> Values:
    found = right(*given)
    return {"C1.z": torched(found["C1.z"]).bfloat16(), "C3.z": torched(found["C3.z"]).half()}


def one_wrong(*given: Any) -> Values:
    found = by_layer(*given)
    found["C3"]["db"] = (found["C3"]["db"] / 100).tolist()
    return found


def wrong(*given: Any) -> Values:
    import torch

    return {
        "C1": {"z": [[1.0], [2.0, 3.0]], "y": Raising(), 3: 1.0},
        "S2.z": "abc",
        "C3": {"dW": [["a"]], "deep": {"deeper": 1.0}},
        "C3.y": torch.zeros(1).expand(2**40),
        "S4.y": np.broadcast_to(1.0, 2**40),
        "C5.y": {1, 2},
        "F7.b": given[0]["F7.b"],
    }


def twice(*given: Any) -> Values:
    b = given[0]["F7.b"]
    return {"F7": {"b": b}, "F7.b": b}


def late(*given: Any) -> Values:
    """A tensor that shares the memory of an argument, which is changed afterwards."""
    import torch

    found = {"C1.x": torch.from_numpy(given[1])}
    given[1][0] = 7
    return found
