"""docs/architecture.md names what there is: rooms in their order, families, verdicts, walls."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.pictures.data import FLOW
from lenet_ref import families
from tests.docs.derivation import ROOT
from tests.verify.test_rooms import DESCRIPTION, ORDER
from verify.judge.verdict import Verdict

TEXT = (ROOT / "docs" / "architecture.md").read_text()


def cells(header: str) -> list[list[str]]:
    """Rows of the table with this header."""
    body = TEXT.split(f"{header}\n", 1)[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()[1:]]


def test_the_rooms_stand_in_their_order() -> None:
    named = [re.findall(r"\[`(\w+)`\]\(([^)]+)\)", row[0])[0] for row in cells("| room | holds |")]
    assert tuple(name for name, _ in named) == ORDER
    assert all((ROOT / "docs" / path).exists() for _, path in named)


def test_the_flow_shows_every_room_but_errors_and_words() -> None:
    rows = [*FLOW["between"], *FLOW["feeds"], *FLOW["around"]]
    drawn = {room for row in rows for room in row["room"].split(", ")}
    assert drawn == {*ORDER} - {"errors", "words"}
    stops = {row["name"] for row in FLOW["things"]} | drawn
    assert {row["to"] for row in FLOW["feeds"]} <= stops


def files(cell: str) -> set[str]:
    """Names of the modules of the packages in a cell."""
    packages = [name.replace("/", ".") for name in re.findall(r"`([\w/]+)`", cell)]
    return {module for package in packages for module in families.modules(package)}


def test_every_family_has_its_file_in_every_room_of_the_table() -> None:
    table = cells("| room | what the family's file holds | of max pooling |")
    for room, holds, example in table:
        kinds = {*families.layers()}
        kinds |= set() if "layers only" in holds else {*families.losses()}
        assert kinds <= files(room), room
        path = re.findall(r"\(([^)]+)\)", example)[0]
        assert (ROOT / "docs" / path).resolve().is_file()
        assert Path(path).stem == "max_pool"
        assert re.findall(r"`([\w/]+)`", room)[0] in path


def test_every_verdict_is_explained() -> None:
    table = {row[0].strip("`"): row[2] for row in cells("| verdict | meaning | fails |")}
    assert set(table) == {*Verdict}
    failing = {name for name, fails in table.items() if fails == "yes"}
    assert failing == {verdict for verdict in Verdict if verdict.failing}


def imported(path: Path) -> Iterator[str]:
    """Modules that a file imports, whole."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            inside = node.module == "lenet_ref"
            yield from (f"lenet_ref.{a.name}" for a in node.names) if inside else (node.module,)


REFERENCE = sorted((ROOT / "lenet_ref").rglob("*.py"))


@pytest.mark.parametrize("path", REFERENCE, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_reference_needs_numpy_alone(path: Path) -> None:
    roots = {name.split(".")[0] for name in imported(path)}
    assert roots <= {"numpy", "lenet_ref", *sys.stdlib_module_names}


def part(path: Path) -> str:
    """The part of lenet_ref in which a file stands."""
    return path.relative_to(ROOT / "lenet_ref").parts[0].removesuffix(".py")


def test_the_description_does_not_import_the_derivation() -> None:
    described = [path for path in REFERENCE if part(path) in DESCRIPTION]
    assert {part(path) for path in described} == {*DESCRIPTION}
    for path in described:
        ours = {name.split(".")[1] for name in imported(path) if name.startswith("lenet_ref.")}
        assert ours <= {*DESCRIPTION}, path
