"""docs/evidence.md: the same tables for readers, and plain words about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from verify.proof.evidence.board import READS, cost, shares
from verify.proof.evidence.counts import (
    Line,
    alarms_by,
    blunt,
    by_cell,
    excluded,
    inner,
    lines,
    listed,
    unlisted,
    unplanned,
)
from verify.proof.evidence.plants import TIERS
from verify.proof.evidence.record import Record
from verify.proof.evidence.rightful import GROUPS
from verify.proof.evidence.words import AFTER, BEFORE, COLUMNS, findings

__all__ = ["HEADS", "KINDS", "markdown"]
HEADS = ("policy", *("seen", "all", "false") * 2, "where", "name", "new", "cost")


def markdown(record: Record) -> str:
    """The whole page."""
    parts = (_top, _policies, _ours, _right, _counted, _after, _sources)
    return "\n".join([line for part in parts for line in part(record)] + [""])


def _top(record: Record) -> Iterator[str]:
    """What was asked, and what it comes to."""
    known, new = len(listed(record)), len(unlisted(record))
    people = sum(policy.group != "ours" for policy in record.policies)
    yield BEFORE.format(mistakes=known, new=new, right=len(record.right), policies=people)
    yield from findings(record)


def _after(record: Record) -> Iterator[str]:
    yield AFTER


def _policies(record: Record) -> Iterator[str]:
    """A table for each kind of tensors that people look at."""
    yield "\n## What each policy finds\n"
    yield from _table(("column", "says"), COLUMNS, ":---")
    yield "\nIn percent; the first three numbers are of float64, the next three of float32.\n"
    every = lines(record)
    for reads, words in READS.items():
        mine = [x for x in every if x.policy.tensors == reads and x.policy.group != "ours"]
        yield f"**{words[0].upper()}{words[1:]}**\n"
        yield from _table(HEADS, map(_cells, mine))
        yield ""
    yield "**Ours**\n"
    yield from _table(HEADS, map(_cells, (x for x in every if x.policy.group == "ours")))


def _cells(line: Line) -> list[str]:
    return [line.policy.name, *shares(line), cost(line.cost)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], side: str = "---:") -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|---|{f'{side}|' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _ours(record: Record) -> Iterator[str]:
    yield "\n## Which tier, which regime\n"
    yield (
        "Ours, each by itself. *Alone*: mistakes that no other tier, no other regime finds; the"
        " first\nof them is named.\n"
    )
    rows = []
    for name, p in by_cell(record).items():
        alone = "" if name == "the plan" else str(len(p.alone))
        first = f"`{p.alone[0]}`" if alone and p.alone else ""
        rows.append([name, str(p.found), str(p.named), alone, first])
    yield from _table(("", "all", "name", "alone", "for instance"), rows)


def _right(record: Record) -> Iterator[str]:
    yield "\n## What is right, and rejected\n"
    sizes = ", ".join(f"{sum(r.group == g for r in record.right)} {g}" for g in GROUPS)
    yield f"In percent of the right subjects of each kind ({sizes}),"
    yield "float64 / float32.\n"
    rows = []
    for i, policy in enumerate(record.policies):
        told = [[str(alarms_by(record, i, g, t)) for t in TIERS] for g in GROUPS]
        reads = "" if policy.tensors == "gradients" or policy.group == "ours" else policy.tensors
        rows.append([f"{policy.name} {reads}".strip(), *(" / ".join(each) for each in told)])
    yield from _table(("policy", *GROUPS), rows)


def _counted(record: Record) -> Iterator[str]:
    yield "\n## What was counted\n"
    known = listed(record)
    kinds = ", ".join(f"{sum(m.kind == k for m in known)} {words}" for k, words in KINDS)
    yield f"- {len(known)} mistakes: {kinds}."
    if record.unasked:
        yield (f"- {record.unasked} more were not asked about, for lack of time: the order is drawn"
               " by the seed, so that\n  those above are a fair sample.")  # fmt: skip
    for tier in TIERS:
        shown, apart = sum(bool(m.letters(tier)) for m in known), len(inner(record, tier))
        yield f"- {shown} show in {tier}; {apart} of them change no tensor that autograd has"
        yield "  (matrix forms, window sums, positions of maxima): the second table alone has them."
    hidden = [f"`{m.name}`" for m in known if not (m.float64 or m.float32)]
    told = f": {', '.join(hidden)}. They count as not found" if hidden else ""
    yield f"- {len(hidden)} show in no single trace{told}; ours calls twice."
    for tier in TIERS:
        if missed := [f"`{name}`" for name in blunt(record, tier)]:
            yield f"- Ours misses {len(missed)} of those that show in {tier} on the one case:"
            yield f"  {', '.join(missed)}."
    if beyond := [f"`{name}`" for name in unplanned(record)]:
        yield f"- {len(beyond)} show in no case of our plan, only in one that was made for them:"
        yield f"  {', '.join(beyond)}."
    for why, number in excluded(record).items():
        yield f"- {number} are in no table: {why}."


KINDS = (("table", "of the table"), ("general", "general causes"), ("code", "in the code"))


def _sources(record: Record) -> Iterator[str]:
    yield "\n## The policies, and who uses them\n"
    known = dict[str, list[str]]()
    for policy in record.policies:
        known.setdefault(policy.source, []).append(policy.name)
    rows = [
        (", ".join(dict.fromkeys(names)), source.replace("|", "\\|"))
        for source, names in known.items()
    ]
    yield from _table(("policy", "source"), rows, ":---")
