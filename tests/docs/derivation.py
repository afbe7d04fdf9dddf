"""Read docs/derivation.md and the docstrings that cite it."""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from verify.cases.probes import OPTIONS, PROBES, make_probe
from verify.expected.step import Step
from verify.expected.steps import steps

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "derivation.md"
HEADER = "| id | equation | shape | code |"
WORD = r"(?:\{[\w,]+\}|\w+)"
OWN_SECTION = tuple(name for name, probe in PROBES.items()
                    if probe.layer.section or probe.variant == OPTIONS)  # fmt: skip
"""The probes that equations of a family, and of no network, are verified on."""


@cache  # a thousand tests ask
def own_steps(name: str) -> tuple[Step, ...]:
    """Those of them: of a loss's probe the loss's, of a layer's the last one's; what is before is
    there for its sake."""
    arch = make_probe(name, "float64", 1, 0).arch
    told = arch.layers[-1].name if PROBES[name].loss is None else "loss"
    return tuple(step for step in steps(arch, True) if step.layer == told)


OWN_IDS = {step.equation for name in OWN_SECTION for step in own_steps(name)}
SECTIONS = sorted({id.rsplit("-", 1)[0] for id in OWN_IDS})
"""Of families with such probes: their equations carry the family's name."""
OWN = "|".join([r"\*", *(rf"\b{section}" for section in SECTIONS)])
EQUATION_ID = re.compile(rf"(?:\b[MH]|\{{M,H\}})-{WORD}-{WORD}|(?:{OWN})-{WORD}")
"""``*-x`` is x of every such family that has one."""
CODE_LINK = re.compile(r"\[`(\w+)\.(\w+)`\]\(([^)]+)\)")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Row:
    """One row of an equation table, its cells as written."""

    anchor: str
    id: str
    equation: str
    shape: str
    code: str

    @property
    def links(self) -> list[tuple[str, str, str]]:
        """Module, function and path of each link in the code cell."""
        return CODE_LINK.findall(self.code)


def rows(text: str) -> list[Row]:
    """Every row of every table under HEADER.

    Raises:
        ValueError: a row without four cells, or an id cell without anchor and id.
    """
    found, inside = [], False
    for line in text.splitlines():
        inside = line == HEADER or (inside and line.startswith("|"))
        if inside and line != HEADER and not line.startswith("|---"):
            found.append(_row(line))
    return found


def _row(line: str) -> Row:
    first, equation, shape, code = (cell.strip() for cell in line.strip("|").split("|"))
    match = re.fullmatch(r'<a id="([^"]+)"></a>`([^`]+)`', first)
    if match is None:
        raise ValueError(f"not an id cell: {first}")
    return Row(match[1], match[2], equation, shape, code)


def shape(cell: str, n: int) -> tuple[int, ...]:
    """The shape a cell such as "`(100*N, 150)`" or "`(6,)`" stands for, with n images.

    Raises:
        ValueError: the cell is not a tuple of products of numbers and N.
    """
    match = re.fullmatch(r"`\(((?:[N\d*]+,? ?)*)\)`", cell)
    if match is None:
        raise ValueError(f"not a shape: {cell}")
    return tuple(_product(factors, n) for factors in re.split(r", ?", match[1]) if factors)


def _product(factors: str, n: int) -> int:
    return math.prod(n if factor == "N" else int(factor) for factor in factors.split("*"))


def expand(pattern: str) -> list[str]:
    """Brace expansion: "{M,H}-C1-z" is ["M-C1-z", "H-C1-z"]."""
    if pattern.startswith("*"):
        return [id for id in sorted(OWN_IDS) if id.rsplit("-", 1)[1] == pattern[2:]]
    parts = re.split(r"\{([^}]*)\}", pattern)
    choices = [part.split(",") if i % 2 else [part] for i, part in enumerate(parts)]
    return ["".join(choice) for choice in itertools.product(*choices)]


def cited(docstring: str) -> set[str]:
    """Every equation id in a docstring, braces expanded."""
    return {id for pattern in EQUATION_ID.findall(docstring) for id in expand(pattern)}


@cache
def functions(path: Path) -> Mapping[str, str]:
    """Docstring of each function and class of a module, by name."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    body = ast.parse(path.read_text()).body
    found = {node.name: ast.get_docstring(node) or "" for node in body if isinstance(node, kinds)}
    return MappingProxyType(found)


@cache
def docstrings(path: Path) -> tuple[str, ...]:
    """Every docstring of a module, its own included."""
    kinds = (ast.Module, ast.FunctionDef, ast.ClassDef)
    nodes = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds))
    return tuple(ast.get_docstring(node) or "" for node in nodes)


def fences(text: str, language: str) -> list[str]:
    """Bodies of the fenced blocks of one language."""
    return [body for found, body in FENCE.findall(text) if found == language]


def prose(text: str) -> str:
    """The text without fenced blocks, and code spans emptied."""
    return re.sub(r"`[^`\n]*`", "``", FENCE.sub("", text))


def inline_math(text: str) -> list[str]:
    """Formulas between single dollar signs."""
    return re.findall(r"\$([^$\n]+)\$", prose(text))


def assignments(text: str) -> dict[str, Any]:
    """The literals of all python blocks by name: "x = [[1]]" gives {"x": [[1]]}.

    Raises:
        ValueError: a name is given twice, or a value is not a literal.
    """
    found: dict[str, Any] = {}
    for block in fences(text, "python"):
        name, value = block.split("=", 1)
        if name.strip() in found:
            raise ValueError(f"given twice: {name}")
        found[name.strip()] = ast.literal_eval(value.strip())
    return found
