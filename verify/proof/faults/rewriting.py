"""One node of a formula's source written otherwise, in a way that nobody chose."""

from __future__ import annotations
import __future__

import ast
import copy
import inspect
import random
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from verify.proof.mutation.operators import variants

__all__ = ["NUMPY", "WRITTEN", "made", "rewritten", "written"]
NUMPY = "__import__('numpy')"
WRITTEN = (
    *(f"({{}}) * {c}" for c in ("2", "0.5", "-1", "3", "0.9", "1.1", "1.00001", "(1 / 7)")),
    *(f"({{}}) + {c}" for c in ("1", "-0.5", "1e-3")),
    *(f"{NUMPY}.flip({{}}, {axis})" for axis in range(4)),
    *(f"{NUMPY}.roll({{}}, {by}, {axis})" for axis in range(4) for by in (1, -1)),
    *(f"{NUMPY}.swapaxes({{}}, {a}, {b})" for a, b in ((0, 1), (1, 2), (2, 3), (0, -1))),
    *(f"{NUMPY}.{f}({{}})" for f in ("abs", "sign", "tanh", "square", "cumsum", "zeros_like")),
    *(f"{NUMPY}.maximum({{}}, {c})" for c in ("0", "-0.1")),
    *(f"{NUMPY}.sort({{}}, {axis})" for axis in (0, -1)),
    *(f"({{0}}) * {NUMPY}.{f}(({{0}}).shape[-1])" for f in ("arange", "ones")),
    "({0}).mean() + 0 * ({0})",
    "({0}) - ({0}).mean()",
    "({0}).T.reshape(({0}).shape)",
    f"{NUMPY}.where({NUMPY}.arange(({{0}}).size).reshape(({{0}}).shape) % 2, {{0}}, 0)",
    "({0}).reshape(-1)[::-1].reshape(({0}).shape)",
)
"""What is put in an expression's place: terms scaled, moved, mirrored, bent, added and dropped."""


def written(function: FunctionType) -> ast.FunctionDef:
    """The syntax of a function as it stands in its file."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    if not isinstance(found, ast.FunctionDef):
        raise TypeError(f"{function.__name__} is no plain function")
    return found


def rewritten(function: FunctionType, rng: random.Random) -> tuple[ast.FunctionDef, str]:
    """The function with one node written otherwise, and what: ``from -> to``."""
    changed = written(function)
    node = rng.choice(list(_expressions(changed)))
    other = _other(node, _names(changed), rng)
    what = f"{ast.unparse(node)} -> {ast.unparse(other).replace(NUMPY, 'np')}"
    _Put(node, other).visit(changed)
    return ast.fix_missing_locations(changed), what


def _expressions(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """What computes in a body: no functions that are called, no targets, no docstring.  Strides
    into memory are left alone, for wrong ones read what is nobody's."""
    body = function.body
    if "as_strided" in ast.unparse(function):
        body = [statement for statement in body if isinstance(statement, ast.Return)]
    for statement in body:
        called = {id(n.func) for n in ast.walk(statement) if isinstance(n, ast.Call)}
        for node in ast.walk(statement):
            stored = isinstance(getattr(node, "ctx", None), ast.Store)
            if isinstance(node, ast.expr) and not stored and id(node) not in called:
                yield from [node] if _alone(node) else []


def _alone(node: ast.expr) -> bool:
    """An expression wherever it stands: no slice, no words."""
    if any(isinstance(n, ast.Slice | ast.Starred) for n in (node, *getattr(node, "elts", ()))):
        return False
    return not (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _names(function: ast.FunctionDef) -> list[str]:
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and _stores(n)]
    return [argument.arg for argument in function.args.args] + stored


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _other(node: ast.expr, names: list[str], rng: random.Random) -> ast.expr:
    """Another operator or index, another tensor, a term dropped, or something done to it."""
    ways: list[Callable[[], list[ast.expr]]] = [
        lambda: [v for v in variants(node) if isinstance(v, ast.expr)],
        lambda: [ast.Name(n, ast.Load()) for n in names] if isinstance(node, ast.Name) else [],
        lambda: [node.left, node.right] if isinstance(node, ast.BinOp) else [],
        lambda: [_done_to(node, rng)],
        lambda: [_done_to(node, rng)],
    ]
    same = ast.unparse(node)
    found = [[v for v in way() if ast.unparse(v) != same] for way in ways]
    return copy.deepcopy(rng.choice(rng.choice([each for each in found if each])))


def _done_to(node: ast.expr, rng: random.Random) -> ast.expr:
    return ast.parse(rng.choice(WRITTEN).format(ast.unparse(node)), mode="eval").body


class _Put(ast.NodeTransformer):
    def __init__(self, node: ast.AST, other: ast.AST) -> None:
        self._node, self._other = node, other

    def visit(self, node: ast.AST) -> Any:
        """The other in the one's place."""
        return self._other if node is self._node else super().visit(node)


def made(syntax: ast.FunctionDef) -> Callable[[Any], Any]:
    """Original to replacement: the function of that syntax, in the original's module."""
    module = ast.Module([syntax], [])
    code = compile(module, "<random change>", "exec", __future__.annotations.compiler_flag)

    def make(original: Any) -> Any:
        space: dict[str, Any] = {}
        exec(code, vars(sys.modules[original.__module__]), space)
        return space[syntax.name]

    return make
