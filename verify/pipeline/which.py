"""Which network is it?  Of those with a name, the one under which most numbers are right."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.errors import LeNetError
from lenet_ref.networks import PRESETS, preset
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.hints import check_targets
from verify.exchange.layout import Layout
from verify.exchange.load import Source
from verify.judge.trace import Trace
from verify.pipeline.proposal.asked import probing
from verify.pipeline.proposal.handing import USUAL, best
from verify.pipeline.proposal.own import own_case
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.settle import Proposal, settled
from verify.subjects.conversation import Conversation
from verify.subjects.limits import Limits
from verify.subjects.program import answers as program_answers

__all__ = ["Choice", "network_of", "the_network"]


@dataclass(frozen=True)
class Choice:
    """name: of the network; matched: arrays whose numbers are right under it; of: all arrays;
    others: networks whose shapes fit as well."""

    name: str
    matched: int
    of: int
    others: tuple[str, ...] = ()

    def told(self) -> str:
        """Why this one, in a sentence."""
        arrays = f"{self.matched} of {self.of} arrays have numbers of its tensors"
        also = f"; the shapes alone fit {', '.join(self.others)} too" if self.others else ""
        return f"{self.name} ({preset(self.name).about}); {arrays}{also}"


def network_of(subject: str, answers: str, source: Source, limits: Limits) -> Choice | None:
    """The network of a subject; None where none fits.  answers: "program", "callable", or empty."""
    tried = dict(_tried(subject, answers, source, limits))
    usable = {name: found for name, found in tried.items() if found.matched}
    if not usable:
        return None
    said = None if source.variant is None else source.arch
    most = max(usable, key=lambda name: (usable[name].matched, *_likely(name, said)))
    others = tuple(name for name in tried if name != most)
    counted = [guess for guess in usable[most].guesses if guess.known or not _given(guess.ours)]
    return Choice(most, usable[most].matched, len(counted), others[:4])


def _given(tensor: str) -> bool:
    """A parameter: what is handed in proves nothing."""
    return tensor.rpartition(".")[2] in ("W", "b")


def the_network(subject: str, answers: str, source: Source, limits: Limits) -> Choice:
    """As :func:`network_of`, where there must be one.

    Raises:
        InputError: none fits.
    """
    found = network_of(subject, answers, source, limits)
    if found is None:
        raise InputError("which network? none with a name fits", where=subject,
                         got=f"tried {', '.join(PRESETS)}",
                         fix="name it: --network NAME|FILE.toml, or --case FOLDER")  # fmt: skip
    return found


def _likely(name: str, said: Architecture | None) -> tuple[bool, int]:
    """Of several that fit alike: one with the input of the network that was said, else the one
    with the smallest."""
    shape = preset(name).input_shape
    return said is not None and shape == said.input_shape, -math.prod(shape)


def _tried(
    subject: str, answers: str, source: Source, limits: Limits
) -> Iterator[tuple[str, Proposal]]:
    """Of each network under which it answers what its mapping would be."""
    if answers == "callable":
        with Conversation(subject, limits, source.layout) as asked:
            for one in _possible(source):
                with suppress(InputError):
                    case = probing(one)
                    yield case.arch.variant, best(partial(_answer, asked, case), Right(case),
                                                  source.layout, subject, USUAL)  # fmt: skip
        return
    for one in _possible(source):
        with suppress(LeNetError):
            if answers == "program":
                case = probing(one)
                heard, _ = program_answers(subject, [case], source.layout, limits)
                if heard.tensors:
                    found = settled(Right(case), heard.tensors[0][1], source.layout)
                    yield case.arch.variant, found
            else:
                yield str(one.variant), own_case(Path(subject), one)


def _possible(source: Source) -> Iterator[Source]:
    """Each network with a name that has every tensor to which names lead."""
    for name in PRESETS:
        with suppress(InputError):
            check_targets(source.layout, preset(name))
            yield replace(source, variant=name, network=None, options=())


def _answer(asked: Conversation, case: Case, layout: Layout) -> tuple[Trace, str]:
    asked.layout = layout
    answer = asked.ask(case)
    return answer.tensors, answer.failed
