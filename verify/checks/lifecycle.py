"""State: a layer that remembers, or changes what it was given, is wrong from the second call.

Each check calls the subject several times on one case and compares calls with each other, so
it holds for any subject, with nothing to tune: bits where bits must agree, the judge's own
bounds where a different batch size may round differently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.probes import EVERY_LABEL, PROBES, make_probe
from verify.checks.check import HOLDS, Check
from verify.judge.judge import drift
from verify.judge.trace import Subject, Trace

__all__ = ["Arrays", "Floats", "allowed", "difference_of", "fingerprint", "lifecycle",
           "lifecycle_of_probes", "per_pattern", "permuted", "questions", "reversed_batch",
           "single", "singles", "unequal"]  # fmt: skip
Arrays = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]


def lifecycle(subject: Subject, case: Case) -> list[Check]:
    """All state checks on one case with at least two patterns."""
    where = f"{case.regime} N={case.batch}"
    try:
        found = questions(subject, case)
    except Exception as error:  # a subject that raises fails the check, not the harness
        found = {"runs at all": f"{type(error).__name__}: {error}"}
    return [
        Check("lifecycle", case.arch.variant, f"{name} ({where})", not wrong, wrong or HOLDS)
        for name, wrong in found.items()
    ]


def lifecycle_of_probes(subject: Subject, probed: Iterable[tuple[str, str]]) -> Iterator[Check]:
    """The same of probes: three digits see neither MAP, nor learned codes, nor the other
    activations.  probed: names, and as whose."""
    for name, variant in probed:
        batch = min(PROBES[name].batch, EVERY_LABEL)
        yield from lifecycle(subject, make_probe(name, "float64", batch, 0, variant))


def questions(subject: Subject, case: Case) -> dict[str, str]:
    """What is asked, and what is wrong (empty: nothing)."""
    before = fingerprint(case)
    first = subject(case)
    kept = {name: value.copy() for name, value in first.items()}
    second = subject(case)
    other = subject(reversed_batch(case))
    earlier = unequal(kept, first)  # now: a third call might put a shared buffer right again
    third, limits = subject(case), allowed(case, kept)
    return {
        "arguments unchanged": difference_of(before, fingerprint(case)),
        "same call twice": unequal(kept, second),
        "earlier results unchanged": earlier,
        "another batch in between": unequal(kept, third),
        "batch permuted": permuted(case, kept, other, limits),
        "batch of N equals N single runs": singles(subject, case, kept, limits),
    }


def fingerprint(case: Case) -> dict[str, str]:
    """A hash of every array the subject is handed."""
    given: Arrays = {"images": case.images, **case.parameters}
    given |= {} if case.labels is None else {"labels": case.labels}
    given |= {} if case.upstream is None else {"upstream": case.upstream}
    return {
        k: hashlib.sha256(np.ascontiguousarray(v).tobytes()).hexdigest() for k, v in given.items()
    }


def difference_of(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Names of arguments that changed."""
    changed = [name for name in before if before[name] != after[name]]
    return f"changed: {', '.join(changed)}" if changed else ""


def unequal(first: Trace, second: Trace) -> str:
    """The first tensor whose bits differ between two calls, or an empty string."""
    if first.keys() != second.keys():
        return f"names differ: {', '.join(sorted(first.keys() ^ second.keys()))}"
    for name, value in first.items():
        if value.dtype != second[name].dtype or not np.array_equal(
            value, second[name], equal_nan=True
        ):
            return f"{name} differs"
    return ""


def reversed_batch(case: Case) -> Case:
    """The same patterns in reverse order."""
    return replace(
        case,
        images=case.images[::-1].copy(),
        labels=None if case.labels is None else case.labels[::-1].copy(),
        upstream=None if case.upstream is None else case.upstream[::-1].copy(),
    )


def single(case: Case, n: int) -> Case:
    """Pattern n alone."""
    return replace(
        case,
        batch=1,
        images=case.images[n : n + 1].copy(),
        labels=None if case.labels is None else case.labels[n : n + 1].copy(),
        upstream=None if case.upstream is None else case.upstream[n : n + 1].copy(),
    )


def per_pattern(case: Case) -> dict[str, float]:
    """Tensors with one entry per pattern, and what a single run's is multiplied by."""
    share = 1.0 if case.upstream is not None else 1.0 / case.batch
    first, last = case.arch.layers[0].name, case.arch.layers[-1].name
    return {f"{last}.y": 1.0, f"{first}.y": 1.0, f"{first}.dx": share}


def allowed(case: Case, trace: Trace) -> dict[str, Floats]:
    """Twice the judge's inherited bound: either run may be that far from the oracle."""
    error_of = drift(case, trace)
    bounds = {name: error_of(name) for name in per_pattern(case)}
    return {name: 2 * bound.numpy() for name, bound in bounds.items() if bound is not None}


def permuted(case: Case, trace: Trace, other: Trace, limits: Mapping[str, Floats]) -> str:
    """A reversed batch must give reversed results.  limits: as of :func:`allowed`."""
    for name in per_pattern(case):
        error = np.abs(trace[name].astype(float) - other[name][::-1])
        if not (error <= limits.get(name, 0.0)).all():
            return f"{name} differs by {error.max():.2g}"
    return ""


def singles(subject: Subject, case: Case, trace: Trace, limits: Mapping[str, Floats]) -> str:
    """Each pattern alone must give its part of the batch's result.  limits: as of
    :func:`allowed`."""
    for n in range(case.batch):
        alone = subject(single(case, n))
        for name, share in per_pattern(case).items():
            error = np.abs(trace[name][n : n + 1].astype(float) - share * alone[name])
            limit = limits[name][n : n + 1] if name in limits else 0.0
            if not (error <= limit).all():
                return f"{name} of pattern {n} differs by {error.max():.2g}"
    return ""
