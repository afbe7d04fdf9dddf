"""A program as somebody else might write it: reads a folder, writes a folder.

python program.py WHAT inputs outputs
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[3]))  # a program knows no test settings

from lenet_ref import modern, parameters
from lenet_ref.network import run


def read(folder: Path) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Raw files in, arrays out."""
    images = np.fromfile(folder / "images.bin", dtype="<f8").reshape(-1, 1, 32, 32)
    labels = np.fromfile(folder / "labels.bin", dtype="<i8")
    values = {
        name: np.fromfile(folder / f"{name}.bin", dtype="<f8").reshape(shape)
        for name, shape in parameters.parameter_shapes(modern()).items()
    }
    return values, images, labels


def main(what: str, inputs: Path, outputs: Path) -> None:
    """Be right, or go wrong in the way asked for."""
    if what == "hangs":
        time.sleep(600)
    if what == "dies":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "refuses":
        sys.exit("cannot open the input")
    if what == "silent":
        return
    if what == "noisy":
        print("x" * 100_000)
    if what == "hungry":
        print(len(np.ones(2**34)))
    tensors = run(modern(), *read(inputs))
    for name, value in tensors.items():
        kept = value.reshape(-1)[:-1] if what == "short" and name == "C3.dW" else value
        kept.tofile(outputs / f"{name}.bin")
    if what == "link":
        (outputs / "C1.y.bin").unlink()
        (outputs / "C1.y.bin").symlink_to("/etc/passwd")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
