"""What is asked of a check in Python, as a value: obeyed, or refused in one line."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from numbers import Integral
from pathlib import Path
from typing import Any, TypeAlias

from lenet_ref.architecture import Architecture
from lenet_ref.networks import PRESETS, preset
from verify.api.kinds import of_their_kinds, several
from verify.api.spoken import ARGUMENTS
from verify.api.subjects import Reached
from verify.cases import idx
from verify.cases.networks import named
from verify.cases.options import architecture_options
from verify.cases.said import leaves_room
from verify.errors import InputError
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.load import Source
from verify.exchange.manifest import DRAWN, TIERS
from verify.exchange.mapping import layout_of, read_layout
from verify.pipeline.judging import REQUIRE
from verify.pipeline.request import CheckRequest
from verify.pipeline.usable import (
    NOT_OF_PROGRAMS,
    declared,
    drawn_seed,
    limited,
    means_something,
    not_too_large,
    watched,
    within,
)
from verify.subjects.limits import Limits
from verify.words import nearest

__all__ = ["Network", "PathLike", "Wishes", "one_of"]
PathLike: TypeAlias = str | os.PathLike[str]
Network: TypeAlias = PathLike | Architecture | None
_USUAL = Limits()
_OF_PROCESSES = {"seconds", "memory", "allow", "secret"}
_OPTIONS = {argument: option for option, argument in ARGUMENTS.items() if option != "variant"}


@dataclass(frozen=True)
class Wishes:
    """The arguments of :func:`verify.check`, under their names."""

    network: Network = None
    mapping: PathLike | Mapping[str, Any] | None = None
    map: bool = False
    tier: str | None = None
    regimes: str | Sequence[str] = ()
    batches: int | Sequence[int] = ()
    seed: int | None = None
    data: PathLike | None = None
    weights: PathLike | None = None
    tensor: str = ""
    require: str = "nothing"
    conventions: Mapping[str, object] | None = None
    case: PathLike | None = None
    options: Mapping[str, object] | None = None
    reproducible: bool = False
    allow: str | Sequence[str] = ()
    secret: PathLike | Sequence[PathLike] = ()
    seconds: float | None = None
    memory: int | None = None
    program: bool = False

    @property
    def said(self) -> dict[str, Any]:
        """What was not left to us."""
        every = ((each.name, getattr(self, each.name), each.default) for each in fields(self))
        return {name: value for name, value, usual in every if not _left(value, usual)}

    def request(self, subject: Reached) -> CheckRequest:
        """As the rooms below take it.

        Raises:
            InputError: arguments that are out of range, cannot be read, or make no sense together
                or for this subject.
        """
        of_their_kinds({each.name: getattr(self, each.name) for each in fields(self)})
        regimes, batches = several(self.regimes), several(self.batches)
        self._usable(subject, regimes, batches)
        variant, network = _network(self.network)
        seed = self.seed if self.seed is not None else drawn_seed() if subject.asks else 0
        return CheckRequest(
            Source(variant, self._options(), self._layout(), _path(self.case), network),
            self.require,
            self.tier or TIERS[0],
            seed,
            regimes,
            batches,
            _path(self.data) or idx.PACKAGED,
            _path(self.weights),
            self.tensor,
            self.reproducible,
            several(self.allow),
            watched([Path(folder) for folder in several(self.secret)]),
            self._limits(),
        )

    def again(self, subject: Reached, seed: int) -> str:
        """The call that repeats it, with the seed that was drawn."""
        said = {**self.said, **({"seed": seed} if subject.asks else {})}
        if "batches" in said and not isinstance(self.batches, int):
            said["batches"] = several(self.batches)
        words = [f"{name}={_written(value)}" for name, value in said.items()]
        return f"verify.check({', '.join([subject.shown, *words])})"

    def _limits(self) -> Limits:
        seconds = _USUAL.seconds if self.seconds is None else self.seconds
        return Limits(seconds, _USUAL.memory if self.memory is None else self.memory)

    def _usable(self, subject: Reached, regimes: Sequence[str], batches: Sequence[int]) -> None:
        limits = self._limits()
        _whole("memory", [limits.memory], 0)
        limited(limits.seconds, limits.memory)
        _whole("batches", batches, 1)
        _whole("seed", [self.seed or 0], 0)
        within(self.seed)
        one_of("tier", [self.tier or TIERS[0]], TIERS)
        one_of("regimes", regimes, DRAWN)
        one_of("require", [self.require], [*REQUIRE])
        not_too_large(batches)
        said = [_OPTIONS.get(name, name) for name in self.said]
        means_something(said, subject.shown, subject.asks, not subject.asks)
        leaves_room(regimes, None, self.weights, self.data)
        self._of_processes(subject)

    def _of_processes(self, subject: Reached) -> None:
        """What holds for a process of its own, and for one that is started once."""
        for name, why in NOT_OF_PROGRAMS.items():
            if subject.program and name in self.said:
                raise InputError("cannot be obeyed together", where=f"program= and {name}=",
                                 fix=why)  # fmt: skip
        if subject.here and (limit := self.said.keys() & _OF_PROCESSES):
            raise InputError("holds for no function of this process", where=f"{min(limit)}=",
                             got=subject.shown, fix="name it as 'file.py:function'")  # fmt: skip

    def _options(self) -> tuple[tuple[str, Any], ...]:
        return architecture_options([f"{k}={v}" for k, v in (self.options or {}).items()])

    def _layout(self) -> Layout:
        layout = PLAIN
        if isinstance(self.mapping, Mapping):
            layout = layout_of(dict(self.mapping), Path("mapping"))
        elif self.mapping is not None:
            layout = read_layout(Path(self.mapping))
        return declared(layout, [f"{k}={v}" for k, v in (self.conventions or {}).items()])


def _network(found: Network) -> tuple[str | None, Architecture | None]:
    """Name and, of what is no preset as it stands, description."""
    if found is None:
        return None, None
    if isinstance(found, Architecture):
        known = found.variant in PRESETS and found == preset(found.variant)
        return found.variant, None if known else found
    if isinstance(found, str | os.PathLike):
        return named(os.fspath(found))
    raise InputError("names no network", where="network=", got=type(found).__name__,
                     expected="a name, a .toml file or an Architecture")  # fmt: skip


def _left(value: object, usual: object) -> bool:
    """An argument was left to us; who says what is usual says nothing."""
    return value is usual or (type(value) is type(usual) and bool(value == usual))


def _path(found: PathLike | None) -> Path | None:
    return None if found is None else Path(found)


def _whole(name: str, values: Collection[object], least: int) -> None:
    for value in values:
        if not isinstance(value, Integral) or value < least:
            raise InputError("unusable value", where=f"{name}=", got=repr(value)[:80],
                             expected=f"a whole number, {least} or more")  # fmt: skip


def one_of(name: str, values: Collection[str], known: Sequence[str]) -> None:
    """Each value of an argument is one of those known.

    Raises:
        InputError: one is not.
    """
    for value in values:
        if value not in known:
            raise InputError("no such choice", where=f"{name}=", got=repr(value)[:80],
                             expected=nearest(str(value), known))  # fmt: skip


def _written(value: object) -> str:
    """As in Python; a network that is an object, by a name."""
    if isinstance(value, Architecture):
        return "arch"
    return repr(os.fspath(value)) if isinstance(value, os.PathLike) else repr(value)
