"""Callables that do what somebody else's code does on a bad day, and one that is right.

Loaded by path in a process of their own; never imported by the tests.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from lenet_ref import modern
from lenet_ref.network import run

Values = dict[str, Any]


def right(parameters: Values, images: Any, labels: Any) -> Values:
    return dict(run(modern(), parameters, images, labels))


def hangs(parameters: Values, images: Any, labels: Any) -> Values:
    while True:
        time.sleep(0.01)


def segfault(parameters: Values, images: Any, labels: Any) -> Any:
    return ctypes.string_at(0)


def raises(parameters: Values, images: Any, labels: Any) -> Values:
    raise ValueError("shapes (3,4) and (5,6)\n  not aligned")


def raises_for_one(parameters: Values, images: Any, labels: Any) -> Values:
    return raises(parameters, images, labels) if len(images) == 1 else {"C1.x": images}


def crashes_for_one(parameters: Values, images: Any, labels: Any) -> Values:
    return segfault(parameters, images, labels) if len(images) == 1 else {"C1.x": images}


def exits(parameters: Values, images: Any, labels: Any) -> Values:
    sys.exit(0)


def leaves(parameters: Values, images: Any, labels: Any) -> Values:
    print("goodbye", file=sys.stderr, flush=True)
    os._exit(0)


def hungry(parameters: Values, images: Any, labels: Any) -> Values:
    held = [np.ones(2**24) for _ in range(10_000)]
    return {"C1.x": held}


def recurses(parameters: Values, images: Any, labels: Any) -> Values:
    return recurses(parameters, images, labels)


def noisy(parameters: Values, images: Any, labels: Any) -> Values:
    for i in range(10_000):
        print(f'step {i} {{"ready": true}} \x1b[31m')
    os.write(1, b"\n{}\n")
    return {"C1.x": images}


def writes(parameters: Values, images: Any, labels: Any) -> Values:
    images -= 1
    parameters["C3.b"][0] = 7
    return {"F7.b": parameters["F7.b"]}


def forgets(parameters: Values, images: Any, labels: Any) -> Values:
    return {"C1.W": parameters.pop("C1.W")}


def not_a_number(parameters: Values, images: Any, labels: Any) -> Values:
    return {"C1.z": np.full((len(images), 6, 28, 28), np.nan)}


def kinds(parameters: Values, images: Any, labels: Any) -> dict[Any, Any]:
    odd = {"C1.z": [[1.0], [2.0, 3.0]], "S2.y": None, "C3.y": np.array([None]), 5: images}
    return {**odd, "F7.b": parameters["F7.b"], "loss.data": "0.3"}


def shapes(parameters: Values, images: Any, labels: Any) -> Values:
    return {"C1.z": np.zeros(3), "C3.W": parameters["C3.W"].astype(np.float16)}


def nothing(parameters: Values, images: Any, labels: Any) -> None:
    return None


def empty(parameters: Values, images: Any, labels: Any) -> Values:
    return {}


def too_few_arguments(parameters: Values) -> Values:
    return {}


class Counter:
    """Remembers how often it was called."""

    def __init__(self) -> None:
        self.calls = 0

    def accumulates(self, parameters: Values, images: Any, labels: Any) -> Values:
        self.calls += 1
        return {"C1.x": images, "C1.b": parameters["C1.b"] * self.calls}


accumulates: Callable[..., Values] = Counter().accumulates
_seen: list[int] = []


def remembers_the_batch(parameters: Values, images: Any, labels: Any) -> Values:
    _seen.append(len(images))
    return {"C1.x": images + (1 in _seen)}


def sums_in_any_order(parameters: Values, images: Any, labels: Any) -> Values:
    """C3.db summed in an order of its own in every call: right but for rounding."""
    found = right(parameters, images, labels)
    terms = found["C3.dz"].transpose(1, 0, 2, 3).reshape(16, -1)
    order = np.random.default_rng(int.from_bytes(os.urandom(4), "little")).permutation(len(terms.T))
    return found | {"C3.db": np.cumsum(terms[:, order], axis=1)[:, -1]}


def races(parameters: Values, images: Any, labels: Any) -> Values:
    """As if an addition were lost now and then."""
    found = right(parameters, images, labels)
    lost = int.from_bytes(os.urandom(4), "little") % 2**20 / 2**20
    return found | {"C3.db": found["C3.db"] * (1 - lost)}


def one_image_only(parameters: Values, images: Any, labels: Any) -> Values:
    found = right(parameters, images, labels)
    return found if len(images) == 1 else {"C1.y": found["C1.y"]}


number = 3
