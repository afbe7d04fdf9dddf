"""Formulas as MathML, which browsers draw without a script: a hook of mkdocs."""

from __future__ import annotations

import html
import re
from typing import Any

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError

FORMULA = re.compile(
    r'<(span|div) class="arithmatex">\s*\\([(\[])(.*?)\\[)\]]\s*</\1>',
    re.DOTALL,
)
"""How arithmatex leaves a formula: escaped, between \\( and \\) or \\[ and \\]."""

COMMAND = re.compile(r"\\[a-zA-Z]+")
MEANT = {r"\arg": r"\mathrm{arg}", r"\lfloor": "⌊", r"\rfloor": "⌋"}
"""Commands that latex2mathml does not know, and what is the same."""


def on_page_content(content: str, **_: Any) -> str:
    """Every formula of a page, drawn.

    Raises:
        PluginError: a formula that cannot be drawn; it ends the build.
    """
    return FORMULA.sub(_drawn, content)


def _drawn(found: re.Match[str]) -> str:
    kind = "inline" if found[2] == "(" else "block"
    written = html.unescape(found[3]).strip()
    try:
        drawn = convert(COMMAND.sub(lambda m: MEANT.get(m[0], m[0]), written), display=kind)
    except Exception as error:  # each fault has a class of its own
        raise PluginError(f"no formula: {written}: {type(error).__name__}") from None
    if ">\\" in drawn:  # what it does not know it leaves as it was written
        raise PluginError(f"a command that is not known: {written}")
    # what a screen reader cannot read as mathematics, it reads as it was written
    return drawn.replace("<math ", f'<math alttext="{html.escape(written)}" ', 1)
