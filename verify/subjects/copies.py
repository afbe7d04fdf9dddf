"""Functions of this harness in a subject's own files: a copy of the answers under another name.

Names of modules and functions may differ, and comments; a copy with other variables is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from lenet_ref.door import contents
from lenet_ref.errors import StorageError
from verify.subjects.seen import Seen
from verify.words import listed

__all__ = ["LARGEST", "LEAST", "LINES", "LONG", "MOST", "NODES", "ROOT", "SOURCES", "copied"]
ROOT = Path(__file__).parents[2]
SOURCES = {"lenet_ref": "lenet_ref", "verify": "verify/oracle"}
LARGEST, MOST = 2**20, 100
"""Bytes of a file, and files, that are compared."""
LINES, LONG = 6, 30
"""So many lines in common, of so many characters, are looked at more closely."""
LEAST, NODES = 3, 40
"""So many functions of so many nodes are no chance: a ReLU is written in one way by everybody."""


def copied(seen: Iterable[Seen]) -> Iterator[Seen]:
    """A fact for each package of ours of which the subject's files have several functions."""
    paths = [Path(one.what) for one in seen if one.kind == "file"][:MOST]
    texts = [(path, _text(path)) for path in paths]
    for package, folder in SOURCES.items() if texts else ():
        ours = [path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py")]
        lines = set().union(*map(_lines, ours))
        alike = [(path, text) for path, text in texts if _lines(text) & lines]
        if sum(len(_lines(text) & lines) for _, text in alike) < LINES:
            continue
        known = {shape for source in ours for shape in _functions(source)}
        same = [(path.name, name) for path, text in alike
                for shape, name in _functions(text).items() if shape in known]  # fmt: skip
        if len(same) >= LEAST:
            yield Seen("copy", package, listed((f"{name} in {file}" for file, name in same), 3))


def _text(path: Path) -> str:
    """A file of the subject's; nothing for what is none."""
    try:
        return contents(path, LARGEST).decode("utf-8", "replace")
    except StorageError:
        return ""


def _lines(text: str) -> set[str]:
    """Lines that say something; what is imported is called otherwise in a copy."""
    stripped = (line.strip() for line in text.splitlines())
    return {line for line in stripped if len(line) >= LONG and not line.startswith("from ")}


def _functions(text: str) -> dict[str, str]:
    """What each function of some size does, and its name."""
    found = {}
    try:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and sum(1 for _ in ast.walk(node)) >= NODES:
                documented = ast.get_docstring(node, clean=False) is not None
                body = node.body[1:] if documented else node.body
                found[ast.dump(ast.Module(body, []))] = node.name
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return found
