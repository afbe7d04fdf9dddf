"""A fault as data, and how it is planted: one attribute replaced, always put back."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from verify.errors import HarnessError

Options = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Fault:
    """A mistake and what the harness must say of it.

    name: short and unique; about: what was changed, one sentence; source: where the mistake is
    known from (item of the field notes, erratum, equation).
    target: ``module.attribute`` below lenet_ref; make: original -> replacement.
    layers: the layers that must be named guilty, all of them and no other.
    tensor: the first tensor, in order of computation, that must fail by own error.
    cause: name of the diagnosis of that tensor.
    variant, regime, tier, batch, options: the cheapest case that shows it.
    check: name of the lifecycle check that must fail instead, for faults of state.
    equivalent: the proof that it has no effect; such a fault must pass everywhere.
    """

    name: str
    about: str
    source: str
    target: str
    make: Callable[[Any], Any]
    layers: str = ""
    tensor: str = ""
    cause: str = ""
    variant: str = "modern"
    regime: str = "digits"
    tier: str = "float64"
    batch: int = 3
    options: Options = ()
    check: str = ""
    equivalent: str = ""


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """Replace the target for the length of a with block.

    Raises:
        HarnessError: the target does not exist, so the fault would test nothing.
    """
    module_name, _, attribute = f"lenet_ref.{fault.target}".rpartition(".")
    module = importlib.import_module(module_name)
    if not hasattr(module, attribute):
        raise HarnessError("no such target", where=fault.name, got=fault.target)
    original = getattr(module, attribute)
    setattr(module, attribute, fault.make(original))
    try:
        yield
    finally:
        setattr(module, attribute, original)
