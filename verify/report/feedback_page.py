"""Feedback as one page that needs nothing else: for a browser, a phone, a printer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from verify.report.feedback import OFF, Feedback, First, grouped
from verify.report.text import one_line

__all__ = ["NUMBERS", "STYLE", "page"]
STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --soft: #f2f2ee; --line: #c9c9c2;
  --good: #17652f; --bad: #a3241b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e4; --paper: #1a1b1c; --soft: #26282a;
  --line: #4a4d50; --good: #7fd69a; --bad: #ff9c92; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 44rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.25; } h2 { font-size: 1.1rem; margin-top: 1.6rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .3rem .9rem;
  background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; padding: .8rem; }
dt { font-weight: 600; } dd { margin: 0; }
@media (max-width: 30rem) { dl { display: block; } dd { margin-bottom: .5rem; } }
code, dd.number { font-family: ui-monospace, monospace; font-size: .95em; }
""".strip()
NUMBERS = ("index", "got", "expected", "off by", "equation", "made from")
"""Facts that are set as code."""


def page(found: Feedback) -> str:
    """The whole file."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Feedback) -> Iterator[str]:
    mark, kind = ("right", "good") if found.passed else ("not yet right", "bad")
    title = f"{_text(found.name)}: {mark}"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n<main>"
    yield f'<h1>{_text(found.name)}: <span class="{kind}">{mark}</span></h1>'
    yield f"<p>{_text(found.verdict)}</p>"
    if found.points:
        yield f"<p><strong>{_text(found.points)}</strong></p>"
    yield from _names("What is right", found.right)
    if found.first is not None:
        yield from _first(found.first)
    yield from _names("Also wrong", found.others)
    yield from _names(OFF, found.off)
    if found.findings:
        yield "<h2>About your code or files</h2>\n<ul>"
        yield from _items(found.findings)
        yield "</ul>"
    yield "</main>\n</body>\n</html>"


def _names(heading: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"<h2>{heading}</h2>\n<p>{_text(grouped(names))}</p>"


def _first(first: First) -> Iterator[str]:
    yield f"<h2>Where to look first: {_text(first.tensor)}</h2>\n<dl>"
    for heading, fact in first.facts:
        kind = ' class="number"' if heading in NUMBERS else ""
        yield f"<dt>{heading}</dt><dd{kind}>{_text(fact)}</dd>"
    yield f"</dl>\n<p>More about this tensor: <code>{_text(first.help)}</code></p>"


def _items(texts: Iterable[str]) -> Iterator[str]:
    yield from (f"<li>{_text(each)}</li>" for each in texts)


def _text(said: str) -> str:
    """On one line, and no markup; a surrogate that no file can hold is an escape."""
    return escape(one_line(said))
