"""Dumps of right networks as strangers hand them in: renamed, in other layouts, more or less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture, Layer
from lenet_ref.specs.pool import Pool
from verify.cases.case import Case, from_the_loss
from verify.cases.plan import Job
from verify.exchange.axes import Axes
from verify.exchange.layout import Layout
from verify.judge.kinks import KINK_FREE, kink_free
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[np.floating]]
Name = Callable[[Architecture, str], str]
GRADIENTS, OUTPUTS = ("dW", "db"), ("dW", "db", "y", "data")
TENSORFLOW = {"volumes": "NHWC", "convolution": "HWIO", "affine": "in-out", "flatten": "HWC"}


def place(arch: Architecture, tensor: str) -> tuple[str, int, str]:
    """Kind of its layer (conv, fc, pool), its number among those, and the symbol."""
    name, _, symbol = tensor.rpartition(".")

    def kind(layer: Layer) -> str:
        if isinstance(layer, Pool):
            return "pool"
        return "conv" if layer.family == "convolution" else "fc"

    layer = next(each for each in arch.layers if each.name == name)
    alike = [each.name for each in arch.layers if kind(each) == kind(layer)]
    return kind(layer), alike.index(name) + 1, symbol


def pytorch(arch: Architecture, tensor: str) -> str:
    """``conv1.weight.grad``."""
    if tensor == "loss.data":
        return "loss"
    kind, number, symbol = place(arch, tensor)
    word = {"dW": "weight.grad", "db": "bias.grad", "y": "output"}[symbol]
    return f"{kind}{number}.{word}"


def keras(arch: Architecture, tensor: str) -> str:
    """``grad/conv2d_1/kernel``."""
    if tensor == "loss.data":
        return "loss_value"
    kind, number, symbol = place(arch, tensor)
    layer = {"conv": "conv2d", "fc": "dense", "pool": "pool"}[kind]
    if symbol == "y":
        return f"{layer}_{number}/out"
    return f"grad/{layer}_{number}/{'kernel' if symbol == 'dW' else 'bias'}"


def caffe(arch: Architecture, tensor: str) -> str:
    """``ip1_w_diff``."""
    if tensor == "loss.data":
        return "loss"
    kind, number, symbol = place(arch, tensor)
    layer = {"conv": "conv", "fc": "ip", "pool": "pool"}[kind]
    return f"{layer}{number}" + {"dW": "_w_diff", "db": "_b_diff", "y": ""}[symbol]


def by_hand(arch: Architecture, tensor: str) -> str:
    """``dW3``: the third layer with parameters."""
    if tensor == "loss.data":
        return "J"
    name, _, symbol = tensor.rpartition(".")
    trained = [each.name for each in arch.layers if each.parameter_shapes]
    if symbol == "y":
        return f"a_{name}"
    return f"{symbol}{trained.index(name) + 1}"


@dataclass(frozen=True)
class Stranger:
    """network: a preset; name: how tensors are called; chosen: how they lie; symbols: of what is
    handed in; tier: of the case."""

    network: str
    name: Name
    chosen: tuple[tuple[str, str], ...] = ()
    symbols: tuple[str, ...] = GRADIENTS
    tier: str = "float64"

    @property
    def case(self) -> Case:
        """Without a kink in the way."""
        return drawn(self.network, self.tier)

    @property
    def layout(self) -> Layout:
        """How its arrays lie."""
        return Layout(chosen=dict(self.chosen))

    def handed(self, trace: Arrays) -> Arrays:
        """What it hands in of a trace."""
        arch, axes = self.case.arch, Axes(self.case.arch, self.case.batch, self.layout)
        wanted = [t for t in trace if self._wanted(t)]
        return {self.name(arch, t): axes.theirs(t, np.asarray(trace[t])) for t in wanted}

    def _wanted(self, tensor: str) -> bool:
        layer, _, symbol = tensor.rpartition(".")
        return symbol in self.symbols and (layer != "loss" or symbol == "data")

    def called(self, tensor: str) -> str:
        """Its name of a tensor."""
        return self.name(self.case.arch, tensor)


@cache
def drawn(network: str, tier: str) -> Case:
    return from_the_loss(kink_free(Job(network, KINK_FREE, tier, 3)).case())


@cache
def right(network: str, tier: str) -> Arrays:
    return dict(reference(drawn(network, tier)))


def lying(**chosen: str) -> tuple[tuple[str, str], ...]:
    return tuple(chosen.items())


TWENTY = (
    Stranger("modern", pytorch),
    Stranger("modern", pytorch, symbols=OUTPUTS),
    Stranger("modern", keras, lying(convolution="HWIO", affine="in-out", volumes="NHWC"),
             OUTPUTS),
    Stranger("modern", by_hand, lying(covering="full", affine="in-out")),
    Stranger("modern", caffe, lying(convolution="matrix-transposed"), tier="float32"),
    Stranger("1998", by_hand, lying(convolution="WHIO", affine="in-out")),
    Stranger("1998", pytorch, lying(volumes="NHWC"), OUTPUTS),
    Stranger("mnist28", keras, tuple(TENSORFLOW.items()), OUTPUTS),
    Stranger("mnist28", keras, tuple(TENSORFLOW.items()), tier="float32"),
    Stranger("mnist28", by_hand, lying(affine="in-out")),
    Stranger("mnist28", caffe, lying(convolution="matrix", affine="in-out", flatten="WHC")),
    Stranger("pad2", pytorch, lying(flatten="HWC")),
    Stranger("pad2", keras, lying(convolution="HWIO", affine="in-out")),
    Stranger("d2l", pytorch, symbols=OUTPUTS),
    Stranger("d2l", by_hand, lying(convolution="IOHW", affine="in-out")),
    Stranger("caffe", caffe, symbols=OUTPUTS),
    Stranger("caffe", caffe, lying(convolution="matrix-HWIO"), tier="float32"),
    Stranger("tanh-average", pytorch, lying(covering="full")),
    Stranger("no-f6", by_hand, lying(convolution="HWIO", volumes="NHWC"), OUTPUTS),
    Stranger("cifar", keras, tuple(TENSORFLOW.items()), OUTPUTS),
)  # fmt: skip
