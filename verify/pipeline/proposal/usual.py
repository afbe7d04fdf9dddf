"""Names that people give to the tensors of a LeNet, in PyTorch, Keras, TensorFlow, Caffe, d2l and
by hand: how well one fits a tensor of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lenet_ref.architecture import Architecture
from verify.expected.step import is_gradient

__all__ = ["FAMILIES", "GRADIENT", "WORDS", "Read", "in_turn", "likeliest", "likeness", "rank",
           "read", "resorted"]  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {
    "W": ("w", "weight", "weights", "kernel", "filter", "filters", "theta"),
    "b": ("b", "bias", "biases", "beta"),
    "x": ("x", "in", "input", "inputs"),
    "z": ("z", "pre", "preact", "linear", "u", "net", "logits"),
    "y": ("y", "out", "output", "a", "act", "activation", "h", "relu", "o"),
    "probs": ("p", "prob", "probs", "softmax", "yhat", "pred"),
    "data": ("loss", "cost", "j", "l", "error", "e"),
    "images": ("images", "image", "x", "input", "data"),
    "labels": ("labels", "label", "y", "target", "targets", "t"),
}
GRADIENT = ("grad", "grads", "gradient", "d", "delta", "diff", "bar", "g", "nabla")
FAMILIES: dict[str, tuple[str, ...]] = {
    "convolution": ("conv", "convolution", "c", "cnn", "features"),
    "affine": ("fc", "f", "dense", "linear", "ip", "full", "affine", "classifier", "output"),
    "rbf": ("rbf", "output", "euclidean"),
    "max_pool": ("pool", "maxpool", "mp", "s", "sub"),
    "average_pool": ("pool", "avgpool", "ap", "s", "sub", "avg"),
    "subsampling": ("pool", "s", "sub", "subsampling"),
}


@dataclass(frozen=True)
class Read:
    """words: of a name; number: the first one in it; gradient: it says that it is one; place: the
    number is a place in a list, as in ``net[3].weight`` or ``layers.3.weight``; family: its words
    for a family of layers."""

    words: frozenset[str]
    number: int | None
    gradient: bool
    place: bool
    family: str


@lru_cache(2**12)
def read(name: str) -> Read:
    """A name taken apart: ``fc1_dW``, ``conv2d_1/kernel:0``, ``dConv1.bias``, ``W3_grad``."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.removesuffix(":0"))
    words = re.findall(r"[a-z]+|\d+", text.replace("conv2d", "conv").replace("2d", "").lower())
    numbers = [int(word) for word in words if word.isdigit()]
    found = {word for word in words if not word.isdigit()}
    gradient = bool(found & {*GRADIENT})
    for word in list(found):
        rest = word[1:]
        known = {w for each in (*WORDS.values(), *FAMILIES.values()) for w in each}
        if word[0] == "d" and rest in known | {"d"} and word not in known:
            found |= {rest}
            gradient = True
    place = re.search(r"(^|[\[.])\d", name) is not None
    family = " ".join(sorted(found & {word for words in FAMILIES.values() for word in words}))
    return Read(frozenset(found), numbers[0] if numbers else None, gradient, place, family)


def likeness(name: str, ours: str, arch: Architecture) -> int:
    """How much a name of theirs speaks for a tensor of ours; 0: not at all."""
    if name == ours:
        return 20
    told, (layer, _, symbol) = read(name), ours.rpartition(".")
    gradient = is_gradient(symbol) and layer != ""
    kind = symbol.removeprefix("d") if gradient else symbol
    points = 3 * (told.gradient == gradient) + 4 * bool(told.words & {*WORDS.get(kind, ())})
    points += 5 * (layer.lower() != "" and layer.lower() in re.split(r"\W|_", name.lower()))
    found = next((each for each in arch.layers if each.name == layer), None)
    if found is None:
        return points
    points += 2 * bool(told.words & {*FAMILIES.get(found.family, ())})
    if told.place and not told.family:
        return points  # activations and pooling are counted too
    return points + 3 * (told.number == rank(told, layer, arch))


def rank(told: Read, layer: str, arch: Architecture) -> int:
    """Which number a layer has in names of that kind, from 1: among those of its family, where a
    name speaks of one, else among those with parameters; 0 if it is none of them."""
    found = next((each for each in arch.layers if each.name == layer), None)
    if found is None:
        return 0
    same = [each.name for each in arch.layers
            if (each.family == found.family if told.family else each.parameter_shapes)]  # fmt: skip
    return same.index(layer) + 1 if layer in same else 0


def likeliest(name: str, free: Sequence[str], arch: Architecture) -> str | None:
    """Of parameters that have no name yet the one whose name this most likely is.  None is asked
    for by a gradient's name: the d of ``d1_w`` is of something else, a dense layer perhaps."""
    lost = 3 * read(name).gradient
    points = {ours: likeness(name, ours, arch) + lost for ours in free}
    best = max(points, key=lambda ours: points[ours], default=None)
    return best if best is not None and points[best] > 6 else None


def resorted(names: Mapping[str, str], arch: Architecture) -> dict[str, str]:
    """The same names for the same parameters, places in a list in the order of the layers: in which
    order they were asked for says nothing."""
    found, kinds = dict(names), dict[str, list[str]]()
    for name in names:
        if read(name).place:
            kinds.setdefault(re.sub(r"\d+", "#", name), []).append(name)
    layers = [layer.name for layer in arch.layers]
    for group in kinds.values():
        theirs = sorted(group, key=lambda name: read(name).number or 0)
        ours = sorted((names[n] for n in group), key=lambda t: layers.index(t.rpartition(".")[0]))
        found |= zip(theirs, ours, strict=True)
    return found


def in_turn(name: str, free: Sequence[str], arch: Architecture) -> str | None:
    """Of parameters that have no name yet the first of its kind: who asks for ``net[3].weight``
    after ``net[0].weight`` asks in the order of the layers."""
    words = read(name).words
    kind = [ours for ours in free if words & {*WORDS.get(ours.rpartition(".")[2], ())}]
    return next(iter(kind or free), None)
