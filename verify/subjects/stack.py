"""Where a process was when it ended: the stack that ``faulthandler`` left in a file."""

from __future__ import annotations

import os
import re
from pathlib import Path

from lenet_ref.door import contents
from lenet_ref.errors import StorageError
from verify.subjects.answer import LONGEST

OURS = f"{Path(__file__).parent}{os.sep}"
"""Files of ours in the subject's process."""
LARGEST_STACK = 2**20
_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<name>\S+)')


def innermost(folder: Path) -> str:
    """The subject's innermost line in the stack that its process left behind."""
    library = str(Path(os.__file__).parent)
    for frame in _FRAME.finditer(_stack(folder)):
        path = frame["file"]
        if path.startswith(("<", library, OURS)) or "site-packages" in path:
            continue
        cwd = f"{Path.cwd()}{os.sep}"
        return f" at {path.removeprefix(cwd)}:{frame['line']} in {frame['name']}"[:LONGEST]
    return ""


def _stack(folder: Path) -> str:
    try:
        return contents(folder / "stack", LARGEST_STACK).decode(errors="replace")
    except StorageError:
        return ""
