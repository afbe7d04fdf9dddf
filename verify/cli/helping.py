"""``--help``: plain text, a default wherever there is one, no wider than a screen."""

from __future__ import annotations

import argparse
import re
import shutil
import textwrap
from pathlib import Path

from verify.expected.pages import shown
from verify.report.text import WIDTH

USUAL = "usual"
"""Attribute of an action whose default was taken away, to see what was said."""
MARKUP = re.compile(r"``|\*\*|:\w+:(?=`)|`")
GENERAL = """general:
  --color auto|always|never   colour, on a terminal by default; NO_COLOR and
                              FORCE_COLOR are obeyed"""
VERSION = """
  --version                   of this package and of what it computes with"""


def plain(text: str | None) -> str:
    """Text without the marks of docstrings."""
    return MARKUP.sub("", text or "")


def readable(text: str) -> str:
    """Text in which a page of docs/ has the name under which it can be opened."""
    return re.sub(r"docs/([\w-]+\.md)", lambda found: shown(found[1]), text)


class Help(argparse.RawDescriptionHelpFormatter):
    """Paragraphs are filled, what is indented stays as it is, defaults are said."""

    def __init__(self, prog: str) -> None:
        columns = shutil.get_terminal_size((WIDTH, 24)).columns
        super().__init__(prog, max_help_position=26, width=min(WIDTH, columns) - 1)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n\n".join(_filled(part, width) for part in plain(text).strip().split("\n\n"))

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        said, usual = action.help or "", getattr(action, USUAL, action.default)
        nothing = usual is None or usual is False or usual in ("", argparse.SUPPRESS) or usual == []
        if nothing or "default" in said or (isinstance(usual, Path) and usual.is_absolute()):
            return said
        return f"{said} (default: {str(usual).replace('%', '%%')})"


def _filled(paragraph: str, width: int) -> str:
    """One paragraph; a list, whose lines are indented, is not touched."""
    if re.search(r"^ +\S", paragraph, re.MULTILINE):
        return paragraph
    return textwrap.fill(" ".join(paragraph.split()), width, break_on_hyphens=False,
                         break_long_words=False)  # fmt: skip
