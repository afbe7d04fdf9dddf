"""failing.npz: what a page needs of a report that fails, beyond its tables.

Numbers of each failing tensor in the first case that shows it, and what was said at the end; no
file where nothing fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.errors import StorageError
from lenet_ref.storage import load, save
from verify.errors import InputError, OutputError
from verify.judge.findings import Finding
from verify.judge.samples import MOST, Sample, of

__all__ = ["FILE", "KEY", "LINES", "PICTURES", "Drawn", "Kept", "key", "read", "write"]
FILE = "failing.npz"
KEY = ("variant", "options", "tier", "regime", "dtype", "batch", "seed", "tensor")
"""Columns of diff.csv that tell which row."""
PICTURES = 64
"""Tensors whose numbers are kept, at most: 6 MB."""
LINES = 200
"""Lines of what was said, at most."""


@dataclass(frozen=True)
class Drawn:
    """key: the row's values of KEY; kind: own or inherited, the error that is shown."""

    key: tuple[str, ...]
    kind: str
    sample: Sample


@dataclass
class Kept:
    """said: the lines at the end of the run; samples: by variant and tensor, the first that fails;
    more: tensors beyond PICTURES, whose numbers were not kept; apart: where no layer has an own
    error, those that may be guilty, in groups of which each holds a mistake."""

    said: tuple[str, ...] = ()
    samples: dict[tuple[str, str], Drawn] = field(default_factory=dict)
    more: set[tuple[str, str]] = field(default_factory=set)
    apart: tuple[tuple[str, ...], ...] = ()

    def add(self, finding: Finding) -> None:
        """Keep the numbers of a finding, if it is the first of its tensor that fails."""
        found = of(finding)
        name = (finding.case.arch.variant, finding.step.tensor)
        if found is None or name in self.samples:
            return
        if len(self.samples) < PICTURES:
            self.samples[name] = Drawn(key(finding), *found)
        else:
            self.more.add(name)

    @classmethod
    def of(cls, findings: Iterable[Finding], said: Sequence[str] = ()) -> Kept:
        """What is to be kept of many findings."""
        kept = cls(tuple(said))
        for finding in findings:
            kept.add(finding)
        return kept


def key(finding: Finding) -> tuple[str, ...]:
    """Which row of diff.csv it is, as that writes it."""
    case = finding.case
    values = (case.arch.variant, case.arch.options, case.tier, case.regime, case.dtype,
              case.batch, case.seed, finding.step.tensor)  # fmt: skip
    return tuple(map(str, values))


def write(kept: Kept, place: Path) -> None:
    """failing.npz, if there is anything to keep; the same numbers give the same bytes."""
    if not (kept.samples or kept.said):
        return
    arrays: dict[str, NDArray[Any]] = {}
    told = []
    for i, drawn in enumerate(kept.samples.values()):
        sample = drawn.sample
        axes = [list(axis) for axis in sample.axes]
        told.append({"key": drawn.key, "kind": drawn.kind, "axes": axes, "whole": sample.whole})
        numbers = {"got": sample.got, "expected": sample.expected, "bound": sample.bound}
        arrays |= {f"{i}.{name}": values for name, values in numbers.items()}
    text = json.dumps({"said": kept.said[:LINES], "rows": told, "more": sorted(kept.more),
                       "apart": kept.apart})  # fmt: skip
    arrays["told"] = np.frombuffer(text.encode("utf-8", "backslashreplace"), dtype=np.uint8)
    try:
        save(place / FILE, arrays)
    except StorageError as error:
        raise OutputError(error.what, where=error.where, fix="choose another place") from None


def read(folder: Path) -> Kept | None:
    """What was kept; None where nothing was.

    Raises:
        InputError: the file is damaged, or none of ours.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        arrays = load(path)
        told = json.loads(bytes(np.asarray(arrays["told"], dtype=np.uint8)))
        said = tuple(str(line) for line in told["said"][:LINES])
        found = [_drawn(row, i, arrays) for i, row in enumerate(told["rows"][:PICTURES])]
        more = {(str(variant), str(tensor)) for variant, tensor in told["more"]}
        apart = tuple(tuple(map(str, group)) for group in told.get("apart", []) if group)
    except (StorageError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        what = error.what if isinstance(error, StorageError) else "is none of ours, or damaged"
        raise InputError(what, where=str(path), fix="delete it, or write the report again"
                         ) from None  # fmt: skip
    return Kept(said, {(d.key[0], d.key[-1]): d for d in found}, more, apart)


def _drawn(row: Mapping[str, Any], i: int, arrays: Mapping[str, NDArray[Any]]) -> Drawn:
    names = ("got", "expected", "bound")
    got, expected, bound = (np.asarray(arrays[f"{i}.{n}"], dtype=np.float64) for n in names)
    axes = tuple(tuple(map(int, axis)) for axis in row["axes"])
    shape = tuple(map(len, axes))
    if not got.shape == expected.shape == bound.shape == shape or not 0 < got.size <= MOST:
        raise ValueError("other shapes")
    if len(row["key"]) != len(KEY) or row["kind"] not in ("own", "inherited"):
        raise ValueError("another key")
    sample = Sample(got, expected, bound, axes, bool(row["whole"]))
    return Drawn(tuple(map(str, row["key"])), row["kind"], sample)
