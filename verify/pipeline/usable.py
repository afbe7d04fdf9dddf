"""What can be asked of a subject: one set of rules for the command line and the Python API.

Where a message names an option it does so in the words of the command line; the API puts its own
in their place.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.door import is_folder
from verify.cases import idx
from verify.cases.machine import ASKED, must_fit
from verify.errors import InputError
from verify.exchange.hints import check_targets
from verify.exchange.layout import Layout
from verify.exchange.load import described_case
from verify.exchange.mapping import convention
from verify.exchange.readings import architecture
from verify.exchange.schema import LARGEST_BATCH
from verify.expected.steps import steps
from verify.pipeline.request import CheckRequest
from verify.words import nearest

__all__ = ["LARGEST_SEED", "LONGEST", "MOST", "NOT_OF_PROGRAMS", "OF_ANSWERS", "SEEDS",
           "STARTED_ANEW", "UNSEEN", "declared", "drawn_seed", "limited", "means_something",
           "network", "not_too_large", "sound", "watched", "within"]  # fmt: skip
LONGEST = 10**6
"""Seconds for one call."""
MOST = 2**24
"""MiB for one subject."""
SEEDS = 10**9
"""From how many one is drawn."""
LARGEST_SEED = 2**63 - 1
"""A table has room for no larger one."""
OF_ANSWERS = ("tier", "regime", "batch", "seed", "data", "weights", "reproducible", "allow",
              "secret", "seconds", "memory")  # fmt: skip
"""Options that say something of subjects that are asked, and nothing of files."""
STARTED_ANEW = "a program is started anew for each case"
"""Why a program cannot be asked whether it gives the same bits again."""
UNSEEN = "what it does is not seen"
"""Why nothing can be said of what a program uses, or where it reads."""
NOT_OF_PROGRAMS = {"reproducible": STARTED_ANEW, "allow": UNSEEN, "secret": UNSEEN}
"""Options that would be dropped for a program, and why."""


def within(seed: int | None) -> None:
    """A seed that a table has room for.

    Raises:
        InputError: it is larger.
    """
    if seed is not None and seed > LARGEST_SEED:
        raise InputError("unusable value", where="--seed", got="a larger number",
                         expected=f"at most {LARGEST_SEED}")  # fmt: skip


def drawn_seed() -> int:
    """Another one each time: no table of outputs holds what will be asked."""
    return secrets.randbelow(SEEDS)


def limited(seconds: float, memory: int) -> None:
    """Limits of a call that it can have.

    Raises:
        InputError: one is out of range.
    """
    if not 0 < seconds <= LONGEST or not 64 <= memory <= MOST:
        raise InputError("unusable value", where="--seconds, --memory",
                         expected=f"above 0, 64 to {MOST}")  # fmt: skip


def watched(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Folders that a subject has no business in.

    Raises:
        InputError: one is none; then nothing would be watched.
    """
    if lost := [path for path in folders if not is_folder(path)]:
        raise InputError("no such folder", where="--secret", got=lost[0])
    return tuple(folders)


def not_too_large(batches: Iterable[int]) -> None:
    """Batches that an answer may have.

    Raises:
        InputError: one is larger.
    """
    if (largest := max(batches, default=1)) > LARGEST_BATCH:
        raise InputError("unusable value", where="--batch", got=largest,
                         expected=f"at most {LARGEST_BATCH}")  # fmt: skip


def means_something(said: Collection[str], first: str, asks: bool, reads: bool) -> None:
    """Options that mean something to one of the subjects: files are what they are, and who
    answers is asked our own cases.

    Args:
        said: names of the options; first: the first subject.
        asks, reads: one of the subjects answers, one is files.
    Raises:
        InputError: an option that would be dropped.
    """
    if not asks and first.endswith(".py"):
        raise InputError("names no function", where=first, fix=f"add its name: {first}:run")
    for name in said:
        if name in OF_ANSWERS and not asks:
            raise InputError("means nothing for files", where=f"--{name} and {first}",
                             fix="their case says it; leave it out")  # fmt: skip
        if name == "case" and not reads:
            raise InputError("means nothing for who answers", where=f"--case and {first}",
                             fix="it is asked cases of our own; leave it out")  # fmt: skip


def declared(layout: Layout, words: Iterable[str]) -> Layout:
    """What a mapping and KEY=VALUE words declare.

    Raises:
        InputError: they say two things.
    """
    for key, value in map(convention, words):
        if layout.chosen.get(key, value) != value:
            raise InputError("said in two ways", where=f"--convention {key}", got=value,
                             expected=f"{layout[key]}, as said before")  # fmt: skip
        layout = layout.choosing(key, value)
    return layout


def sound(request: CheckRequest, live: bool) -> None:
    """The mistakes that are the operator's and no subject's, found before any is judged.

    Raises:
        InputError: options, mapping, golden folder, digits or weights cannot be used, or not
            together.
    """
    source, arch = request.source, network(request)
    check_targets(source.layout, arch)
    if arch is not None:
        arch = architecture(arch, source.layout)
    if source.variant is not None and arch is not None:
        questions = request.questions
        must_fit(arch, max(batch for _, batch in questions.plan), ASKED)
        if live:
            questions.given()
            idx.read_digits(request.data)
    if arch is not None and request.tensor:
        known = [step.tensor for step in steps(arch)]
        if request.tensor not in known:
            raise InputError("no such tensor", where="--tensor", got=request.tensor,
                             expected=nearest(request.tensor, known))  # fmt: skip


def network(request: CheckRequest) -> Architecture | None:
    """The one of all subjects, if it was said.

    Raises:
        InputError: the golden folder, or what was said, cannot be used.
    """
    source = request.source
    case = None if source.case is None else described_case(source.case, source)
    return source.arch if case is None else case.arch
