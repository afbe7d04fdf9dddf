"""Annotations of GitHub Actions: what fails, at the line of the function that was judged."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.door import contents
from lenet_ref.errors import LeNetError
from verify.judge.findings import Finding
from verify.report.account import Account, Failure, blamed
from verify.report.checks import mended
from verify.report.reasons import explained, text
from verify.report.screen import NOTHING
from verify.report.text import one_line

__all__ = ["LARGEST", "MOST", "Spot", "errors_of", "escaped", "line_of", "spot"]

MOST = 10
"""Annotations of one kind that GitHub shows of a step."""
LARGEST = 2**22


@dataclass(frozen=True)
class Spot:
    """A line of a file, by the path that it has in the repository."""

    file: str
    line: int


def errors_of(told: Account | Failure, where: Spot | None = None) -> list[str]:
    """``::error`` commands, at most ten; the last one counts those that are left out."""
    found = [*_messages(told)]
    if len(found) > MOST:
        found[MOST - 1 :] = [("lenet-verify", f"and {len(found) - MOST + 1} more")]
    return [_command(title, message, where) for title, message in found]


def _messages(told: Account | Failure) -> Iterator[tuple[str, str]]:
    """(title, message) of each."""
    if isinstance(told, Failure):
        yield "lenet-verify", told.message
        return
    for finding in blamed(told.tally):
        yield _title(finding), _said(finding)
    for check in told.broken:
        yield f"{check.name}: {check.variant} {check.subject}".strip(), mended(check)
    if told.status and not (told.tally.first or told.broken):
        yield "lenet-verify", NOTHING


def _title(finding: Finding) -> str:
    step = finding.step
    return f"{finding.case.arch.variant}: {step.tensor} ({step.equation})"


def _said(finding: Finding) -> str:
    """The cause, and got and expected."""
    return "\n".join(dict.fromkeys([explained(finding), text(finding.reason)]))


def _command(title: str, message: str, where: Spot | None) -> str:
    said = "\n".join(map(one_line, message.split("\n")))
    place = f"file={escaped(where.file, True)},line={where.line}," if where else ""
    return f"::error {place}title={escaped(one_line(title), True)}::{escaped(said)}"


def escaped(value: str, is_property: bool = False) -> str:
    """As the toolkit of Actions escapes the text of a command, or one of its properties."""
    said = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return said.replace(":", "%3A").replace(",", "%2C") if is_property else said


def spot(subject: str, workspace: Path) -> Spot | None:
    """Where ``file.py:callable`` is defined; None of anything else, and outside the workspace."""
    name, _, attribute = subject.rpartition(":")
    path = Path(name)
    if not name.endswith(".py") or not path.is_file():
        return None
    try:
        inside = path.resolve().relative_to(workspace.resolve())
        source = contents(path.resolve(), LARGEST)
    except (LeNetError, OSError, ValueError):
        return None
    return Spot(inside.as_posix(), line_of(source, attribute.split(".")))


def line_of(source: bytes, names: Sequence[str]) -> int:
    """The line that binds a name: of the last definition, as Python has it; 1 where there is none.
    The file is read and not run."""
    try:
        body: Sequence[ast.stmt] = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 1
    line = 1
    for name in names:
        found = [node for node in _inside(body) if name in _bound(node)]
        if not found:
            break
        line = found[-1].lineno
        body = found[-1].body if isinstance(found[-1], ast.ClassDef) else []
    return line


def _inside(body: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Statements of a block, and of what only decides whether they are run."""
    for node in body:
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and not _scope(node):
            yield from _inside(ast.iter_child_nodes(node))


def _scope(node: ast.AST) -> bool:
    """Names bound in it are its own."""
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {target.id for target in targets if isinstance(target, ast.Name)}
    return set()
