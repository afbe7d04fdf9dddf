"""The tables for a screen of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from verify.proof.evidence.counts import (
    Line,
    alarms_by,
    by_cell,
    excluded,
    inner,
    lines,
    listed,
    unlisted,
)
from verify.proof.evidence.plants import TIERS
from verify.proof.evidence.record import Record
from verify.proof.evidence.rightful import GROUPS

__all__ = ["READS", "WIDE", "cost", "screen", "shares"]
READS = {
    "output": "output and loss",
    "usual": "output, loss, parameter gradients",
    "every": "every tensor that autograd has",
    "gradients": "parameter gradients, against the subject's own forward pass",
}
WIDE = 26


def screen(record: Record) -> list[str]:
    """All tables, one below the other."""
    return [*_policies(record), "", *_ours(record), "", *_right(record), "", *_counted(record)]


def shares(line: Line) -> list[str]:
    """seen, all, false of either format, then where, name, new."""
    found = []
    for tier in TIERS:
        for column in (line.seen, line.all, line.alarms):
            found.append(str(column[tier]) if line.all[tier].whole else "")
    return [*found, str(line.located), str(line.named), str(line.new)]


def cost(value: float | None) -> str:
    """In one digit; nothing where it was not measured."""
    return "" if value is None else f"{float(f'{value:.1g}'):g}" if value >= 9.5 else f"{value:.0f}"


def _policies(record: Record) -> Iterator[str]:
    yield f"{'':{WIDE}}{'float64':>15}{'float32':>15}"
    heads = ("seen", "all", "false") * 2
    yield _row("in percent", [*heads, "where", "name", "new", "cost"])
    for heading, group in groupby(lines(record), _heading):
        yield heading
        for line in group:
            yield _row(line.policy.name, [*shares(line), cost(line.cost)])


def _heading(line: Line) -> str:
    """What a group of policies reads; ours stands apart."""
    return "" if line.policy.group == "ours" else f"- {READS[line.policy.tensors]}"


def _row(name: str, cells: Sequence[str]) -> str:
    head, tail = cells[:6], cells[6:]
    told = "".join(f"{c:>{w}}" for c, w in zip(head, (5, 4, 6) * 2, strict=True))
    return f"{name:{WIDE}}{told}{''.join(f'{c:>6}' for c in tail)}".rstrip()


def _ours(record: Record) -> Iterator[str]:
    yield f"{'ours by itself, in percent':{WIDE}}{'all':>5}{'name':>6}{'alone':>7}"
    for name, p in by_cell(record).items():
        alone = "" if name == "the plan" else str(len(p.alone))
        told = f"{p.found!s:>5}{p.named!s:>6}{alone:>7}"
        yield f"{name:{WIDE}}{told}  {p.alone[0] if alone and p.alone else ''}".rstrip()[:80]


def _right(record: Record) -> Iterator[str]:
    """False alarms by group, of either format."""
    yield f"{'right code rejected, in %':{WIDE}}" + "".join(f"{g:>13}" for g in GROUPS)
    yield f"{'':{WIDE}}" + "".join(f"{'f64  f32':>13}" for _ in GROUPS)
    for i, policy in enumerate(record.policies):
        if policy.tensors in ("every", "gradients"):
            told = [[str(alarms_by(record, i, g, t)) for t in TIERS] for g in GROUPS]
            cells = "".join(f"{a:>8}{b:>5}" for a, b in told)
            yield f"{policy.name:{WIDE}}{cells}"


def _counted(record: Record) -> Iterator[str]:
    known, new = listed(record), unlisted(record)
    yield f"{len(known)} mistakes, {len(new)} changes that nobody listed, {len(record.right)} right"
    for why, number in excluded(record).items():
        yield f"{number} more: {why}"
    for tier in TIERS:
        yield f"{len(inner(record, tier))} of them change no tensor that autograd has ({tier})"
    if record.unasked:
        yield f"{record.unasked} more: not asked about, for lack of time"
    hidden = sum(not (m.float64 or m.float32) for m in known)
    yield f"{hidden} of the mistakes show in no single trace"
