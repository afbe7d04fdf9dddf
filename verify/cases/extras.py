"""Libraries that only some formats need: imported when such a file comes."""

from __future__ import annotations

import importlib
from types import ModuleType

from verify.errors import InputError

__all__ = ["extra"]


def extra(module: str, name: str, where: str) -> ModuleType:
    """A module of an optional library.

    Args:
        module: its dotted name; name: of the extra of this project that installs it.
    Raises:
        InputError: it is not installed; in one line, with the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        raise InputError(f"needs {library}, which is not installed", where=where,
                         fix=f"pip install 'lenet-verify[{name}]'") from None  # fmt: skip
