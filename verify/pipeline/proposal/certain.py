"""A proposed mapping that is used without being read: only if nothing in it is a guess."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from verify.checks.check import Check
from verify.errors import InputError
from verify.exchange.layout import CHOICES
from verify.exchange.load import Source
from verify.pipeline.proposal.asked import of_callable, of_dump, of_program
from verify.pipeline.proposal.guess import Guess, Proposal
from verify.pipeline.proposal.settle import OTHERS
from verify.pipeline.request import CheckRequest
from verify.subjects.limits import Limits
from verify.words import listed

__all__ = ["RENAMED", "RETURNED", "certain", "of"]


RETURNED = "other numbers come back under names of parameters that were handed over"
RENAMED = 'return gradients under names of their own: {"d" + name: value for ...}'
"""What to do for who has gradients under the names of what they are gradients of."""


def of(subject: str, answers: str, source: Source, limits: Limits) -> Proposal:
    """The mapping of a subject.  answers: "program", "callable", or empty for files.

    Raises:
        InputError: as each of them.
    """
    if answers == "program":
        return of_program(subject, source, limits)
    if answers == "callable":
        return of_callable(subject, source, limits)
    return of_dump(Path(subject), source)


def certain(subject: str, answers: str, request: CheckRequest) -> tuple[CheckRequest, Check]:
    """The request under the proposed mapping, and what is to be said of it.

    Raises:
        InputError: some of it is a guess.
    """
    found = of(subject, answers, request.source, request.limits)
    if others := [guess.theirs for guess in found.guesses if guess.why == OTHERS]:
        raise InputError(f"{listed(others)}: {RETURNED}", where=f"--map {subject}", fix=RENAMED)
    if guesses := [guess for guess in found.guesses if not guess.sure]:
        raise InputError(
            "the mapping is not certain",
            where=f"--map {subject}",
            got="; ".join(map(_told, guesses[:3])),
            fix="lenet-verify map prints it; read it, and name it with --mapping",
        )
    chosen = {k: v for k, v in found.layout.chosen.items() if k in CHOICES["layout"]}
    said = ", ".join(f'{key} = "{value}"' for key, value in chosen.items())
    ignored = [guess.theirs for guess in found.guesses if not guess.ours]
    text = f"mapping proposed, {len(found.guesses) - len(ignored)} names" + (
        f"; {said}" if said else ""
    )
    text += f"; ignored: {', '.join(ignored)}" if ignored else ""
    variant = request.source.variant or ""
    taken = replace(request, source=replace(request.source, layout=found.layout))
    return taken, Check("subject", variant, "mapping", True, text)


def _told(guess: Guess) -> str:
    return f"{guess.theirs!r} as {guess.ours or 'nothing'} ({guess.why})"
