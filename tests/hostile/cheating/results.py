"""Cheats with what is returned, what is remembered, and what goes on when the calls are over."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from student import Values, run

KEPT: Values = {}
TABLE: dict[str, Values] = {}


def remembers_the_first(*given: Any) -> Values:
    KEPT.update(KEPT or run(*given))
    return dict(KEPT)


def looks_up(parameters: Values, images: Any, labels: Any) -> Values:
    """Right for what was asked in some run before; the table is of seed 12345."""
    key = hashlib.sha256(images.tobytes() + parameters["C1.W"].tobytes()).hexdigest()
    return TABLE[key]


def changes_later(*given: Any) -> Values:
    """A thread waits until the arrays have been written, and turns one."""
    found = run(*given)

    def turn() -> None:
        time.sleep(0.03)
        found["C1.dW"] *= -1

    threading.Thread(target=turn).start()
    return found


def maps_a_file(*given: Any) -> Values:
    """The same by way of a file."""
    found = run(*given)
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(found["C1.dW"].tobytes())
    shape = found["C1.dW"].shape
    found["C1.dW"] = np.memmap(file.name, dtype=float, mode="r+", shape=shape)

    def turn(mapped: Any) -> None:
        time.sleep(0.03)
        mapped *= -1
        Path(file.name).unlink()

    threading.Thread(target=turn, args=(found["C1.dW"],)).start()
    return found


class Lying(np.ndarray):
    """Says that it is another array, and that it equals all."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        return np.ones(4)

    def __eq__(self, other: object) -> Any:
        return True

    def __le__(self, other: object) -> Any:
        return True


class Equal:
    """No array, and equal to all."""

    shape, dtype = (4,), np.dtype(float)

    def __eq__(self, other: object) -> bool:
        return True

    def __array__(self, *_: Any, **__: Any) -> Any:
        return np.zeros(4)


def lies(*given: Any) -> Values:
    return {**run(*given), "C1.db": np.zeros(4).view(Lying)}


def always_equal(*given: Any) -> Values:
    return {**run(*given), "C1.db": Equal()}


def goes_on(*given: Any) -> Values:
    """A thread that polls for ever."""

    def poll() -> None:
        while True:
            time.sleep(0.005)

    threading.Thread(target=poll, daemon=True).start()
    return run(*given)


def works_on(*given: Any) -> Values:
    """A thread that computes for ever."""

    def compute() -> None:
        while True:
            sum(range(1000))

    if not KEPT:
        KEPT["thread"] = threading.Thread(target=compute, daemon=True)
        KEPT["thread"].start()
    return run(*given)


def never_ends(*given: Any) -> Values:
    if not KEPT:
        KEPT["thread"] = threading.Thread(target=threading.Event().wait)
        KEPT["thread"].start()
    return run(*given)


def leaves_a_process(*given: Any) -> Values:
    if not KEPT:
        KEPT["process"] = subprocess.Popen(["sleep", "600"])
    return run(*given)


def leaves_a_daemon(*given: Any) -> Values:
    if not KEPT:
        KEPT["process"] = subprocess.Popen(["sleep", "600"], start_new_session=True)
    return run(*given)


def changes_its_arguments(parameters: Values, images: Any, labels: Any) -> Values:
    found = run(parameters, images, labels)
    images[...] = 0
    return found


def moves(*given: Any) -> Values:
    os.chdir("/")
    os.environ["CHEAT"] = str(random.random())
    np.seterr(all="ignore")
    np.random.seed(int.from_bytes(os.urandom(4), "little"))
    return run(*given)
