"""What a subject hands over so that a mapping can be proposed: its arrays in one case."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from verify.cases.case import Case, from_the_loss
from verify.cases.plan import Job
from verify.checks.lifecycle import unequal
from verify.errors import InputError
from verify.exchange.files import must_hold_some, read
from verify.exchange.layout import Layout
from verify.exchange.load import Source, described_case
from verify.exchange.schema import expected, holds_integers
from verify.judge.kinks import KINK_FREE, kink_free
from verify.judge.trace import Trace
from verify.pipeline.proposal.doubts import shown
from verify.pipeline.proposal.guess import Proposal
from verify.pipeline.proposal.handing import best, given_ours
from verify.pipeline.proposal.own import own_case
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.room import Open, without_tables
from verify.pipeline.proposal.settle import settled
from verify.subjects.here import Asked, opened
from verify.subjects.limits import Limits
from verify.subjects.program import answers

__all__ = ["BATCH", "of_callable", "of_dump", "of_program", "probing"]
BATCH = 3
"""Images of the case that is asked: no 1/3 is a window's share."""


def of_dump(path: Path, source: Source) -> Proposal:
    """The mapping of a dump: of a golden case, or with its own inputs.

    Raises:
        InputError, StorageError: it cannot be read, or its case is not known.
    """
    case = described_case(path, source)
    if case is None:
        return own_case(path, source)
    shapes = expected(case.arch, case.batch)
    room = Open((case.arch,), shapes, path, int(case.dtype[-2:]) // 8)
    arrays = read(path, room, partial(_dtype, case))
    must_hold_some(arrays, path, room)
    arrays = without_tables(arrays, shapes.values())
    right = Right(case)
    return shown(settled(right, arrays, source.layout), right.axes, lambda _: None)


def _dtype(case: Case, name: str) -> str:
    return "int64" if holds_integers(name) else case.dtype


def of_callable(spec: str, source: Source, limits: Limits) -> Proposal:
    """The mapping of a Python callable: names of its parameters by what it asks for, layouts by
    what it makes of them.

    Raises:
        InputError: there is no such callable, or it answers under no mapping.
    """
    case = probing(source)
    with opened(spec, limits, source.layout) as subject:

        def ask(layout: Layout) -> tuple[Trace, str]:
            subject.layout = layout
            answer = subject.ask(case)
            return answer.tensors, answer.failed

        found = best(ask, Right(case), source.layout, spec)
        if 2 * found.exact < len(found.guesses):
            _reads(subject, replace(subject.layout, names=found.layout.names), case, spec)
        return found


def _reads(subject: Asked, layout: Layout, case: Case, spec: str) -> None:
    """Who has weights of its own answers with other numbers when it is asked the same again, or
    with the same ones when it is handed others.

    Raises:
        InputError: so it is.
    """
    subject.layout = layout
    halved = {name: value / 2 for name, value in case.parameters.items()}
    one, again, other = (subject.ask(each).tensors
                         for each in (case, case, replace(case, parameters=halved)))  # fmt: skip
    if not one or not other:
        return
    alike = not unequal(one, other)
    if alike or not _close(one, again):
        how = "does not depend on the parameters" if alike else "is another each time"
        fix = f"read those that it is handed: {', '.join([*case.parameters][:3])}, ..."
        raise InputError(f"what it answers {how}: it has weights of its own", where=spec,
                         fix=f"{fix}; or params['W1'], ... under names of your own")  # fmt: skip


def _close(one: Trace, other: Trace) -> bool:
    """The same numbers, but for the order of sums."""
    return one.keys() == other.keys() and all(
        one[name].shape == other[name].shape
        and np.allclose(one[name], other[name], rtol=1e-6, atol=1e-6, equal_nan=True)
        for name in one
    )


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
    return given_ours(settled(Right(case), found, source.layout), case)


def probing(source: Source) -> Case:
    """The case that is asked: without a kink in the way."""
    if source.variant is None:
        raise InputError("which network?", fix="add --variant modern, or --network NAME")
    job = Job(source.variant, KINK_FREE, "float64", BATCH, 0, source.options,
              network=source.network)  # fmt: skip
    return from_the_loss(kink_free(job).case())
