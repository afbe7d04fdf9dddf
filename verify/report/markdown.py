"""A report in GitHub's Markdown: for a pull request, a job's summary, a notebook.

Whatever comes from outside stands there as text: it makes no table, no link, no mention of a
person, no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from verify.checks.outcome import Outcome
from verify.judge.findings import Finding
from verify.report.account import Account, Failure, account, blamed, word
from verify.report.checks import mended
from verify.report.conclusions import common
from verify.report.reasons import cause, each_of, text, unexplained
from verify.report.rows import rerun
from verify.report.screen import TITLES, closing, ratio
from verify.report.text import one_line

__all__ = ["LARGEST", "LISTED", "LONGEST", "bounded", "code", "markdown", "page", "plain"]

LARGEST = 2**20
"""Bytes that GitHub takes of the summary of one step."""
LISTED = 30
"""Layers, causes or checks that are shown."""
LONGEST = 600
"""Characters of one text."""
_HEADER = ("layer", "rows", "failed", "worst own error", "/bound", "inherited", "/bound")
_MARKS = re.compile(r"([\\`*_\[\]<>|~$&])")
_REFERENCES = re.compile(r"@|#(?=\d)|://|\bwww(?=\.)|\bGH(?=-\d)|(?<!\w):(?=\w+:)", re.IGNORECASE)
"""What GitHub makes a mention, a link to an issue, an address or a picture of, escaped or not."""
_BEGINNING = re.compile(r"(?=[-+=#]|\d+[.)])")
"""What begins a list, a heading or a rule where it begins a line."""
_APART = "&#8203;"


def markdown(outcome: Outcome, again: str) -> str:
    """A submission, judged.  again: the command that repeats the check."""
    return page(account(outcome, again))


def page(told: Account | Failure, most: int = LARGEST) -> str:
    """The whole page, of at most so many bytes."""
    blocks = _failed(told) if isinstance(told, Failure) else _blocks(told)
    return bounded(blocks, most)


def _failed(told: Failure) -> Iterator[str]:
    yield f"## \u26a0\ufe0f lenet-verify: {word(told.status)}\n\n{plain(told.message)}"
    yield from _command(told.again)


def _blocks(told: Account) -> Iterator[str]:
    mark = "\u2705" if told.status == 0 else "\u274c"
    about = f" of {code(told.subject)}" if told.subject else ""
    ends = closing(told.tally, told.checks, told.cases)
    yield f"## {mark} lenet-verify{about}: {word(told.status)}\n\n{plain(ends)}"
    if told.one is not None:
        yield f"**One cause**: {plain(common(told.one))}"
    for variant in told.tally.variants():
        yield from _network(told, variant)
    yield from _few([f"- {code(c.name)} {plain(f'{c.variant} {c.subject}: {mended(c)}')}"
                     for c in told.broken], "**Checks that do not hold**")  # fmt: skip
    if not told.tally.computed and not told.broken:
        yield "Nothing was supplied that could be judged."
    yield from _command(told.again if told.status else "")


def _network(told: Account, variant: str) -> Iterator[str]:
    """Guilty layer, first tensor, causes, and the table by layer."""
    title = plain(TITLES.get(variant, variant))
    first = told.tally.first.get(variant)
    yield f"### {title}" if first is None else f"### {title}: {_guilty(told, variant)}"
    if first is not None:
        yield from _few([_item(f) for f in blamed(told.tally) if f.case.arch.variant == variant])
        yield from _command("" if told.rerun else rerun(first))
    yield _table(told.layers[told.layers["variant"] == variant].to_dict("records"))


def _guilty(told: Account, variant: str) -> str:
    guilty = told.tally.guilty(variant)
    if guilty:
        return "guilty layer " + ", ".join(map(code, guilty[:LISTED]))
    named = plain(each_of(told.apart)) if told.apart else ""
    return f"guilty layer: {named}" if named else "no layer has an own error"


def _item(finding: Finding) -> str:
    """A wrong tensor: got and expected, and why."""
    step = finding.step
    why = cause(finding.cause) or unexplained(finding)
    said = [f"- {code(step.tensor)} ({plain(step.equation)}), {finding.verdict}: "
            + plain(text(finding.reason))]  # fmt: skip
    return "\n".join(
        [*said, f"  - cause: {plain(why)}"] if finding.cause or finding.guilty else said
    )


def _few(items: Sequence[str], title: str = "") -> Iterator[str]:
    """A list, of what is shown of it."""
    if items:
        more = [f"- and {len(items) - LISTED} more"] if len(items) > LISTED else []
        heading = [title, ""] if title else []
        yield "\n".join([*heading, *items[:LISTED], *more])


def _command(again: str) -> Iterator[str]:
    if again:
        fence = _fence(told := one_line(again), 3)
        yield f"Run it again:\n\n{fence}\n{told[: 4 * LONGEST]}\n{fence}"


def _table(rows: Sequence[Any]) -> str:
    """By layer; the guilty ones are bold."""
    lines = [_row(_HEADER), _row(["---", "--:", "--:", "---", "--:", "---", "--:"])]
    for row in rows[:LISTED]:
        layer = code(row["layer"])
        marked = f"**{layer}**" if row["guilty"] else layer
        cells = [marked, str(row["rows"]), str(row["failed"])]
        lines.append(_row([*cells, *_worst(row, "own"), *_worst(row, "inherited")]))
    if len(rows) > LISTED:
        lines.append(_row([f"and {len(rows) - LISTED} more", *[""] * 6]))
    return "\n".join(lines)


def _worst(row: Any, kind: str) -> tuple[str, str]:
    if not row[f"worst_{kind}_tensor"]:
        return "-", "-"
    error, allowed = row[f"worst_{kind}_error"], row[f"worst_{kind}_ratio"]
    return f"{code(row[f'worst_{kind}_tensor'])} {error:.1e}", ratio(allowed)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def plain(text: str) -> str:
    """A text as itself, on one line, whatever it holds."""
    cut = one_line(text)
    cut = cut if len(cut) <= LONGEST else f"{cut[:LONGEST]} ..."
    apart = _REFERENCES.sub(lambda m: m[0] + "\0", cut)  # one_line leaves no such character
    apart = "\0" + apart if _BEGINNING.match(apart) else apart
    return _MARKS.sub(r"\\\1", apart).replace("\0", _APART)


def code(text: str) -> str:
    """A name as code: nothing in it is read.  A table wants its bars escaped even there."""
    told = one_line(text)[:LONGEST] or " "
    fence = _fence(told, 1)
    pad = " " if "`" in (told[0], told[-1]) else ""
    return f"{fence}{pad}{told}{pad}{fence}".replace("|", r"\|")


def _fence(text: str, least: int) -> str:
    """Backticks, more than any that the text has in a row."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def bounded(blocks: Iterable[str], most: int) -> str:
    """As many whole blocks as there is room for, and a word if there are more."""
    end = "\n(The rest did not fit.)\n"
    told: list[str] = []
    size = len(end)
    for block in blocks:
        size += len(block.encode()) + 2
        if size > most:
            return "\n".join([*told, end])[: max(0, most)]
        told.append(block + "\n")
    return "\n".join(told)
