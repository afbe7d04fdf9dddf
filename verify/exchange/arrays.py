"""Arrays as files for any language: raw, .npy or .npz, and what a manifest says of each."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref import storage
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.schema import IMAGES, LABELS, UPSTREAM, holds_integers

__all__ = ["FORMATS", "ORDER", "Arrays", "c_header", "entry", "given", "little", "write_arrays"]
Arrays = dict[str, NDArray[Any]]
FORMATS = ("npz", "npy", "bin")
ORDER = "C order; volumes (N, C, H, W), convolutions (K, C, kh, kw), affine (K, D)"


def given(case: Case) -> Arrays:
    """What every subject is given: images (N, C, H, W), labels (N,) int64 (none: empty), parameters
    in PyTorch's shapes; of a network without a loss the gradient at its output in place of labels.
    """
    if case.arch.loss is None and case.upstream is not None:
        return {IMAGES: case.images, UPSTREAM: case.upstream, **case.parameters}
    labels = np.zeros(0, dtype=np.int64) if case.labels is None else case.labels
    return {IMAGES: case.images, LABELS: labels.astype(np.int64), **case.parameters}


def entry(
    name: str, value: NDArray[Any], bounds: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """One tensor of the manifest: shape, dtype and hash, and what ``bounds`` says of its name."""
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
    """The arrays in one of FORMATS: ``tensors.npz``, or a file for each under its name.

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
