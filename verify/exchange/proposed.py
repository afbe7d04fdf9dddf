"""A proposed mapping as a TOML file: each guess on a line of its own, with why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from verify.exchange.layout import CHOICES, Layout

__all__ = ["Row", "lines"]  # fmt: skip
Row = tuple[str, str, str]
"""Their name, ours, and why."""


def lines(
    layout: Layout, rows: Sequence[Row], told: Mapping[str, str], title: Sequence[str]
) -> Iterator[str]:
    """The file, a line each.

    Args:
        rows: of the arrays; told: of each choice of the layout and of conventions, why.
        title: what stands above, as comments.
    """
    yield from (f"# {line}" for line in title)
    known = {theirs for theirs, _, _ in rows}
    inputs = [(theirs, ours, "what it asks for") for theirs, ours in layout.names.items()
              if theirs not in known]  # fmt: skip
    named = [(theirs, ours, why) for theirs, ours, why in rows if ours != theirs]
    yield from _table("names", [(_key(a), json.dumps(b), why) for a, b, why in [*inputs, *named]])
    for table, keys in CHOICES.items():
        chosen = [(k, _value(v), told.get(k, "")) for k, v in layout.chosen.items() if k in keys]
        yield from _table(table, chosen)
    same = [theirs for theirs, ours, _ in rows if ours == theirs]
    if same:
        yield from ("", f"# under our names already: {', '.join(same)}"[:400])


def _table(name: str, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield from ("", f"[{name}]")
    wide = max(len(f"{key} = {value}") for key, value, _ in rows)
    for key, value, why in rows:
        yield f"{key} = {value}".ljust(wide) + (f"  # {why}" if why else "")


def _key(name: str) -> str:
    """Bare where TOML lets it be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def _value(text: str) -> str:
    try:
        return repr(float(text))
    except ValueError:
        return json.dumps(text)
