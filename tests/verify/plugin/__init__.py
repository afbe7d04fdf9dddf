"""A small network, subjects of it, and pytest run on them in a process of its own."""

from __future__ import annotations

import os

import pandas  # noqa: F401 - what a run within this one loads first is unloaded after it
import pytest
import torch  # noqa: F401 - and cannot be loaded again

from tests import warm as processes

__all__ = ["RIGHT", "SMALL", "folder", "ran", "ran_apart"]
SMALL = """
name = "small"
input = [1, 4, 4]
layers = [
  { name = "F1", family = "affine", units = 5, activation = "tanh" },
  { name = "F2", family = "affine", units = 3, activation = "identity" },
]
loss = { family = "cross_entropy" }
"""
RIGHT = """
import numpy as np

def run(p, images, labels):
    x, n = images.reshape(len(images), -1), len(images)
    h = np.tanh(x @ p["F1.W"].T + p["F1.b"])
    z = h @ p["F2.W"].T + p["F2.b"]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    d = e / e.sum(axis=1, keepdims=True)
    d[np.arange(n), labels] -= 1
    d = d / n
    dz = (d @ p["F2.W"]) * (1 - h * h)
    return {"F2.y": z, "F2.dW": d.T @ h, "F2.db": d.sum(axis=0),
            "F1.dW": dz.T @ x, "F1.db": dz.sum(axis=0)}

def wrong(p, images, labels):
    found = run(p, images, labels)
    found["F1.dW"] = found["F1.dW"] / len(images)
    return found

def remembers(p, images, labels, calls=[]):
    calls.append(1)
    found = run(p, images, labels)
    found["F2.db"] = found["F2.db"] * len(calls)
    return found

def hangs(p, images, labels):
    while True:
        pass

def crashes(p, images, labels):
    import os
    os._exit(7)
"""
INI = """
[pytest]
lenet_network = small.toml
lenet_regimes = signed
lenet_batches = 3, 1
addopts = -p no:randomly --strict-markers --strict-config
"""


def folder(pytester: pytest.Pytester, ini: str = "", **files: str) -> None:
    """A fresh folder with a network, subjects, and what an ini file says beside it."""
    pytester.path.joinpath("small.toml").write_text(SMALL)
    pytester.path.joinpath("net.py").write_text(RIGHT)
    pytester.path.joinpath("pytest.ini").write_text(INI + ini)
    for name, text in files.items():
        pytester.path.joinpath(name.replace("__", ".")).write_text(text)


def ran(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    """pytest with the plugin, within this one."""
    return pytester.runpytest_inprocess("-p", "verify.plugin", *words)


def ran_apart(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    """In a process of its own, which may have workers; their subjects are asked as ever."""
    path = os.pathsep.join([str(pytester.path), *filter(None, [os.environ.get("PYTHONPATH")])])
    base = f"--basetemp={pytester.path / 'apart'}"
    done = processes.ran(["-m", "pytest", base, "-p", "verify.plugin", *words], pytester.path,
                         {**os.environ, "PYTHONPATH": path}, offspring="-n" in words)  # fmt: skip
    return pytest.RunResult(done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), 0)
