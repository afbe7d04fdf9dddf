"""docs/derivation.md agrees with the description of the network and with the code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from lenet_ref import connections
from lenet_ref.architecture import Architecture, lenet_1998, modern
from tests.docs.derivation import (
    CODE_LINK,
    HEADER,
    OWN_IDS,
    OWN_SECTION,
    PAGE,
    ROOT,
    SECTIONS,
    Row,
    cited,
    docstrings,
    expand,
    fences,
    functions,
    inline_math,
    own_steps,
    prose,
    rows,
    shape,
)
from verify.cases.probes import make_probe
from verify.expected.shapes import shapes
from verify.expected.steps import steps

TEXT = PAGE.read_text()
ROWS = rows(TEXT)
MASK = "H-C3-mask"
ARCHITECTURES = (*(modern(), modern(reg=0.5), lenet_1998(), lenet_1998("map", learned_codes=True)),)
SOURCES = sorted((ROOT / "lenet_ref").rglob("*.py"))

each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
each_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
each_network = pytest.mark.parametrize(
    ("arch", "title"), [(modern(), "Modern"), (lenet_1998(), "1998")], ids=["modern", "1998"]
)


def expected_ids() -> set[str]:
    return {s.equation for arch in ARCHITECTURES for s in steps(arch, True)} | OWN_IDS | {MASK}


@cache
def expected_shapes(n: int) -> Mapping[str, tuple[int, ...]]:
    """Shape of each equation's tensor for a batch of n: of a family's, on its first probe."""
    found: dict[str, tuple[int, ...]] = {MASK: (16, 6)}
    for arch in ARCHITECTURES:
        by_tensor = shapes(arch, n)
        own = {step.equation: by_tensor[step.tensor] for step in steps(arch, True)}
        found = own | found
    for name in OWN_SECTION:  # of several probes of a family the first
        by_tensor = shapes(make_probe(name, "float64", 1, 0).arch, n)
        found = {step.equation: by_tensor[step.tensor] for step in own_steps(name)} | found
    return MappingProxyType(found)


# ids


def test_every_step_has_its_equation() -> None:
    assert sorted(expected_ids() - {row.id for row in ROWS}) == []


def test_no_equation_is_invented() -> None:
    assert sorted({row.id for row in ROWS} - expected_ids()) == []


def test_every_id_is_defined_once() -> None:
    assert [id for id, count in Counter(row.id for row in ROWS).items() if count > 1] == []


def test_anchors_are_exactly_the_ids_of_the_table_rows() -> None:
    assert re.findall(r'<a id="([^"]*)">', TEXT) == [row.anchor for row in ROWS]
    assert [row.anchor for row in ROWS] == [row.id for row in ROWS]


def test_every_layer_of_both_variants_has_a_table() -> None:
    assert TEXT.splitlines().count(HEADER) == 16 + len(SECTIONS)


# shapes


@each_row
@pytest.mark.parametrize("n", [1, 3])
def test_shape_is_that_of_the_trace(row: Row, n: int) -> None:
    assert shape(row.shape, n) == expected_shapes(n)[row.id]


@pytest.mark.parametrize("cell", ["(N, 6)", "`N, 6`", "`(N + 1,)`", "`(M,)`", "``"])
def test_a_malformed_shape_is_refused(cell: str) -> None:
    with pytest.raises(ValueError):
        shape(cell, 1)


# code


@each_row
def test_code_cell_links_functions_that_cite_the_id(row: Row) -> None:
    assert CODE_LINK.sub("", row.code).strip(", ") == "" and row.links
    for _, function, path in row.links:
        assert row.id in cited(functions(PAGE.parent / path)[function])


def test_every_code_link_resolves() -> None:
    links = CODE_LINK.findall(TEXT)
    assert [link for link in links if not _resolves(*link)] == []


def _resolves(module: str, function: str, path: str) -> bool:
    file = PAGE.parent / path
    return file.stem == module and file.is_file() and function in functions(file)


def test_every_other_link_resolves() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    anchors = {f"#{row.anchor}" for row in ROWS}
    assert [t for t in targets if t not in anchors and not (PAGE.parent / t).exists()] == []


@each_source
def test_docstrings_cite_equations_that_exist(path: Path) -> None:
    found = {id for text in docstrings(path) for id in cited(text)}
    assert sorted(found - {row.id for row in ROWS}) == []


def test_errata_cited_in_docstrings_are_explained() -> None:
    texts = (text for path in SOURCES for text in docstrings(path) if "errat" in text)
    numbers = {mark for text in texts for mark in re.findall(r"\bS\d\d\b", text)}
    assert numbers and sorted(numbers - set(re.findall(r"\bS\d+\b", TEXT))) == []


def test_expansion_of_a_docstring() -> None:
    assert expand("{M,H}-{C1,C3}-z") == ["M-C1-z", "M-C3-z", "H-C1-z", "H-C3-z"]
    text = "z = a W.  Eq. {M,H}-F6-z,\n    M-F7-z; paper eq. 7, erratum S20, Levenberg-Marquardt."
    assert cited(text) == {"M-F6-z", "H-F6-z", "M-F7-z"}


# architecture tables


@each_network
def test_architecture_table_agrees_with_the_description(arch: Architecture, title: str) -> None:
    table = _architecture_table(title)
    for layer in arch.layers:
        output, parameters = table[layer.name][1], table[layer.name][-1]
        assert shape(output, 3) == shapes(arch, 3)[f"{layer.name}.y"]
        assert _number(parameters) == layer.trainable


@each_network
def test_architecture_table_adds_up(arch: Architecture, title: str) -> None:
    table = _architecture_table(title)
    total = table.pop("total")
    for column in range(2, len(total)):
        assert sum(_number(cells[column]) for cells in table.values()) == _number(total[column])


def _architecture_table(title: str) -> dict[str, list[str]]:
    """Cells of each layer of the table under a title in bold, by layer."""
    body = TEXT.split(f"\n**{title}**\n")[1].strip().split("\n\n")[0]
    lines = [line.strip("|").split("|") for line in body.splitlines()[2:]]
    return {name.strip(): [cell.strip() for cell in cells] for name, *cells in lines}


def _number(cell: str) -> int:
    return int(cell.replace(",", ""))


def test_table_one_is_the_connection_table() -> None:
    lines = re.findall(r"^\| S2 map \d \|(.*)\|$", TEXT, re.MULTILINE)
    links = [[cell.strip() == "X" for cell in line.split("|")] for line in lines]
    assert np.array_equal(np.array(links).T, connections.mask(connections.TABLE_I, 6))


# formulas


@each_row
def test_equation_cell_holds_a_formula(row: Row) -> None:
    assert inline_math(row.equation)


def test_dollar_signs_balance_on_every_line() -> None:
    assert [line for line in prose(TEXT).splitlines() if line.count("$") % 2] == []
    assert [block for block in fences(TEXT, "math") if "$" in block] == []


def test_braces_balance_in_every_formula() -> None:
    formulas = inline_math(TEXT) + fences(TEXT, "math")
    assert [f for f in formulas if f.count("{") != f.count("}")] == []


def test_markdown_cannot_change_inline_formulas() -> None:
    """Emphasis marks, escapes and table separators would be read before the formula is."""
    unsafe = re.compile(r"(?<![A-Za-z0-9])_|\*|\\[^A-Za-z]|\||<|^\s|\s$")
    assert [formula for formula in inline_math(TEXT) if unsafe.search(formula)] == []
