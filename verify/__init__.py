"""The judge: traces in, findings out.

    import verify

    report = verify.check(run, network="mnist28")   # a function, arrays, a folder, a program
    report.passed, report.guilty, report.causes
    verify.assert_right(run, network="mnist28")     # in a test

docs/python.md is the page about it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify.api.asking import check
    from verify.api.report import Report
    from verify.api.right import WrongError, assert_right
    from verify.api.traces import judge
    from verify.errors import InputError

    __version__: str

__all__ = ["InputError", "Report", "WrongError", "__version__", "assert_right", "check", "judge"]
_HOME = {
    "InputError": "verify.errors",
    "Report": "verify.api.report",
    "WrongError": "verify.api.right",
    "assert_right": "verify.api.right",
    "check": "verify.api.asking",
    "judge": "verify.api.traces",
}


if not TYPE_CHECKING:  # who asks for another name is told so before it runs

    def __getattr__(name: str) -> Any:
        """The public names, when first asked for: ``import verify`` alone imports no torch."""
        if name == "__version__":
            return importlib.import_module("lenet_ref.version").version()
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """What a notebook offers to complete."""
    return sorted({*globals(), *__all__})
