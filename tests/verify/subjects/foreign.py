"""LeNet-5 as another framework has it: maps last, kernels HWIO, (D, K), C5 fully connected on what
was flattened with its maps last, and names of its own.

Everything is turned by hand here, so that a mapping has something independent to do.  Run as a
script it is a program: python foreign.py inputs outputs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[3]))  # a program knows no test settings

from lenet_ref import modern
from lenet_ref.network import run
from tests.nets import MNIST28

MAPPING = """[names]
"*_kernel" = "*.W"
"*_bias" = "*.b"
"grad_*_kernel" = "*.dW"
"grad_*_bias" = "*.db"
X = "images"
out_C3 = "C3.y"

[layout]
volumes = "NHWC"
convolution = "HWIO"
affine = "in-out"
covering = "full"
""".replace('"*_kernel"', '"k_*"').replace('"*_bias"', '"b_*"')
"""Of what is given and handed back."""
SYMBOLS = {"W": "k_{}", "b": "b_{}", "dW": "grad_{}_kernel", "db": "grad_{}_bias"}


def named(name):
    layer, _, symbol = name.partition(".")
    if name == "C3.y":
        return "out_C3"
    return SYMBOLS[symbol].format(layer) if symbol in SYMBOLS else name


def to_theirs(name, value):
    layer, _, symbol = name.partition(".")
    if symbol in ("W", "dW"):
        if layer == "C5":
            return value.transpose(2, 3, 1, 0).reshape(400, 120)
        return value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T
    if value.ndim == 4:
        moved = value.transpose(0, 2, 3, 1)
        return moved.reshape(len(value), -1) if layer == "C5" else moved
    return value


def weights_to_ours(layer, W):
    if layer == "C5":
        return W.reshape(5, 5, 16, 120).transpose(3, 2, 0, 1)
    return W.transpose(3, 2, 0, 1) if W.ndim == 4 else W.T


def tensors(parameters, images, labels):
    """Ours in, theirs out under our names."""
    found = run(modern(), parameters, images, labels)
    return {name: to_theirs(name, np.asarray(value)) for name, value in found.items()}


def framework(parameters, images, labels):
    """Theirs in, theirs out."""
    ours = {}
    for layer in ("C1", "C3", "C5", "F6", "F7"):
        ours[f"{layer}.W"] = weights_to_ours(layer, parameters[f"k_{layer}"])
        ours[f"{layer}.b"] = parameters[f"b_{layer}"]
    found = tensors(ours, images.transpose(0, 3, 1, 2), labels)
    return {named(name): value for name, value in found.items()}


def mistaken(parameters, images, labels):
    """The gradient of F6's weights doubled at one place of theirs."""
    found = framework(parameters, images, labels)
    changed = found["grad_F6_kernel"].copy()
    place = np.unravel_index(np.abs(changed).argmax(), changed.shape)
    changed[place] *= 2
    return found | {"grad_F6_kernel": changed}


def turning(parameters, images, labels):
    """Ours in, under our names; theirs out, under theirs."""
    return {named(name): v for name, v in tensors(parameters, images, labels).items()}


def unnamed(parameters, images, labels):
    """Ours in, theirs out, under our names."""
    return tensors(parameters, images, labels)


def maps_last(value):
    """The last axis, 256 = (16, 4, 4), flattened with its maps last."""
    split = value.reshape(len(value), 16, 4, 4)
    return split.transpose(0, 2, 3, 1).reshape(len(value), 256)


def maps_first(value):
    """And back."""
    split = value.reshape(len(value), 4, 4, 16)
    return split.transpose(0, 3, 1, 2).reshape(len(value), 256)


def behind_a_volume(parameters, images, labels):
    """MNIST28 of tests/nets.py; fc1's inputs and the D of its weights with their maps last."""
    ours = {**parameters, "fc1.W": maps_first(parameters["fc1.W"])}
    found = {name: np.asarray(v) for name, v in run(MNIST28, ours, images, labels).items()}
    flat = [f"fc1.{symbol}" for symbol in ("x", "a", "W", "dx", "da", "dW")]
    return found | {name: maps_last(found[name]) for name in flat}


def main(inputs, outputs):
    manifest = json.loads((inputs / "manifest.json").read_text())["tensors"]
    arrays = {}
    for name, entry in manifest.items():
        flat = np.fromfile(inputs / f"{name}.bin", dtype=entry["dtype"])
        arrays[name] = flat.reshape(entry["shape"])
    images, labels = arrays.pop("X"), arrays.pop("labels")
    for name, value in framework(arrays, images, labels).items():
        np.ascontiguousarray(value).tofile(outputs / f"{name}.bin")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
