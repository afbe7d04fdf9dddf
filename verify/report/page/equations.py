"""The equation of a tensor, drawn where that is possible, and where it is derived."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verify.expected.derivation import equations

__all__ = ["COMMAND", "MEANT", "Formula", "formula"]
COMMAND = re.compile(r"\\[a-zA-Z]+")
MEANT = {r"\arg": r"\mathrm{arg}", r"\lfloor": "⌊", r"\rfloor": "⌋"}
"""Commands that the converter does not know, and what is the same."""


@dataclass(frozen=True)
class Formula:
    """mathml: ours alone, and therefore safe as it is; empty where it cannot be drawn; beside: what
    is said behind it, in words."""

    id: str
    plain: str
    latex: str
    mathml: str
    beside: str
    code: tuple[str, ...]


def formula(id: str) -> Formula | None:
    """The equation of that id; None where the derivation has none."""
    found = equations().get(id)
    if found is None:
        return None
    code = tuple(f"{module.replace('.', '/')}.py: {name}" for module, name in found.code)
    latex, plain = found.latex, found.plain.strip("` ")
    return Formula(found.id, plain, latex, _drawn(latex), found.beside, code)


def _drawn(latex: str) -> str:
    """MathML; nothing where the converter is absent or does not know a command."""
    try:
        from latex2mathml.converter import convert
    except ImportError:
        return ""
    try:
        drawn = convert(COMMAND.sub(lambda m: MEANT.get(m[0], m[0]), latex), display="block")
    except Exception:  # each fault has a class of its own, and the plain form says the same
        return ""
    return "" if ">\\" in drawn else drawn
