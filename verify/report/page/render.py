"""Content to HTML: jinja2, everything from outside escaped, nothing fetched."""

from __future__ import annotations

import math
from importlib.util import find_spec
from typing import Any

from verify.errors import InputError
from verify.report.page.charts import short
from verify.report.page.content import Content
from verify.report.page.network import MARKS, WORDS
from verify.report.page.rows import Line
from verify.report.screen import ratio

__all__ = ["NEEDS", "installed", "rendered"]
NEEDS = ("jinja2", "matplotlib")


def installed() -> None:
    """What a page is made with is there.

    Raises:
        InputError: it is not.
    """
    lacking = [name for name in NEEDS if not _found(name)]
    if lacking:
        raise InputError(f"an HTML report needs {' and '.join(lacking)}",
                         fix="pip install 'lenet-verify[report]'")  # fmt: skip


def _found(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # hidden on purpose, or half installed
        return False


def rendered(content: Content) -> str:
    """The whole page.

    Raises:
        InputError: jinja2 or matplotlib is not installed.
    """
    installed()
    import jinja2

    env = jinja2.Environment(
        loader=jinja2.PackageLoader("verify.report.page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {"short": _short, "times": _times, "raw": _raw, "errors": _errors}
    told: dict[str, Any] = {"c": content, "marks": MARKS, "words": WORDS}
    return env.get_template("page.html").render(told)


def _short(value: float) -> str:
    return "–" if math.isnan(value) else short(value)


def _times(value: float) -> str:
    return "–" if math.isnan(value) else "∞" if value == math.inf else ratio(value)


def _errors(line: Line) -> str:
    """Those that were measured, each in bounds."""
    said = []
    for kind in ("own", "inherited"):
        error, times = line[f"{kind}_error"], line[f"{kind}_ratio"]
        if not math.isnan(error):
            bounds = "nothing is allowed" if times == math.inf else f"{_times(times)} bounds"
            bounds = "follows from own errors" if math.isnan(times) else bounds
            said.append(f"{kind} {_short(error)} ({bounds})")
    return ", ".join(said) or "not measured"


def _raw(value: float) -> str:
    """For sorting: what is no number comes last."""
    return "" if math.isnan(value) else repr(value)
