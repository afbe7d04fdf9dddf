"""The rooms of the house: each imports only rooms before it, and some walls have no door."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import lenet_ref
import verify

PACKAGE = Path(verify.__file__).parent
ORDER = (
    *("errors", "words", "expected", "cases", "oracle", "truth", "tolerance", "judge", "mistakes"),
    *("checks", "report", "exchange", "errata", "subjects", "pipeline", "proof"),
    *("api", "plugin", "cli"),
)
DESCRIPTION = (
    *("architecture", "checks", "codes", "connections", "door", "errors", "families"),
    *("parameters", "specs", "storage", "types"),
)
"""What every room may know of lenet_ref: networks as data, files and errors; no mathematics."""
JUDGING = ("oracle", "truth", "tolerance", "judge", "mistakes")


def room(module: str) -> str:
    """The room of a module of verify."""
    return module.split(".")[1]


def imports(name: str, source: str) -> Iterator[tuple[str, str]]:
    """(module, what it imports of the two packages), wherever in the file the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found = whole if node.module in ("verify", "lenet_ref") else [node.module]
        elif isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        else:
            continue
        yield from ((name, each) for each in found if each.split(".")[0] in PACKAGES)


PACKAGES = ("verify", "lenet_ref")


def modules() -> Iterator[tuple[str, str]]:
    """Every module of verify that stands in a room, with its source."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        name = name.removesuffix(".__init__")
        if name not in ("verify", "verify.__main__"):
            yield name, path.read_text(encoding="utf-8")


def constructed(source: str) -> list[str]:
    """Lines of a module that make a judge, under whatever name it was imported."""
    tree = ast.parse(source)
    aliases = [a for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for a in node.names]
    known = {"Judge", *(alias.asname for alias in aliases if alias.name == "Judge")}
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [line for line in map(ast.unparse, calls) if line.rpartition(".")[2] in known]


def broken(name: str, source: str) -> list[str]:
    """Imports of a module that no wall allows."""
    return [f"{who} imports {what}" for who, what in imports(name, source) if forbidden(who, what)]


def forbidden(who: str, what: str) -> bool:
    """A room behind, or the mathematics of the reference in a room that judges it."""
    if what.startswith("lenet_ref"):
        return room(who) in JUDGING and what.split(".")[1] not in DESCRIPTION
    if room(who) == "truth" and room(what) == "oracle":
        return True
    if room(who) == "subjects" and what in ("verify.judge.judge", "verify.judge.compare"):
        return True
    return ORDER.index(room(what)) > ORDER.index(room(who))


def test_every_module_stands_in_a_room() -> None:
    assert {room(name) for name, _ in modules()} == set(ORDER)
    loose = {path.name for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__.py", "__main__.py", "errors.py", "words.py"}


def test_rooms_import_only_rooms_before_them() -> None:
    assert [line for name, source in modules() for line in broken(name, source)] == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("verify.judge.compare", "from verify.report.rows import row"),
        ("verify.truth.run", "import verify.oracle.loss"),
        ("verify.oracle.affine", "from lenet_ref.layers.affine import forward"),
        ("verify.tolerance.sums", "from lenet_ref.layers import affine"),
        ("verify.judge.trust", "def late():\n    from lenet_ref import gradients"),
        ("verify.subjects.program", "from verify.judge.judge import Judge"),
        ("verify.cases.plan", "from verify import cli"),
    ],
    ids=["back", "truth", "maths", "package", "late", "judging", "from-top"],
)
def test_an_import_against_the_order_is_seen(name: str, source: str) -> None:
    assert broken(name, source)


def test_traces_are_judged_in_the_pipeline_alone() -> None:
    """By one function; the judge asks itself for bounds, and the self-test gets at its inside."""
    makers = [name for name, source in modules() if constructed(source)]
    gate = {"verify.proof.gate.nets", "verify.proof.gate.vacuous"}
    assert {*makers} - gate == {"verify.judge.judge", "verify.pipeline.judging"}


@pytest.mark.parametrize(
    "source",
    [
        "from verify.judge.judge import Judge\nfound = Judge(case, trace).findings()",
        "from verify.judge.judge import Judge as Court\ndef late():\n    return [Court(case, {})]",
        "from verify.judge import judge\nfound = judge.Judge(case, trace).findings()",
    ],
    ids=["plain", "renamed", "module"],
)
def test_a_judge_of_ones_own_is_seen(source: str) -> None:
    assert constructed(source)


def test_a_judge_that_is_handed_on_is_not() -> None:
    source = (
        "from verify.judge.judge import Judge\ndef f(judge: Judge) -> int:\n    return g(judge)"
    )
    assert constructed(source) == []


def spoken(source: str) -> list[str]:
    """Where a module prints, or gets hold of a standard stream."""
    names = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name | ast.Attribute)]
    found = [ast.unparse(n) for n in names]
    found += [what for node in ast.walk(ast.parse(source)) for what in streams(node)]
    return [w for w in found if w in ("print", "builtins.print") or re.fullmatch(STREAM, w)]


STREAM = r"sys\.(__)?std(out|err)(__)?"


def streams(node: ast.AST) -> list[str]:
    """What is imported from sys."""
    from_sys = isinstance(node, ast.ImportFrom) and node.module == "sys"
    return [f"sys.{alias.name}" for alias in node.names] if from_sys else []


def test_nothing_below_the_command_line_prints() -> None:
    reference = {str(p): p.read_text() for p in Path(lenet_ref.__file__).parent.rglob("*.py")}
    below = {name: source for name, source in modules() if room(name) != "cli"}
    assert {name: said for name, s in (below | reference).items() if (said := spoken(s))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    print('here')",
        "import sys\nsys.stdout.write('here')",
        "from sys import stderr as err\nerr.write('here')",
        "tell = print",
    ],
)
def test_one_that_does_is_seen(source: str) -> None:
    assert spoken(source)


def test_words_like_it_are_not() -> None:
    assert spoken("fingerprint(case), process.stdout, x.print_exc, 'sys.stdout', printed") == []


def test_an_import_in_order_is_not() -> None:
    assert broken("verify.report.rows", "from verify.judge.findings import Finding") == []
    assert broken("verify.oracle.affine", "from lenet_ref.architecture import Affine") == []


TESTS = Path(__file__).parents[1]
MOST = 250
"""Lines of a file of tests."""


def unlike(tests: Path) -> list[str]:
    """Where the tests do not mirror the rooms, and files of tests that are too long to read."""
    files = sorted(tests.rglob("*.py"))
    house = tests / "verify"
    inside = [path.relative_to(house).parts for path in house.glob("*/**/*.py")]
    tested = {parts[0] for parts in inside if parts[-1].startswith("test_")}
    rooms = {*ORDER} - {"errors", "words"}  # files, not folders
    strange = {parts[0] for parts in inside} - rooms
    counted = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    return [
        *(f"{name}/ is no room of verify" for name in sorted(strange)),
        *(f"{name}/ has no tests" for name in sorted(rooms - tested)),
        *(f"{path.name} has {n} lines" for path, n in counted.items() if n > MOST),
    ]


def test_the_tests_mirror_the_rooms() -> None:
    assert unlike(TESTS) == []


@pytest.mark.parametrize(
    ("path", "lines", "said"),
    [
        ("verify/oracle/test_it.py", 250, []),
        ("verify/test_house.py", 250, []),
        ("verify/tolerance/families/gain.py", 250, []),
        ("verify/oracle/test_it.py", 251, ["test_it.py has 251 lines"]),
        ("lenet_ref/files.py", 251, ["files.py has 251 lines"]),
        ("verify/oracles/test_it.py", 1, ["oracles/ is no room of verify"]),
        ("verify/oracle/helpers.py", 1, ["oracle/ has no tests"]),
    ],
)
def test_tests_that_do_not_are_seen(path: str, lines: int, said: list[str], tmp_path: Path) -> None:
    """Planted in a house that has a test in every other room."""
    places = [
        f"verify/{name}/test_it.py" for name in ORDER if name not in ("errors", "words", "oracle")
    ]
    places += ["verify/oracle/test_it.py"] if "oracle/" not in path else []
    for place in (*places, path):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("\n")
    (tmp_path / path).write_text("\n" * lines)
    assert unlike(tmp_path) == said
