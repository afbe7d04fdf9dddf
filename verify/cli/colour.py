"""Colour on a terminal: verdicts and guilty layers.  It is taste; nothing is decided by it."""

from __future__ import annotations

import os
import re
import sys
from typing import IO

AUTO = "auto"
WHEN = (AUTO, "always", "never")
RED, GREEN, BOLD, FAINT, PLAIN = "31;1", "32;1", "1", "2", "0"
STYLES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^(PASS)(?=  \S)"), GREEN),
    (re.compile(r"^(FAIL)(?=  \S)"), RED),
    (re.compile(r"^(> .*)"), RED),
    (re.compile(r"(guilty layers?: [^;]+)"), RED),
    (re.compile(r"(?<=; first: )(\S+)"), BOLD),
    (re.compile(r"^  (?:cause|also [^:]+): (.*)"), BOLD),
    (re.compile(r"^(?:note: .*|  rerun: (?=lenet))"), FAINT),
    (re.compile(r"^  \S+ {2,}(pass)(?= |$)"), GREEN),
)
"""What of a line has which style; the lines are those of the report's texts."""
_SAID = [AUTO]


def use(when: str) -> None:
    """What ``--color`` says from now on.  when: of WHEN."""
    _SAID[0] = when


def wanted(stream: IO[str] | None) -> bool:
    """A stream is to be coloured: said so, or forced, or a terminal that can and may."""
    if _SAID[0] != AUTO:
        return _SAID[0] == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(stream)


def is_terminal(stream: IO[str] | None) -> bool:
    """A person reads it, at something that understands more than letters."""
    if stream is None or stream.closed or os.environ.get("TERM") == "dumb":
        return False
    plain = sys.platform == "win32" and not {"WT_SESSION", "TERM", "ANSICON"} & {*os.environ}
    return stream.isatty() and not plain


def painted(line: str) -> str:
    """A line with its styles."""
    for pattern, style in STYLES:
        line = pattern.sub(lambda m, s=style: _in(m, s), line, count=1)  # type: ignore[misc]
    return line


def _in(found: re.Match[str], style: str) -> str:
    """The first group in a style, or all of it."""
    start, end = found.span(1 if found.re.groups else 0)
    start, end = start - found.start(), end - found.start()
    text = found[0]
    return f"{text[:start]}\033[{style}m{text[start:end]}\033[{PLAIN}m{text[end:]}"
