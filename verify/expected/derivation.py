"""The equations of docs/derivation.md as data: id, formula, shape, and the code they name."""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

from verify.errors import HarnessError

__all__ = ["CODE_LINK", "DRAWN", "HEADER", "PACKAGE", "PLACES", "PLAIN", "Equation", "equations",
           "rows"]  # fmt: skip
PACKAGE = Path(__file__).parents[1]
PLACES = (PACKAGE.parent / "docs" / "derivation.md", PACKAGE / "docs" / "derivation.md")
"""In a checkout, and in an installed wheel."""
HEADER = "| id | equation | shape | code |"
CODE_LINK = re.compile(r"\[`(\w+)\.(\w+)`\]\(([^)]+)\)")

# LaTeX as the document writes it, in the order of replacement.
PLAIN = (
    (r"\\overline\{\\mathbf (\w)\}|\\overline (\w)", r"d\1\2"),
    (r"\\mathbf (\w)", r"\1"),
    (r"\\mathrm\{(\w+)\}", r"\1"),
    (r"\\frac\{([^{}]+)\}\{([^{}]+)\}", r"\1/\2"),
    (r"\\lambda", "reg"),
    (r"\\gamma", "j"),
    (r"\\top", "T"),
    (r"\\odot", "*"),
    (r"\\oslash", "/"),
    (r"\\gt", ">"),
    (r"\\dots", "..."),
    (r"\\(\w+)", r"\1"),
    *[(r"_\{([^{}]*)\}", r"[\1]")] * 2,
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r"\^\((\w+)\)", r"^\1"),
    (r"_(\w)", r"[\1]"),
    (r"[{}$]", ""),
)


DRAWN = re.compile(r"\$+`?([^$]+?)`?\$+(.*)", re.DOTALL)
"""A formula, and what is said behind it."""


@dataclass(frozen=True)
class Equation:
    """One row of a table: its id, formula in LaTeX, shape for a batch of N, and (module,
    function) of the code."""

    id: str
    formula: str
    shape: str
    code: tuple[tuple[str, str], ...]

    @property
    def plain(self) -> str:
        """The formula for a terminal: gradients with a d, as arrays are named."""
        return _plain(self.formula)

    @property
    def latex(self) -> str:
        """The formula alone, without dollars and without what is said behind it."""
        return self._parts[0]

    @property
    def beside(self) -> str:
        """What is said behind the formula, for a terminal; most often nothing."""
        return _plain(self._parts[1])

    @property
    def _parts(self) -> tuple[str, str]:
        found = DRAWN.fullmatch(self.formula.strip().strip("`"))
        return (found[1], found[2].strip()) if found else (self.formula.strip("`$ "), "")

    def places(self) -> list[str]:
        """``convolution.weight_gradient (lenet_ref/layers/convolution.py:42)`` of each function."""
        return [_place(module, function) for module, function in self.code]


def _plain(text: str) -> str:
    for pattern, replacement in PLAIN:
        text = re.sub(pattern, replacement, text)
    return text


def _place(module: str, function: str) -> str:
    found = getattr(importlib.import_module(module), function)
    lines, first = inspect.getsourcelines(found)
    line = first + next(i for i, text in enumerate(lines) if text.startswith("def "))
    return f"{module.rsplit('.', 1)[1]}.{function} ({module.replace('.', '/')}.py:{line})"


@functools.cache
def equations() -> dict[str, Equation]:
    """Every equation by id.

    Raises:
        HarnessError: the document is neither in the checkout nor in the package.
    """
    page = next((path for path in PLACES if path.is_file()), None)
    if page is None:
        raise HarnessError("the derivation is missing", where=" or ".join(map(str, PLACES)),
                           fix="install the package again")  # fmt: skip
    return {e.id: e for e in rows(page.read_text(encoding="utf-8"))}


def rows(text: str) -> list[Equation]:
    """Every row of every table under HEADER, in a page of Markdown."""
    found, inside = [], False
    for line in text.splitlines():
        inside = line == HEADER or (inside and line.startswith("|"))
        if inside and line != HEADER and not line.startswith("|---"):
            found.append(_row(line))
    return found


def _row(line: str) -> Equation:
    first, formula, shape, code = (cell.strip() for cell in line.strip("|").split("|"))
    id = first.rsplit("`", 2)[1]
    links = ((path, function) for _, function, path in CODE_LINK.findall(code))
    modules = ((path.removeprefix("../").removesuffix(".py"), f) for path, f in links)
    return Equation(
        id, formula, shape.strip("`"), tuple((m.replace("/", "."), f) for m, f in modules)
    )
