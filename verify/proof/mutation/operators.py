"""Mutation operators on Python syntax: each yields the ways one node could be wrong."""

from __future__ import annotations

import ast
import copy
from collections.abc import Container, Iterator
from dataclasses import dataclass

ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SMALL = 2.9e-6
"""Relative change of a float constant: the size of the smallest real mistake known."""


@dataclass(frozen=True)
class Mutant:
    """A changed module.  line, source: where; what: from and to."""

    module: str
    line: int
    source: str
    what: str
    tree: ast.Module


def mutants(module: str, source: str, wanted: Container[int] | None = None) -> Iterator[Mutant]:
    """Every mutant of a module's source, in source order, or those of the numbers wanted."""
    for number, (index, node, k) in enumerate(_places(ast.parse(source))):
        if wanted is None or number in wanted:
            yield _mutant(module, source, index, node, k)


def counted(source: str) -> int:
    """How many mutants a source has, without making them."""
    return sum(1 for _ in _places(ast.parse(source)))


def on_line(source: str, text: str) -> set[int]:
    """Numbers of the mutants on lines that hold a text."""
    lines = source.splitlines()
    every = enumerate(_places(ast.parse(source)))
    return {i for i, (_, node, _) in every if text in lines[getattr(node, "lineno", 1) - 1]}


def _places(tree: ast.AST) -> Iterator[tuple[int, ast.AST, int]]:
    """Number of a node among all, the node, number of its variant."""
    for index, node in enumerate(_code(tree)):
        for k, _ in enumerate(variants(node)):
            yield index, node, k


def _mutant(module: str, source: str, index: int, node: ast.AST, k: int) -> Mutant:
    changed = ast.parse(source)  # faster than a deep copy
    target = list(_code(changed))[index]
    _replace(changed, target, list(variants(target))[k])
    what = f"{_text(node)} -> {_text(list(variants(node))[k])}"
    line = getattr(node, "lineno", 1)
    text = source.splitlines()[line - 1].strip()
    return Mutant(module, line, text, what, ast.fix_missing_locations(changed))


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes that compute: not annotations, docstrings, imports, messages of errors."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        children = value if isinstance(value, list) else [value]
        for child in children:
            if not isinstance(child, ast.AST) or _uninteresting(child):
                continue
            yield child
            yield from _code(child)


def _uninteresting(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Raise | ast.JoinedStr | ast.AnnAssign):
        return True
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring and isinstance(node.value.value, str)  # type: ignore[attr-defined]


def variants(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    match node:
        case ast.BinOp():
            yield from _operators(node)
        case ast.AugAssign():
            yield ast.Assign([node.target], node.value)
            yield ast.AugAssign(node.target, ast.Sub(), node.value)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield node.operand
        case ast.Compare(ops=[op]):
            for other in COMPARISONS.get(type(op), ()):
                yield ast.Compare(node.left, [other()], node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.IfExp():
            yield ast.IfExp(node.test, node.orelse, node.body)
        case ast.Constant():
            yield from _constants(node)
        case ast.Call(args=[first, second, *rest]) if not isinstance(second, ast.Starred):
            yield ast.Call(node.func, [second, first, *rest], node.keywords)
        case ast.Attribute(attr="T"):
            yield node.value
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()


def _operators(node: ast.BinOp) -> Iterator[ast.AST]:
    for other in ARITHMETIC.get(type(node.op), ()):
        yield ast.BinOp(node.left, other(), node.right)
    if isinstance(node.op, ast.MatMult):
        yield ast.BinOp(node.right, ast.MatMult(), node.left)
    if isinstance(node.op, ast.Add | ast.Sub):
        yield node.left


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value * (1 + SMALL) + (SMALL if value == 0 else 0))


def _replace(tree: ast.AST, target: ast.AST, replacement: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, replacement)
                return
            if isinstance(value, list) and any(item is target for item in value):
                value[[item is target for item in value].index(True)] = replacement
                return


def _text(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))[:80].replace("\n", " ")
