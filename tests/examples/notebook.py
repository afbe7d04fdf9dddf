"""Runs the cells of a notebook as they stand, in one fresh process, without Jupyter.

    python -m tests.examples.notebook examples/mnist_student.ipynb

stores what they give in the file.  nbclient with a kernel would bring thirty packages and a server;
a cell is Python whose last expression is shown, and no cell here asks for more.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Output = dict[str, Any]


def code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Its cells of code."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def outputs(notebook: dict[str, Any]) -> Iterator[list[Output]]:
    """What each cell of code gives."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(code(notebook), 1):
        yield [*_outputs("".join(cell["source"]), names, number)]


def _outputs(source: str, names: dict[str, Any], number: int) -> Iterator[Output]:
    printed, result = io.StringIO(), None
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    failed: Exception | None = None
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(tree, f"<cell {number}>", "exec"), names)
            if isinstance(last, ast.Expr):
                result = eval(
                    compile(ast.Expression(last.value), f"<cell {number}>", "eval"), names
                )
        except Exception as error:
            failed = error
    if text := printed.getvalue():
        yield {"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}
    if failed is not None:
        told = [f"{type(failed).__name__}: {failed}"]
        yield {"output_type": "error", "ename": type(failed).__name__, "evalue": str(failed),
               "traceback": told}  # fmt: skip
    elif result is not None:
        yield {"output_type": "execute_result", "execution_count": number, "metadata": {},
               "data": _shown(result)}  # fmt: skip


def _shown(result: Any) -> dict[str, list[str]]:
    """As text, and as what the object is in a notebook."""
    shown = {"text/plain": repr(result).splitlines(keepends=True)}
    if hasattr(result, "_repr_html_"):
        shown["text/html"] = result._repr_html_().splitlines(keepends=True)
    return shown


def main(path: Path) -> None:
    """Run it, and store what comes of it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, (cell, found) in enumerate(zip(code(notebook), outputs(notebook), strict=True), 1):
        cell["execution_count"], cell["outputs"] = number, found
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
