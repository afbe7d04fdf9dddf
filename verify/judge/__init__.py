"""The judge: trace, comparison, findings, verdicts, trust, witness, conclusions.

The package has a function of this name, and Python sets every room that is imported as an attribute
of its package: so the room itself can be called.  ``verify.judge(case, trace)`` is
:func:`verify.api.traces.judge`, whichever of the two the name stands for.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A room that answers for the function of its name."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """As the function; what it needs is imported then, for it stands rooms further on."""
        return importlib.import_module("verify.api.traces").judge(*arguments, **named)


sys.modules[__name__].__class__ = _Callable
