"""Which network is it?  Of those with a name, the one under which most numbers are right."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.errors import LeNetError
from lenet_ref.networks import PRESETS, preset
from verify.cases.case import Case
from verify.exchange.load import Source
from verify.judge.trace import Trace
from verify.pipeline.proposal.asked import probing
from verify.pipeline.proposal.own import own_case
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.settle import Proposal, settled
from verify.subjects.conversation import Conversation
from verify.subjects.limits import Limits
from verify.subjects.program import answers as program_answers

__all__ = ["Choice", "network_of"]


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
        arrays = f"{self.matched} of {self.of} arrays are right under it"
        also = f"; so they fit {', '.join(self.others)} by their shapes" if self.others else ""
        return f"{self.name}: {preset(self.name).about or 'derived in full'}; {arrays}{also}"


def network_of(subject: str, answers: str, source: Source, limits: Limits) -> Choice | None:
    """The network of a subject; None where none fits.  answers: "program", "callable", or empty."""
    tried = dict(_tried(subject, answers, source, limits))
    usable = {name: found for name, found in tried.items() if found.matched}
    if not usable:
        return None
    said = None if source.variant is None else source.arch
    best = max(usable, key=lambda name: (usable[name].matched, *_likely(name, said)))
    others = tuple(name for name in tried if name != best)
    return Choice(best, usable[best].matched, len(usable[best].guesses), others[:4])


def _likely(name: str, said: Architecture | None) -> tuple[bool, int]:
    """Of several that fit alike: one with the input of the network that was said, else the one
    with the smallest."""
    shape = preset(name).input_shape
    return said is not None and shape == said.input_shape, -math.prod(shape)


def _tried(
    subject: str, answers: str, source: Source, limits: Limits
) -> Iterator[tuple[str, Proposal]]:
    if answers == "callable":
        with Conversation(subject, limits, source.layout) as asked:
            for name in PRESETS:
                case = probing(replace(source, variant=name, network=None, options=()))
                answer = asked.ask(case)
                if not answer.failed and answer.tensors:
                    yield name, _settled(case, answer.tensors, source)
        return
    for name in PRESETS:
        one = replace(source, variant=name, network=None, options=())
        try:
            if answers == "program":
                case = probing(one)
                heard, _ = program_answers(subject, [case], source.layout, limits)
                if heard.tensors:
                    yield name, _settled(case, heard.tensors[0][1], source)
            else:
                yield name, own_case(Path(subject), one)
        except LeNetError:
            continue


def _settled(case: Case, tensors: Trace, source: Source) -> Proposal:
    return settled(Right(case), tensors, source.layout)
