"""The environment a report was made in, beside the data and never inside it."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lenet_ref.storage import write_atomically
from verify.report.folder import STAMP
from verify.report.unfinished import final

__all__ = ["blas", "build_options", "digest", "environment", "write_stamp"]


def digest(parameters: Mapping[str, NDArray[Any]]) -> str:
    """sha256 over names, dtypes, shapes and bytes, in name order."""
    total = hashlib.sha256()
    for name in sorted(parameters):
        value = np.ascontiguousarray(parameters[name])
        total.update(f"{name} {value.dtype.str} {value.shape}\n".encode())
        total.update(value.tobytes())
    return total.hexdigest()


def blas() -> str:
    """NumPy's BLAS, as its build says."""
    found = np.show_config(mode="dicts")
    info = (found or {}).get("Build Dependencies", {}).get("blas", {})
    return f"{info.get('name', 'unknown')} {info.get('version', '')}".strip()


def build_options() -> str:
    """The numerical libraries PyTorch was built with."""
    words = torch.__config__.show().replace("\n", ",").split(",")
    wanted = ("BLAS_INFO=", "USE_MKLDNN=", "USE_OPENMP=")
    return " ".join(w.strip() for w in words if w.strip().startswith(wanted))


def environment() -> dict[str, Any]:
    """Versions, processor, threads, precision of the truth."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numpy_blas": blas(),
        "torch": torch.__version__,
        "torch_build": build_options(),
        "torch_threads": torch.get_num_threads(),
        "machine": platform.machine(),
        "truth_of_float64": f"eps {float(np.finfo(np.longdouble).eps):.3g}",
    }


def write_stamp(place: Path, run: Mapping[str, Any]) -> None:
    """environment.json, last of a report: the environment, what was run, and the files of it."""
    files = sorted(str(path.relative_to(place)) for path in place.rglob("*") if final(path))
    told = {"environment": environment(), "run": dict(run), "files": files}
    text = json.dumps(told, indent=2, sort_keys=True, default=str)
    write_atomically(place / STAMP, (text + "\n").encode())
