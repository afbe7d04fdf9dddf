"""What a subject hands over so that a mapping can be proposed: its arrays in one case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from verify.cases.case import Case, from_the_loss
from verify.cases.plan import Job
from verify.errors import InputError
from verify.exchange.axes import Axes
from verify.exchange.files import read
from verify.exchange.handed import theirs
from verify.exchange.layout import Layout
from verify.exchange.load import Source, described_case
from verify.exchange.schema import IMAGES, LABELS, UPSTREAM, expected, holds_integers
from verify.judge.kinks import KINK_FREE, kink_free
from verify.judge.trace import Trace
from verify.pipeline.proposal.own import own_case
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.room import Open
from verify.pipeline.proposal.settle import KEYS, Proposal, layouts, settled
from verify.pipeline.proposal.usual import likeness
from verify.subjects.conversation import Conversation
from verify.subjects.limits import Limits
from verify.subjects.program import answers

__all__ = ["BATCH", "NAMES", "Ask", "of_callable", "of_dump", "of_program", "probing"]
BATCH = 3
"""Images of the case that is asked: no 1/3 is a window's share."""
NAMES = 64
"""Inputs that are asked for by another name, one after the other."""
Ask = Callable[[Layout], tuple[Trace, str]]
"""Answers under a mapping, or why there are none."""


def of_dump(path: Path, source: Source) -> Proposal:
    """The mapping of a dump: of a golden case, or with its own inputs.

    Raises:
        InputError, StorageError: it cannot be read, or its case is not known.
    """
    case = described_case(path, source)
    if case is None:
        return own_case(path, source)
    shapes = expected(case.arch, case.batch)
    arrays = read(path, Open(shapes, path, int(case.dtype[-2:]) // 8), partial(_dtype, case))
    return settled(Right(case), arrays, source.layout)


def _dtype(case: Case, name: str) -> str:
    return "int64" if holds_integers(name) else case.dtype


def of_callable(spec: str, source: Source, limits: Limits) -> Proposal:
    """The mapping of a Python callable: names of its parameters by what it asks for, layouts by
    what it makes of them.

    Raises:
        InputError: there is no such callable, or it answers under no mapping.
    """
    case = probing(source)
    with Conversation(spec, limits, source.layout) as subject:

        def ask(layout: Layout) -> tuple[Trace, str]:
            subject.layout = layout
            answer = subject.ask(case)
            return answer.tensors, answer.failed

        return _best(ask, Right(case), source.layout, spec)


def of_program(command: str, source: Source, limits: Limits) -> Proposal:
    """The mapping of a program: of what it writes; names of its inputs have to be declared.

    Raises:
        InputError: it cannot be started, or does not answer.
    """
    case = probing(source)

    def ask(layout: Layout) -> tuple[Trace, str]:
        heard, _ = answers(command, [case], layout, limits)
        wrong = [text for (_, text), _ in heard.said.items() if text]
        return (heard.tensors[0][1], "") if heard.tensors else ({}, "; ".join(wrong))

    found, failed = ask(source.layout)
    if failed:
        raise InputError(f"does not answer: {failed}", where="--program",
                         fix="name its inputs in [names] of --mapping")  # fmt: skip
    return _given_ours(settled(Right(case), found, source.layout), case)


def probing(source: Source) -> Case:
    """The case that is asked: without a kink in the way."""
    if source.variant is None:
        raise InputError("which network?", fix="add --variant modern, or --network NAME")
    job = Job(source.variant, KINK_FREE, "float64", BATCH, 0, source.options,
              network=source.network)  # fmt: skip
    return from_the_loss(kink_free(job).case())


def _named(ask: Ask, case: Case, layout: Layout) -> tuple[Layout, Trace, str]:
    """The answer, with a name for each parameter that was asked for and is none of ours."""
    answer, failed = ask(layout)
    for _ in range(NAMES):
        missing = re.match(r"raised KeyError: (['\"])(.+?)\1", failed)
        ours = None if missing is None else _most_likely(missing[2], case, layout)
        if missing is None or ours is None:
            break
        layout = replace(layout, names={**layout.names, missing[2]: ours})
        answer, failed = ask(layout)
    return layout, answer, failed


def _most_likely(name: str, case: Case, layout: Layout) -> str | None:
    """The parameter that is most likely meant, of those without a name."""
    free = [p for p in case.parameters if p not in layout.names.values()]
    if not free or name in layout.names:
        return None
    points = {p: likeness(name, p, case.arch) for p in free}
    best = max(points.values())
    found = [p for p in free if points[p] == best]
    return found[0] if best > 6 else None


def _best(ask: Ask, right: Right, base: Layout, spec: str) -> Proposal:
    """The names and layouts under which it answers, and most of its numbers are known."""
    found: Proposal | None = None
    names, failed = base.names, ""
    for each in _handing(right.case, base):
        layout, answer, why = _named(ask, right.case, replace(each, names=names))
        names, failed = layout.names, failed or why
        if why or not answer:
            continue
        one = settled(right, answer, layout)
        if layout.chosen == base.chosen and not _asked_for(layout, right.case):
            one = _given_ours(one, right.case)
        if found is None or one.matched > found.matched:
            found = one
        if found.matched == len(answer):
            break
    if found is None:
        raise InputError(f"answers under no mapping: {failed}"[:400], where=spec,
                         fix="declare what it is given in --mapping")  # fmt: skip
    return found


def _handing(case: Case, base: Layout) -> Iterator[Layout]:
    """Mappings that hand inputs over in different ways, the plainest first."""
    seen = set[tuple[object, ...]]()
    for each in layouts():
        if any(base.chosen.get(key, each[key]) != each[key] for key in KEYS):
            continue
        layout = base.also(each.chosen)
        axes = Axes(case.arch, case.batch, layout)
        key = tuple(axes.plan(name) for name in (IMAGES, *case.parameters))
        if key not in seen:
            seen.add(key)
            yield layout


def _asked_for(layout: Layout, case: Case) -> bool:
    """It was handed inputs under names of its own."""
    return not {*layout.names.values()}.isdisjoint({*case.parameters, IMAGES, LABELS, UPSTREAM})


def _given_ours(found: Proposal, case: Case) -> Proposal:
    """It took our names and layouts, and answers in its own: it turns what it is given."""
    layout = found.layout
    renamed = _asked_for(layout, case)
    turned = theirs(case, layout)
    moved = any(turned[k].shape != v.shape for k, v in theirs(case, Layout()).items())
    if not (renamed or moved) or layout["inputs"] == "ours":
        return found
    return replace(found, layout=layout.choosing("inputs", "ours"))
