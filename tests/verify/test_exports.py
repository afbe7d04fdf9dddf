"""What a room shows to others stands in ``__all__``: all that a module defines, and no more.

A module that only its own room imports from needs none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import verify

ROOT = Path(verify.__file__).parent.parent
PASSED_ON = {
    "lenet_ref.architecture": {
        *("Affine", "Convolution", "Layer", "Loss", "MaxPool", "RadialBasis", "Subsampling"),
    },
    **{f"verify.cli.{command}": {"parser", "requested"} for command in ("run", "check")},
}
"""Names of other modules that are part of what a module is for."""
Sources = Mapping[str, str]


def sources() -> Sources:
    """Every module of the two packages by its name."""
    paths = [path for each in ("lenet_ref", "verify") for path in (ROOT / each).rglob("*.py")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    bare = [name.removesuffix(".__init__") for name in names]
    return {name: path.read_text() for name, path in zip(bare, paths, strict=True)}


def room(module: str) -> str:
    """lenet_ref is one; those of verify are its packages."""
    parts = module.split(".")
    return parts[0] if parts[0] == "lenet_ref" else ".".join(parts[:2])


def shown(every: Sources) -> Iterator[tuple[str, str, str]]:
    """(who, module, name) of what is imported from another room; no name: the module itself."""
    for who, source in every.items():
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            for name in (alias.name for alias in node.names):
                whole = f"{node.module}.{name}"
                module = whole if whole in every else node.module
                if module in every and room(module) != room(who):
                    yield who, module, "" if module == whole else name


def defined(source: str) -> set[str]:
    """Names without a leading underscore that stand at the top of a module."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return {name for name in found if not name.startswith("_")}


def exported(source: str) -> set[str]:
    """What ``__all__`` says; empty without one."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def wrong(every: Sources) -> list[str]:
    """Modules whose ``__all__`` is not what they define, names that are taken past it."""
    imports = list(shown(every))
    found = []
    for module, source in every.items():
        declared, mine = exported(source), defined(source) | PASSED_ON.get(module, set())
        needed = declared or any(module == which for _, which, _ in imports)
        package = any(name.startswith(f"{module}.") for name in every)
        if needed and declared != mine and not package:
            found.append(f"{module}: {sorted(declared ^ mine)}")
    taken = [(who, module, name) for who, module, name in imports if name]
    return found + [
        f"{who} takes {name} from {module}"
        for who, module, name in taken
        if name not in exported(every[module])
    ]


def test_what_other_rooms_import_is_exported() -> None:
    assert wrong(sources()) == []


TAKER = "from verify.judge.court import judge"


@pytest.mark.parametrize(
    ("source", "taker"),
    [
        ("def judge(): ...", TAKER),
        ("__all__ = ['judge']\ndef judge(): ...\nBENCH: int = 3", TAKER),
        ("__all__ = ['judge', 'jury']\ndef judge(): ...", TAKER),
        ("from x import jury\n__all__ = ['judge', 'jury']\ndef judge(): ...", TAKER),
        (
            "__all__ = ['judge']\ndef judge(): ...\n_aside = 1",
            "from verify.judge.court import _aside",
        ),
        ("def judge(): ...", "from verify.judge import court"),
    ],
    ids=["none", "too-few", "too-many", "imported", "private", "module"],
)
def test_what_is_not_is_seen(source: str, taker: str) -> None:
    assert wrong({"verify.judge.court": source, "verify.cli.case": taker})


def test_what_is_passes_and_one_room_needs_none() -> None:
    source = "__all__ = ['Judge', 'judge']\nclass Judge: ...\ndef judge(): ...\n_a = 1"
    assert wrong({"verify.judge.court": source, "verify.cli.case": TAKER}) == []
    alone = {"verify.judge.court": "def judge(): ...", "verify.judge.case": TAKER}
    assert wrong(alone) == []
