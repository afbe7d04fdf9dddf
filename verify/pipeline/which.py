"""Which network is it?  Of those with a name, the one under which most numbers are right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.errors import LeNetError
from lenet_ref.networks import PRESETS, preset
from lenet_ref.specs.layer import Shape
from verify.cases.case import Case
from verify.cases.pace import paced
from verify.errors import InputError
from verify.exchange.files import must_hold_some, read
from verify.exchange.hints import check_targets
from verify.exchange.layout import Layout
from verify.exchange.load import Source, own_dtype
from verify.exchange.schema import LARGEST_BATCH, expected
from verify.judge.trace import Trace
from verify.pipeline.proposal.asked import of_program, probing
from verify.pipeline.proposal.guess import Proposal
from verify.pipeline.proposal.handing import USUAL, best
from verify.pipeline.proposal.own import own_case
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.room import Open
from verify.subjects.here import Asked, opened
from verify.subjects.limits import LATE, Limits

__all__ = ["Choice", "network_of", "the_network"]


_Attempt = tuple[str, Proposal | LeNetError]
"""A network's name, and the mapping under it or why there is none."""


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
    return _most_likely(_tried(subject, answers, source, limits), source)


def _most_likely(tried: Iterable[_Attempt], source: Source) -> Choice | None:
    fits = {name: found for name, found in tried if isinstance(found, Proposal)}
    usable = {name: found for name, found in fits.items() if found.exact}
    if not usable:
        return None
    said = None if source.variant is None else source.arch
    most = max(usable, key=lambda name: (*_told(usable[name]), *_likely(name, said)))
    others = tuple(name for name in fits if name != most)
    counted = [guess for guess in usable[most].guesses if guess.known or not _given(guess.ours)]
    return Choice(most, usable[most].matched, len(counted), others[:4])


def _told(found: Proposal) -> tuple[int, int, int]:
    """Numbers that are right before those that are a factor of them, and these before parts."""
    return len(found.right), found.exact, found.matched


def _given(tensor: str) -> bool:
    """A parameter: what is handed in proves nothing."""
    return tensor.rpartition(".")[2] in ("W", "b")


def the_network(subject: str, answers: str, source: Source, limits: Limits) -> Choice:
    """As :func:`network_of`, where there must be one.

    Raises:
        InputError: none fits, or the subject cannot be read or asked whatever it is.
    """
    if not answers:
        _readable(Path(subject))
    tried = list(_tried(subject, answers, source, limits))
    found = _most_likely(tried, source)
    if found is None and answers and (failed := _alike(tried)):
        raise failed
    if found is None:
        raise InputError("which network? none with a name fits", where=subject,
                         got=f"tried {', '.join(PRESETS)}",
                         fix="name it: --network NAME|FILE.toml, or --case FOLDER")  # fmt: skip
    return found


def _readable(path: Path) -> None:
    """The arrays of a dump fit some network, and there are any.

    Raises:
        InputError, StorageError: which network it is makes no difference.
    """
    shapes: dict[str, Shape] = {}
    archs = tuple(map(preset, PRESETS))
    for arch in archs:
        for name, shape in expected(arch, LARGEST_BATCH).items():
            shapes[name] = max(shape, shapes.get(name, shape), key=math.prod)
    room = Open(archs, shapes)
    must_hold_some(read(path, room, own_dtype), path, room)


def _alike(tried: Iterable[_Attempt]) -> LeNetError | None:
    """What every attempt failed of: no other network would change it."""
    said = {str(found): found for _, found in tried}
    (failed, *others) = said.values() or (None,)
    return failed if isinstance(failed, LeNetError) and not others else None


def _likely(name: str, said: Architecture | None) -> tuple[bool, int]:
    """Of several that fit alike: one with the input of the network that was said, else the one
    with the smallest."""
    shape = preset(name).input_shape
    return said is not None and shape == said.input_shape, -math.prod(shape)


def _tried(subject: str, answers: str, source: Source, limits: Limits) -> Iterator[_Attempt]:
    """Of each network what its mapping would be, or why there is none."""
    if answers == "callable":
        with opened(subject, limits, source.layout) as asked:
            for one in paced([*_possible(source)], "network"):
                yield str(one.variant), _attempted(partial(_of_callable, asked, subject), one)
        return
    for one in paced([*_possible(source)], "network"):
        asking = partial(of_program, subject, limits=limits)
        reading = partial(own_case, Path(subject))
        found = _attempted(asking if answers == "program" else reading, one)
        yield str(one.variant), found
        if isinstance(found, LeNetError) and LATE in str(found):
            return  # as long again for each of the others


def _attempted(propose: Callable[[Source], Proposal], one: Source) -> Proposal | LeNetError:
    try:
        return propose(one)
    except LeNetError as error:
        return error


def _of_callable(asked: Asked, subject: str, one: Source) -> Proposal:
    case = probing(one)
    return best(partial(_answer, asked, case), Right(case), one.layout, subject, USUAL)


def _possible(source: Source) -> Iterator[Source]:
    """Each network with a name that has every tensor to which names lead."""
    for name in PRESETS:
        with suppress(InputError):
            check_targets(source.layout, preset(name))
            yield replace(source, variant=name, network=None, options=())


def _answer(asked: Asked, case: Case, layout: Layout) -> tuple[Trace, str]:
    asked.layout = layout
    answer = asked.ask(case)
    return answer.tensors, answer.failed
