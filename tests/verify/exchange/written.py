"""The same arrays as every program would write them: one function for each format that is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
import scipy.io
import torch
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
Write = Callable[[Path, Arrays], Path]


def npz(folder: Path, arrays: Arrays) -> Path:
    np.savez_compressed(folder / "a.npz", **arrays)  # type: ignore[arg-type]
    return folder / "a.npz"


def npy(folder: Path, arrays: Arrays) -> Path:
    for name, value in arrays.items():
        np.save(folder / f"{name}.npy", value)
    return folder


def raw(folder: Path, arrays: Arrays) -> Path:
    for name, value in arrays.items():
        (folder / f"{name}.bin").write_bytes(np.ascontiguousarray(value).tobytes())
    return folder


def pt(folder: Path, arrays: Arrays, suffix: str = "pt") -> Path:
    """As a model's state is kept: parameters under PyTorch's names, gradients layer by layer."""
    found: dict[str, Any] = {}
    for name, value in arrays.items():
        layer, _, symbol = name.rpartition(".")
        tensor = torch.tensor(value)
        if symbol in ("W", "b"):
            found[f"{layer}.{'weight' if symbol == 'W' else 'bias'}"] = tensor
        elif layer:
            found.setdefault(layer, {})[symbol] = tensor
        else:
            found[name] = tensor
    torch.save(found, folder / f"a.{suffix}")
    return folder / f"a.{suffix}"


def tensors(folder: Path, arrays: Arrays) -> Path:
    """A .pt for each."""
    for name, value in arrays.items():
        torch.save(torch.tensor(value), folder / f"{name}.pt")
    return folder


def of_safetensors(folder: Path, arrays: Arrays) -> Path:
    plain = {name: np.ascontiguousarray(value) for name, value in arrays.items()}
    safetensors.numpy.save_file(plain, folder / "a.safetensors")
    return folder / "a.safetensors"


def mat(folder: Path, arrays: Arrays, packed: bool = True, old: bool = False) -> Path:
    """No dot may stand in a name; every integer a double, as MATLAB has them."""
    found = {
        name.replace(".", "_"): value.astype(float) if value.dtype.kind == "i" else value
        for name, value in arrays.items()
        if value.ndim <= 2 or not old
    }
    form = "4" if old else "5"
    scipy.io.savemat(folder / "a.mat", found, do_compression=packed, format=form)
    return folder / "a.mat"


def text(
    folder: Path, arrays: Arrays, suffix: str = "txt", form: str = "%.17g", between: str = " "
) -> Path:
    """A line for each innermost row, under a comment."""
    for name, value in arrays.items():
        rows = value.reshape(-1, value.shape[-1] if value.ndim > 1 else 1)
        each = "%d" if value.dtype.kind == "i" else form
        lines = [between.join(each % number for number in row) for row in rows]
        (folder / f"{name}.{suffix}").write_text("\n".join([f"# {name}", *lines, ""]))
    return folder


def shortest(folder: Path, arrays: Arrays) -> Path:
    """As Python prints numbers, in one line."""
    for name, value in arrays.items():
        (folder / f"{name}.csv").write_text(", ".join(map(repr, value.reshape(-1).tolist())))
    return folder


def mem(folder: Path, arrays: Arrays, binary: bool = False) -> Path:
    """As $writememh and $writememb do."""
    for name, value in arrays.items():
        words = np.ascontiguousarray(value).reshape(-1).view(f"u{value.itemsize}")
        width = value.itemsize * (8 if binary else 2)
        lines = [f"{int(word):0{width}{'b' if binary else 'x'}}" for word in words]
        (folder / f"{name}.mem").write_text("\n".join(["// words", "@00", *lines, ""]))
    return folder


def packed(folder: Path, arrays: Arrays, how: int = zipfile.ZIP_DEFLATED, within: str = "") -> Path:
    """A .zip of .npy files, and what others put beside them."""
    with zipfile.ZipFile(folder / "a.zip", "w", how) as archive:
        for name, value in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, value)
            archive.writestr(f"{within}{name}.npy", buffer.getvalue())
        archive.writestr(f"{within}README.md", "mine")
        archive.writestr(f"__MACOSX/{within}._C1.W.npy", "\0")
    return folder / "a.zip"


def folder_in_folder(folder: Path, arrays: Arrays) -> Path:
    (folder / "results").mkdir()
    npy(folder / "results", arrays)
    return folder


FORMS: dict[str, Write] = {
    "npz": npz,
    "npy": npy,
    "bin": raw,
    "pt": pt,
    "pth": partial(pt, suffix="pth"),
    "pt of one tensor": tensors,
    "safetensors": of_safetensors,
    "mat": mat,
    "mat v6": partial(mat, packed=False),
    "txt": text,
    "txt scientific": partial(text, form="%.16e"),
    "csv": partial(text, suffix="csv", between=", "),
    "csv of semicolons": partial(text, suffix="csv", between=";"),
    "dat": partial(text, suffix="dat", between="\t"),
    "csv of Python": shortest,
    "mem": mem,
    "mem binary": partial(mem, binary=True),
    "zip": packed,
    "zip of a folder": partial(packed, within="results/", how=zipfile.ZIP_STORED),
    "folder in a folder": folder_in_folder,
}
"""Each writes all digits."""
