"""How much of a trace people hand over: from an exam's share to everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from verify.errors import HarnessError


def is_parameter_gradient(name: str) -> bool:
    """dW and db of any layer."""
    return name.rpartition(".")[2] in ("dW", "db")


def is_forward(name: str) -> bool:
    """A tensor of the forward pass: whatever is no derivative."""
    last = name.rpartition(".")[2]
    return last == "data" or not last.startswith("d")


SHOWN = ("y", "probs", "data", "reg", "total", "dx", "dW", "db")


LEVELS: dict[str, Callable[[str], bool]] = {
    "gradients": lambda name: is_parameter_gradient(name) or name == "loss.data",
    "forward": lambda name: is_parameter_gradient(name) or is_forward(name),
    "everything": lambda name: True,
    "no loss.dx": lambda name: name != "loss.dx",
    "layers": lambda name: name.rpartition(".")[2] in SHOWN,
}
"""gradients: those of the parameters and the loss, what an exam asks for; forward: these and
whatever goes forward; everything: a whole trace; no loss.dx: as programs have it that name the
last layer's gradient only, so that nothing stands between it and the oracle; layers: what a
framework shows, outputs and gradients of layers and nothing inside them."""


def level_of(trace: Mapping[str, NDArray[Any]], level: str) -> dict[str, NDArray[Any]]:
    """What is handed over of a trace.

    Raises:
        HarnessError: no such level.
    """
    if level not in LEVELS:
        raise HarnessError("no such level", where="level", got=repr(level),
                           expected=", ".join(LEVELS))  # fmt: skip
    return {name: value for name, value in trace.items() if LEVELS[level](name)}
