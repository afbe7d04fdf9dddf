"""A comparison of two reports as one HTML file: no script, no network, readable in print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verify.errors import InputError
from verify.report.drift import COLUMNS, Drift
from verify.report.drift_screen import closing, counts, differing, number, place

__all__ = ["MOST", "page"]
_TEMPLATE = Path(__file__).with_name("page.html.j2")
MOST = 2000
"""Changes of a kind that are shown; all are in the CSV."""
_SHOWN = ("change", "where", "old", "new", "explained", "margin", "why")


def page(drift: Drift) -> str:
    """The whole file.

    Raises:
        InputError: there is no jinja2.
    """
    try:
        import jinja2
    except ImportError:
        raise InputError("needs jinja2, which is not installed", where="--html",
                         fix="pip install jinja2, or use --csv") from None  # fmt: skip
    made = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)  # fmt: skip
    template = made.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    other = drift.changes[drift.changes["regression"] == "no"]
    return template.render(
        verdict=closing(drift), bad=bool(len(drift.regressions)),
        sides=[("old", drift.old), ("new", drift.new)], differing=differing(drift),
        counts=counts(drift), heads=_SHOWN, most=MOST,
        tables=[("Regressions", *_rows(drift.regressions)), ("Other changes", *_rows(other))],
        nearest=f"{place(drift.nearest)}: {number(drift.nearest['margin'])} of its bound",
    )  # fmt: skip


def _rows(changes: Any) -> tuple[int, list[dict[str, str]]]:
    """How many there are, and the first of them as texts."""
    found = []
    for row in changes.head(MOST)[list(COLUMNS)].to_dict("records"):
        told = {name: number(row[name]) for name in _SHOWN if name != "where"}
        found.append({**told, "where": place(row)})
    return len(changes), found
