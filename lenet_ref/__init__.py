"""LeNet-5 derived by hand, in NumPy only: the derivation as code.

Start at :mod:`lenet_ref.network`; the equations are numbered in docs/derivation.md.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lenet_ref.architecture import Architecture, lenet_1998, modern
    from lenet_ref.network import run
    from lenet_ref.parameters import initial

    __version__: str

__all__ = ["Architecture", "__version__", "initial", "lenet_1998", "modern", "run"]
_HOME = {
    **dict.fromkeys(("Architecture", "lenet_1998", "modern"), "lenet_ref.architecture"),
    "run": "lenet_ref.network",
    "initial": "lenet_ref.parameters",
}


def __getattr__(name: str) -> Any:
    """The public names, when first asked for: descriptions and errors can be had without the
    derivation, and without a room of it that is not complete."""
    if name == "__version__":
        return importlib.import_module("lenet_ref.version").version()
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
