"""Golden tensors: a case and what the reference makes of it, in files for any language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref import storage
from verify.cases.case import Case
from verify.cases.machine import must_fit
from verify.cases.plan import Job
from verify.exchange.arrays import ORDER, c_header, entry, given, write_arrays
from verify.exchange.manifest import EXAM, FORMAT, NAME, described
from verify.pipeline.judging import Terms, judged
from verify.report.stamp import environment
from verify.subjects.reference import reference

__all__ = ["bounds_of", "write_golden"]


def write_golden(
    job: Job, case: Case, out: Path, form: str, header: bool, whole: bool, exam: str = ""
) -> int:
    """Write inputs and, if ``whole``, every tensor; the number of arrays.

    Args:
        form: npz (one file), npy (one file a tensor) or bin (raw, little-endian).
        header: also lenet.h, with sizes as C constants.
        exam: the identity of an exam; then inputs alone do not say the seed.
    """
    arrays = given(case)
    bounds: dict[str, dict[str, Any]] = {}
    if whole:
        must_fit(case.arch, case.batch, "--batch")
        trace = dict(reference(case))
        arrays |= {name: value for name, value in trace.items() if name not in arrays}
        bounds = bounds_of(case, trace)
    write_arrays(arrays, out, form)
    secret = ("seed",) if exam and not whole else ()
    manifest = {
        "format": FORMAT,
        **({EXAM: exam} if exam else {}),
        "case": {name: value for name, value in described(job).items() if name not in secret},
        "layout": ORDER,
        "bytes": "little-endian" if form == "bin" else "as the .npy header says",
        "environment": environment(),
        "tensors": {name: entry(name, arrays[name], bounds) for name in arrays},
    }
    text = json.dumps(manifest, indent=1) + "\n"
    storage.write_atomically(out / NAME, text.encode())
    if header:
        storage.write_atomically(out / "lenet.h", c_header(arrays).encode())
    return len(arrays)


def bounds_of(case: Case, trace: Mapping[str, NDArray[Any]]) -> dict[str, dict[str, Any]]:
    """By how much somebody's tensor may differ who starts from the same inputs: the inherited
    bound, at the element that is allowed most, and its rule."""
    found = {}
    for finding in judged(case, trace, Terms(truth=False, causes=False, bounds=True)):
        comparison = finding.inherited.comparison
        if comparison is not None:
            found[finding.step.tensor] = {
                "bound": comparison.bound if np.isfinite(comparison.bound) else None,
                "rule": f"{finding.inherited.rule} {finding.inherited.terms}".strip(),
                "equation": finding.step.equation,
            }
    return found
