"""A subject as it was named, understood: what it is asked, and which tests that makes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.door import exists
from verify.api.spoken import ARGUMENTS, restated
from verify.cases import idx
from verify.cases.networks import named as network_named
from verify.cases.options import architecture_options
from verify.errors import InputError
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.load import Source, load
from verify.exchange.manifest import DRAWN, TIERS
from verify.exchange.mapping import read_layout
from verify.exchange.readings import architecture
from verify.exchange.schema import LARGEST_BATCH
from verify.expected.steps import steps
from verify.pipeline.judging import REQUIRE
from verify.pipeline.request import CheckRequest
from verify.pipeline.subject import is_callable
from verify.pipeline.usable import (
    LARGEST_SEED,
    LONGEST,
    MOST,
    NOT_OF_PROGRAMS,
    OF_ANSWERS,
    declared,
    means_something,
    network,
    sound,
    watched,
)
from verify.plugin.settings import FLAGS, KEYS, WORDS, Named
from verify.plugin.told import spoken
from verify.subjects.asked import OTHER_WEIGHTS
from verify.subjects.limits import Limits
from verify.words import nearest

__all__ = ["Asked", "Place", "settled"]
Place = tuple[str, int]
"""Regime and batch."""
_OPTION = {argument: option for option, argument in ARGUMENTS.items() if option != "variant"}


@dataclass(frozen=True)
class Asked:
    """named: as it was; request: understood; tensors, places: which tests there are; tier: of all
    of them; file: of the test ids."""

    named: Named
    request: CheckRequest
    tensors: tuple[str, ...]
    places: tuple[Place, ...]
    tier: str
    file: str

    @property
    def again(self) -> str:
        """The command that repeats the check without pytest."""
        return shlex.join(["lenet-verify", "check", *_words(self)])


def settled(named: Named, seed: int) -> Asked:
    """A subject, understood.  seed: in place of one that is not a number.

    Raises:
        LeNetError: a setting that cannot be used, or files that cannot be read.
    """
    with restated(spoken):
        return _settled(named, seed)


def _settled(named: Named, seed: int) -> Asked:
    program = named.flag("program")
    asks = program or is_callable(named.subject)
    _means_something(named, asks)
    request = _request(named, seed)
    if not asks:
        return _of_files(named, request)
    if (arch := network(request)) is None:
        raise InputError("which network?", where=named.subject, fix="add --lenet-network NAME")
    _file(named)
    sound(request, True)
    arch = architecture(arch, request.source.layout)
    places = dict.fromkeys((*request.questions.plan, (OTHER_WEIGHTS, request.questions.plan[0][1])))
    return Asked(named, request, _tensors(arch), tuple(places), request.tier, _shown(named))


def _of_files(named: Named, request: CheckRequest) -> Asked:
    """The one case that they are."""
    case, _ = load(Path(named.subject), request.source)
    place = (case.regime, case.batch)
    return Asked(named, request, _tensors(case.arch), (place,), case.tier, _shown(named))


def _tensors(arch: Architecture) -> tuple[str, ...]:
    return tuple(step.tensor for step in steps(arch))


def _file(named: Named) -> None:
    """The file of a callable is there: a slip that is no subject's fault."""
    path = named.subject.rpartition(":")[0]
    if not named.flag("program") and path.endswith(".py") and not exists(Path(path)):
        raise InputError("no such file", where="--lenet-subject", got=path)


def _shown(named: Named) -> str:
    """What the ids of its tests begin with."""
    path = named.subject if exists(Path(named.subject)) else named.subject.rpartition(":")[0]
    return path if path and exists(Path(path)) else "lenet"


def _means_something(named: Named, asks: bool) -> None:
    """Settings that would be dropped, or contradict each other."""
    given = {key for key, value in named.said.items() if key not in FLAGS or named.flag(key)}
    options = {_OPTION.get(key, key) for key in given}
    said = [option for option in (*OF_ANSWERS, "case") if option in options]
    means_something(said, named.subject, asks, not asks)
    for key, why in NOT_OF_PROGRAMS.items():
        if named.flag("program") and key in given:
            raise InputError("cannot be obeyed together", where=f"--program and --{key}",
                             fix=why)  # fmt: skip


def _request(named: Named, seed: int) -> CheckRequest:
    said = named.said
    variant, found = network_named(said["network"]) if "network" in said else (None, None)
    case = Path(said["case"]) if "case" in said else None
    options = architecture_options(named.words("options"))
    given = said.get("seed", "0")
    return CheckRequest(
        Source(variant, options, _layout(named), case, found),
        _one_of("require", said.get("require", "nothing"), [*REQUIRE]),
        _one_of("tier", said.get("tier", TIERS[0]), TIERS),
        seed if given == "random" else _whole("seed", given, 0, LARGEST_SEED),
        tuple(dict.fromkeys(_one_of("regimes", each, DRAWN) for each in named.words("regimes"))),
        tuple(dict.fromkeys(_whole("batches", each, 1, LARGEST_BATCH)
                            for each in named.words("batches"))),
        Path(said["data"]) if "data" in said else idx.PACKAGED,
        Path(said["weights"]) if "weights" in said else None,
        reproducible=named.flag("reproducible"),
        allow=tuple(named.words("allow")),
        secret=watched([Path(said["secret"])] if "secret" in said else []),
        limits=_limits(named),
    )  # fmt: skip


def _layout(named: Named) -> Layout:
    layout = read_layout(Path(named.said["mapping"])) if "mapping" in named.said else PLAIN
    return declared(layout, named.words("conventions"))


def _limits(named: Named) -> Limits:
    usual = Limits()
    given = named.said.get("seconds", str(usual.seconds))
    try:
        seconds = float(given)
    except ValueError:
        seconds = float("nan")
    if not 0 < seconds <= LONGEST:
        raise InputError("unusable value", where="--lenet-seconds", got=given,
                         expected="a number above 0")  # fmt: skip
    memory = _whole("memory", named.said.get("memory", str(usual.memory)), 64, MOST)
    return Limits(seconds, memory)


def _whole(key: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,19}", value) or not least <= int(value) <= most:
        raise InputError("unusable value", where=f"--lenet-{key}", got=value[:80],
                         expected=f"a whole number, {least} or more")  # fmt: skip
    return int(value)


def _one_of(key: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise InputError("no such choice", where=f"--lenet-{key}", got=value[:80],
                         expected=nearest(value, known))  # fmt: skip
    return value


def _words(asked: Asked) -> Iterator[str]:
    """The options of ``lenet-verify check``, with the seed that was drawn."""
    named = asked.named
    yield from ["--program"] if named.flag("program") else []
    yield named.subject
    asks = named.flag("program") or is_callable(named.subject)
    said = {**named.said, **({"seed": str(asked.request.seed)} if asks else {})}
    for key in (key for key in KEYS if key in said and key != "program"):
        option = f"--{_OPTION.get(key, key)}"
        if key in FLAGS:
            yield from [option] if named.flag(key) else []
        elif key in ("conventions", "options", "allow"):
            yield from (word for each in named.words(key) for word in (option, each))
        else:
            yield from (option, *(named.words(key) if key in WORDS else [said[key]]))
