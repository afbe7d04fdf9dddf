"""Golden tensors: a case and what the reference makes of it, in files for any language."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref import storage
from verify.cases import Case
from verify.dumps.manifest import FORMAT, NAME, described
from verify.dumps.schema import IMAGES, LABELS, holds_integers
from verify.errors import InputError
from verify.judge import Judge
from verify.machine import must_fit
from verify.plan import Job
from verify.report.stamp import environment
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]
FORMATS = ("npz", "npy", "bin")
ORDER = "C order; volumes (N, C, H, W), convolutions (K, C, kh, kw), affine (K, D)"


def write_golden(job: Job, case: Case, out: Path, form: str, header: bool, whole: bool) -> int:
    """Write inputs and, if ``whole``, every tensor; the number of arrays.

    Args:
        form: npz (one file), npy (one file a tensor) or bin (raw, little-endian).
        header: also lenet.h, with sizes as C constants.
    """
    arrays = given(case)
    bounds: dict[str, dict[str, Any]] = {}
    if whole:
        must_fit(case.arch, case.batch, "--batch")
        trace = dict(reference(case))
        arrays |= {name: value for name, value in trace.items() if name not in arrays}
        bounds = bounds_of(case, trace)
    write_arrays(arrays, out, form)
    manifest = {
        "format": FORMAT,
        "case": described(job),
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


def given(case: Case) -> Arrays:
    """What every subject is given."""
    labels = np.zeros(0, dtype=np.int64) if case.labels is None else case.labels
    return {IMAGES: case.images, LABELS: labels.astype(np.int64), **case.parameters}


def bounds_of(case: Case, trace: Mapping[str, NDArray[Any]]) -> dict[str, dict[str, Any]]:
    """By how much somebody's tensor may differ who starts from the same inputs: the inherited
    bound, at the element that is allowed most, and its rule."""
    judge = Judge(case, trace, with_truth=False)
    found = {}
    for finding in judge.findings():
        comparison = finding.inherited.comparison
        if comparison is not None:
            found[finding.step.tensor] = {
                "bound": comparison.bound if np.isfinite(comparison.bound) else None,
                "rule": f"{finding.inherited.rule} {finding.inherited.terms}".strip(),
                "equation": finding.step.equation,
            }
    return found


def entry(
    name: str, value: NDArray[Any], bounds: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """One tensor of the manifest."""
    data = little(name, value)
    return {
        "shape": list(value.shape),
        "dtype": data.dtype.name,
        "sha256": hashlib.sha256(data.tobytes()).hexdigest(),
        **bounds.get(name, {}),
    }


def little(name: str, value: NDArray[Any]) -> NDArray[Any]:
    """In C order and little-endian; places and labels as int64."""
    dtype = np.dtype("<i8") if holds_integers(name) else value.dtype.newbyteorder("<")
    return np.ascontiguousarray(value, dtype=dtype).reshape(value.shape)


def write_arrays(arrays: Mapping[str, NDArray[Any]], out: Path, form: str) -> None:
    """The arrays in one of FORMATS.

    Raises:
        InputError: no such format.  StorageError: the folder cannot be written.
    """
    if form not in FORMATS:
        raise InputError("no such format", got=form, expected=", ".join(FORMATS))
    if form == "npz":
        storage.save(out / "tensors.npz", {n: little(n, v) for n, v in arrays.items()})
        return
    for name, value in arrays.items():
        data = little(name, value)
        if form == "bin":
            storage.write_atomically(out / f"{name}.bin", data.tobytes())
            continue
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, data, allow_pickle=False)
        storage.write_atomically(out / f"{name}.npy", buffer.getvalue())


def c_header(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Number of elements of each file as a macro: ``#define LENET_C3_dW 2400``."""
    lines = [
        "/* Elements of each .bin file, in C order; made by lenet-verify golden. */",
        *("#ifndef LENET_H", "#define LENET_H", f"#define LENET_N {len(arrays[IMAGES])}"),
    ]
    for name, value in arrays.items():
        shape = "x".join(map(str, value.shape)) or "scalar"
        lines.append(f"#define LENET_{name.replace('.', '_')} {value.size} /* {shape} */")
    return "\n".join([*lines, "#endif", ""])
