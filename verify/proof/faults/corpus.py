"""The planted mistakes as files, for other people's checkers: numbers in, right and wrong out.

Each mistake stands in the smallest case that shows it, a layer by itself wherever that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.plan import draws_digits
from verify.cases.probes import PROBES
from verify.judge.trace import Trace
from verify.proof.faults.difference import beyond_rounding
from verify.proof.faults.evidence import mistaken_tensors
from verify.proof.faults.fault import Fault
from verify.proof.planting.cases import NOT_PLANTABLE, cases
from verify.proof.planting.entry import Entry, evaluated
from verify.proof.planting.run import Run, plant

__all__ = ["COLUMNS", "DIGITS", "FORMS", "OURS", "Array", "Mistaken", "Specimen", "file_name",
           "names_of", "specimen"]  # fmt: skip
Mistaken = Entry | Fault
Array = NDArray[Any]
OURS, DIGITS = "MIT", "MIT AND CC-BY-SA-3.0"
"""Licences: of numbers that are drawn, and of those computed from digits of MNIST."""
FORMS = ("a", "da")
"""Matrix forms, which fill most of a whole network's trace; left out where they are right."""


@dataclass(frozen=True)
class Specimen:
    """A row of index.csv.  sentence: what is wrong; tensors: those that their own inputs do not
    make; layers: theirs; differs: how many tensors are others than without the mistake."""

    name: str
    file: str
    sentence: str
    source: str
    operation: str
    layers: str
    tensors: str
    differs: int
    network: str
    case: str
    licence: str


COLUMNS = tuple(field.name for field in fields(Specimen))


def specimen(mistake: Mistaken) -> tuple[Specimen, dict[str, Array]] | None:
    """A mistake and its arrays: ``inputs/``, ``parameters/``, ``right/`` and, of those that differ,
    ``wrong/``; None where no single trace shows it."""
    for case, wrong, right, guilty in _shown(mistake):
        differs = [name for name in right if _apart(wrong.get(name), right[name], case.dtype)]
        if differs and guilty:
            arrays = _arrays(case, wrong, right, guilty, differs)
            return _row(mistake, case, guilty, len(differs)), arrays
    return None


def _shown(mistake: Mistaken) -> Iterator[tuple[Case, Trace, Trace, tuple[str, ...]]]:
    """Case, wrong and right trace, and the tensors that are mistaken; the smallest first."""
    if isinstance(mistake, Entry):
        if (mistake.operation, mistake.mistake.name) not in NOT_PLANTABLE:
            for case in mistake.place.cases:
                if Run(case).layers(mistake.operation):
                    found = plant(case, mistake.operation, mistake.mistake)
                    yield case, found.trace, evaluated(case), (*found.at, *found.around)
    elif not mistake.equivalent:
        for case in _of_code(mistake):
            if (wrong := _run(mistake, case)) is not None:
                guilty = mistaken_tensors(case, wrong)
                if not guilty and case.regime not in PROBES:  # another dtype alone
                    guilty = (mistake.tensor,)
                yield case, wrong, mistake.right()(case), guilty


def _of_code(fault: Fault) -> Iterator[Case]:
    """Layers by themselves, in the fault's number format, then its own case."""
    own = fault.job().case()
    if own.dtype == "float64":
        yield from (c for c in cases() if c.regime in PROBES and c.arch.variant == fault.variant)
    yield own


def _run(fault: Fault, case: Case) -> Trace | None:
    """Whatever a mistake raises, it hands nothing over."""
    try:
        with fault.subject() as subject, np.errstate(all="ignore"):
            return subject(case)
    except Exception:
        return None


def _apart(value: Array | None, right: Array, dtype: str) -> bool:
    if value is None or value.shape != right.shape or value.dtype != right.dtype:
        return True
    return beyond_rounding(value, right, dtype)


def _arrays(
    case: Case, wrong: Trace, right: Trace, guilty: tuple[str, ...], differs: list[str]
) -> dict[str, Array]:
    found: dict[str, Array] = {"inputs/images": case.images}
    found |= {} if case.labels is None else {"inputs/labels": np.asarray(case.labels)}
    found |= {} if case.upstream is None else {"inputs/upstream": case.upstream}
    found |= {f"parameters/{name}": value for name, value in case.parameters.items()}
    whole = case.arch.options != "probe"
    kept = [n for n in right if n in guilty or not (whole and n.rpartition(".")[2] in FORMS)]
    given = {f"{name}" for name in case.parameters}
    found |= {f"right/{name}": right[name] for name in kept if name not in given}
    return found | {f"wrong/{n}": wrong[n] for n in differs if n in kept and n in wrong}


def _row(mistake: Mistaken, case: Case, guilty: tuple[str, ...], differs: int) -> Specimen:
    layers = dict.fromkeys(name.partition(".")[0] for name in guilty)
    licence = DIGITS if draws_digits(case.regime) else OURS
    return Specimen(
        mistake.name, file_name(mistake.name), mistake.about, mistake.source, mistake.target,
        " ".join(layers), " ".join(guilty), differs, _network(case), case.name, licence,
    )  # fmt: skip


def _network(case: Case) -> str:
    """What each layer is, in order, and the loss."""
    parts = [f"{layer.name}: {layer.operation}" for layer in case.arch.layers]
    loss = case.arch.loss
    return ", ".join([*parts, *([f"loss: {loss.kind}"] if loss is not None else [])])


def file_name(name: str) -> str:
    """Of a mistake: letters, digits and dashes; names that differ in other signs alone differ in a
    number behind."""
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-")
    if plain == name:
        return f"{plain}.npz"
    marks = sum(ord(c) * (i + 1) for i, c in enumerate(name)) % 10_000
    return f"{plain}-{marks:04}.npz"


def names_of(arrays: Mapping[str, Array], part: str) -> list[str]:
    """Tensors of one part of a file."""
    return [n.removeprefix(f"{part}/") for n in arrays if n.startswith(f"{part}/")]
