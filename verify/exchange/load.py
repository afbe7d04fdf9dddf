"""A dump from disk, with the case it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture
from lenet_ref.door import exists, is_folder
from lenet_ref.specs.layer import Shape
from verify.cases.case import Case, from_the_loss
from verify.cases.machine import must_fit
from verify.cases.networks import make_arch
from verify.cases.options import Options
from verify.errors import InputError
from verify.exchange.axes import Axes
from verify.exchange.exams import opened_with, public
from verify.exchange.files import Raw, ignored, looked_through, must_hold_some, read
from verify.exchange.hints import unknown
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.manifest import EXAM, NAME, job_of, read_manifest
from verify.exchange.own import own_case
from verify.exchange.readings import architecture
from verify.exchange.schema import IMAGES, LABELS, LARGEST_BATCH, UPSTREAM, holds_integers
from verify.expected.steps import steps
from verify.words import listed

__all__ = ["Room", "Source", "described_case", "dtype_of", "load", "own_dtype",
           "same_inputs", "tensors", "told"]  # fmt: skip


@dataclass(frozen=True)
class Source:
    """What is said of a dump.  variant: None where a manifest says it; options: of the network;
    layout: names, layouts and conventions; case: the golden folder it was made from, if any;
    network: what variant names, where it is no preset; key: the folder of an exam's key."""

    variant: str | None = None
    options: Options = ()
    layout: Layout = PLAIN
    case: Path | None = None
    network: Architecture | None = None
    key: Path | None = None

    @property
    def arch(self) -> Architecture | None:
        """The network, if one was said.

        Raises:
            InputError, OptionError: options that it does not have.
        """
        if self.variant is None:
            return None
        return make_arch(self.variant, dict(self.options), self.network)


def load(path: Path, source: Source) -> tuple[Case, Raw]:
    """The arrays of a dump under their own names, and their case.

    Raises:
        InputError, StorageError: one line.
    """
    layout, path = source.layout, looked_through(path)
    case = described_case(path, source)
    if case is not None:
        room = Room(case.arch, case.batch, layout)
        arrays = read(path, room, partial(_dtype, case, layout))
        room.check()
        same_inputs(case, arrays, layout, path)
    else:
        arch = _network(source)
        room = Room(arch, LARGEST_BATCH, layout)
        arrays = read(path, room, own_dtype)
        room.check()
        must_hold_some(arrays, path, room)
        case = own_case(arch, arrays, layout, path)
    if not any(layout.ours(name) in tensors(case.arch) for name in arrays):
        left = ignored(path, room)
        raise InputError("holds no tensor that could be judged", where=str(path),
                         got=f"ignored: {listed(left)}" if left else listed(arrays) or "nothing"
                         )  # fmt: skip
    return case, arrays


def tensors(arch: Architecture) -> set[str]:
    """What is judged of a network."""
    return {step.tensor for step in steps(arch)}


class Room:
    """How large an array of a name may be, by the network and the (largest) batch; and the names
    that were asked for and that no tensor has."""

    def __init__(self, arch: Architecture, n: int, layout: Layout) -> None:
        self.layout = layout
        self._axes = Axes(architecture(arch, layout), n, layout)
        self.shapes = self._axes.shapes
        self.unknown: list[str] = []

    def __call__(self, theirs: str) -> Shape | None:
        ours = self.layout.ours(theirs)
        if ours == "":
            return None
        if ours not in self.shapes:
            self.unknown.append(theirs)
            return None
        return self.shapes[ours]

    def declared(self, theirs: str) -> Shape:
        """As the layout has it."""
        return self._axes.shape(self.layout.ours(theirs))

    def knows(self, theirs: str) -> bool:
        """A tensor has that name, or it is to be ignored."""
        return self.layout.ours(theirs) in ("", *self.shapes)

    def check(self) -> None:
        """Every name was known.

        Raises:
            InputError: those that were not, all at once.
        """
        if self.unknown:
            raise unknown(self.unknown, self.shapes)


def described_case(path: Path, source: Source) -> Case | None:
    """The case of the golden folder named by --case, or of the manifest beside the arrays; None
    where there is no manifest.

    Raises:
        InputError: --case without a manifest, one that cannot be used, or of another variant.
    """
    folder = source.case or (path if is_folder(path) else path.parent)
    manifest = folder / NAME
    if not exists(manifest):
        if source.case:
            raise InputError("holds no manifest.json", where=str(source.case),
                             fix="lenet-verify golden writes one")  # fmt: skip
        return None
    described = read_manifest(manifest)
    if source.key is not None:
        described = opened_with(described, source.key, str(manifest))
    job = job_of(described, str(manifest))
    if source.variant not in (None, job.variant):
        raise InputError("the manifest is of another network", where=str(manifest),
                         got=job.variant, expected=source.variant)  # fmt: skip
    if source.options and dict(source.options) != dict(job.options):
        raise InputError("the manifest is of another network", where=str(manifest),
                         got=told(job.options), expected=told(source.options))  # fmt: skip
    if source.network is not None and source.network != job.network:
        raise InputError("the manifest is of another network of that name", where=str(manifest),
                         got=job.variant, fix="write the golden folder again")  # fmt: skip
    case = from_the_loss(job.case())
    if exam := described.get(EXAM):  # reports are shown to students
        case = replace(case, seed=public(exam))
    must_fit(case.arch, case.batch, str(manifest))
    return case


def told(options: Options) -> str:
    """As they are typed."""
    return ", ".join(f"{key}={value}" for key, value in options) or "no options"


def same_inputs(case: Case, arrays: Raw, layout: Layout, path: Path) -> None:
    """Images and labels that a dump repeats are those of its case.

    Raises:
        InputError: they are not.
    """
    axes = Axes(case.arch, case.batch, layout)
    for theirs, value in arrays.items():
        ours = layout.ours(theirs)
        known = {IMAGES: case.images, LABELS: case.labels, UPSTREAM: case.upstream}
        if ours not in known:
            continue
        mine, given, blur = known[ours], axes.ours(ours, value), arrays.blur.get(theirs)
        blur = None if blur is None else axes.ours(ours, blur)
        if mine is None or given.shape != mine.shape or not _equal(given, mine, blur):
            raise InputError("differs from the case's own", where=f"{path}: {theirs}",
                             fix="dump what the golden inputs hold")  # fmt: skip


def _equal(given: NDArray[Any], mine: NDArray[Any], blur: NDArray[Any] | None) -> bool:
    """The same numbers, or the same as far as they were printed."""
    if blur is None:
        return np.array_equal(given, mine)
    return bool((np.abs(given - mine) <= blur).all())


def _dtype(case: Case, layout: Layout, theirs: str) -> str:
    return dtype_of(case, layout.ours(theirs))


def dtype_of(case: Case, ours: str) -> str:
    """dtype of a raw file of a known case."""
    return "int64" if holds_integers(ours) else case.dtype


def own_dtype(_: str) -> None:
    """Nothing says the dtype of a raw file without a case."""


def _network(source: Source) -> Architecture:
    arch = source.arch
    if arch is None:
        raise InputError("which network?", fix="add --variant modern, or --network NAME|FILE.toml")
    return arch
