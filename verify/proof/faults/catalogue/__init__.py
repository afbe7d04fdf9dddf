"""The catalogue: every list named FAULTS in a module of this package, in file order.

To add a fault, add it to a list; to add a family, add a module with such a list.
"""

from __future__ import annotations

import importlib
import pkgutil

from verify.errors import HarnessError
from verify.proof.faults.fault import Fault

__all__ = ["catalogue"]


def catalogue() -> list[Fault]:
    """All faults.

    Raises:
        HarnessError: two faults share a name.
    """
    found: list[Fault] = []
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        found += importlib.import_module(f"{__name__}.{module}").FAULTS
    names = [fault.name for fault in found]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise HarnessError("faults share a name", where=", ".join(sorted(doubled)))
    return found
