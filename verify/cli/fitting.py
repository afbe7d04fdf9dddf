"""Lines that fit a terminal.  In a pipe each stays one line, for whoever searches them."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator

from verify.report.text import WIDTH

NARROW = 40
"""Columns below which a terminal breaks lines better than we do."""
INDENT = 4
COMMAND = re.compile(r"^( *(?:\w+(?: \w+)*: )?)(lenet-verify .*)$")
"""A command to be pasted, and what stands before it."""
WORD = re.compile(r"""(?:[^\s"'\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""")
"""One word of a shell, quotes and all."""


def width() -> int:
    """Columns of the terminal; a line is no longer than WIDTH on a wider one."""
    return min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)


def fitted(line: str, columns: int) -> list[str]:
    """A line as lines that fit: a command goes on after a backslash, so that it can still be
    pasted, a sentence below itself, a little to the right."""
    if len(line) <= columns or columns < NARROW:
        return [line]
    if command := COMMAND.match(line):
        return [*_broken(command[1], command[2], columns)]
    left = " " * (len(line) - len(line.lstrip()) + INDENT)
    return textwrap.wrap(line, columns, subsequent_indent=left, break_long_words=False,
                         break_on_hyphens=False, replace_whitespace=False)  # fmt: skip


def _broken(before: str, command: str, columns: int) -> Iterator[str]:
    """The command's words, as many in each line as fit with a backslash behind them."""
    line = before
    left = " " * (len(before) - len(before.lstrip()) + INDENT)
    for word in _together(command):
        start = line in (before, left)
        if not start and len(line) + 1 + len(word) + 2 > columns:
            yield f"{line} \\"
            line, start = left, True
        line += word if start else f" {word}"
    yield line


def _together(command: str) -> list[str]:
    """The words, an option and its value as one."""
    found: list[str] = []
    for word in WORD.findall(command):
        value = found and found[-1].startswith("-") and " " not in found[-1]
        if value and not word.startswith("-"):
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found
