"""Networks as data, and the two that are derived in full, their options under their names."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from lenet_ref import connections
from lenet_ref.errors import OptionError
from lenet_ref.specs.affine import Affine
from lenet_ref.specs.convolution import Convolution
from lenet_ref.specs.layer import Layer, Shape
from lenet_ref.specs.loss import Loss
from lenet_ref.specs.max_pool import MaxPool
from lenet_ref.specs.rbf import RadialBasis
from lenet_ref.specs.subsampling import Subsampling

__all__ = ["READINGS", "VARIANTS", "Affine", "Architecture", "Convolution", "Layer", "Loss",
           "MaxPool", "RadialBasis", "Subsampling", "Variant", "lenet_1998", "modern"]  # fmt: skip
Variant = Literal["modern", "1998"]
VARIANTS: tuple[Variant, ...] = ("modern", "1998")
READINGS = ("paper", "seed", "linear")


@dataclass(frozen=True)
class Architecture:
    """A network: its name (variant), its layers in order, its loss and the options that chose them.

    masked: where an error is multiplied by the derivative of an activation: "later", in the layer
    that has it; "earlier", in the layer above, before it is handed down; "before-pooling", even
    above a maximum of rectified numbers.  about: what it is, in a sentence; origin: the file that
    it was described in.
    """

    variant: str
    layers: tuple[Layer, ...]
    loss: Loss | None
    options: str = field(default="default")
    masked: str = "later"
    about: str = field(default="", compare=False)
    origin: str = field(default="", compare=False)

    @property
    def input_shape(self) -> Shape:
        """Of one input: (C, H, W), or (D,) when the first layer is fully connected."""
        return self.layers[0].input_shape

    @property
    def output_shape(self) -> Shape:
        """Of one output of the last layer: (K,) or (K, OH, OW)."""
        return self.layers[-1].output_shape

    @property
    def classes(self) -> int:
        """Number of classes the loss sees; 0 where the last layer gives a volume."""
        shape = self.output_shape
        return shape[0] if len(shape) == 1 else 0


def modern(channels: int = 1, reg: float = 0.0, reading: str = "paper") -> Architecture:
    """The seed's second network: 61,706 parameters with one input channel.

    Args:
        channels: 1, or 3 for the source's table (erratum S4).
        reg: coefficient of the L2 regulariser on W1, W3, W5, W6, W7.
        reading: "paper", or "linear" (no ReLU) for probing.
    Raises:
        OptionError: an option out of range.
    """
    _one_of("reading", reading, ("paper", "linear"))
    if channels < 1:
        raise OptionError("unusable value", where="channels", got=channels, expected="1 or more")
    if not 0 <= reg < math.inf:
        raise OptionError("unusable value", where="reg", got=reg, expected="a number >= 0")
    f = "relu" if reading == "paper" else "identity"
    layers = (
        Convolution("C1", channels, 6, (32, 32), activation=f),
        MaxPool("S2", 6, (28, 28)),
        Convolution("C3", 6, 16, (14, 14), activation=f),
        MaxPool("S4", 16, (10, 10)),
        Convolution("C5", 16, 120, (5, 5), activation=f),
        Affine("F6", 120, 84, activation=f),
        Affine("F7", 84, 10, activation="identity"),
    )
    named = {"channels": (channels, 1), "reg": (reg, 0.0), "reading": (reading, "paper")}
    about = "derived in full: ReLU, max pooling, softmax"
    return Architecture(
        "modern", layers, Loss("cross_entropy", reg=reg), _options(named), about=about
    )


def lenet_1998(
    loss: str = "mle",
    j: float = 1.0,
    learned_codes: bool = False,
    subsampling: str = "sum",
    reading: str = "paper",
) -> Architecture:
    """The network of the paper: 60,000 trainable parameters, 340,908 connections.

    Args:
        loss: "mle" (eq. 8) or "map" (eq. 9).
        j: the rubbish class of eq. 9; the paper gives no value.
        learned_codes: also differentiate the RBF codes (meaningful under "map" only: with
            "mle" learned codes collapse).
        subsampling: "sum" (section II-B) or "average" (section II-A).
        reading: "paper"; "seed": the source taken literally, logistic after S2 and S4, tanh at
            F6, nothing after C1, C3, C5; "linear": no activation at all, for exact probing.
    """
    _one_of("loss", loss, ("mle", "map"))
    _one_of("subsampling", subsampling, ("sum", "average"))
    _one_of("reading", reading, READINGS)
    if not 0 < j < math.inf:
        raise OptionError("unusable value", where="j", got=j, expected="a number > 0")
    if learned_codes and loss == "mle":
        raise OptionError(
            "learned codes collapse under eq. 8", where="learned_codes", fix="use loss='map'"
        )
    conv, pool, full = {
        "paper": ("squash", "squash", "squash"),
        "seed": ("identity", "logistic", "tanh"),
        "linear": ("identity", "identity", "identity"),
    }[reading]
    layers = (
        Convolution("C1", 1, 6, (32, 32), activation=conv),
        Subsampling("S2", 6, (28, 28), reading=subsampling, activation=pool),
        Convolution("C3", 6, 16, (14, 14), activation=conv, table=connections.TABLE_I),
        Subsampling("S4", 16, (10, 10), reading=subsampling, activation=pool),
        Convolution("C5", 16, 120, (5, 5), activation=conv),
        Affine("F6", 120, 84, activation=full),
        RadialBasis("F7", 84, 10, learned=learned_codes),
    )
    named = {
        "loss": (loss, "mle"),
        "j": (j, 1.0),
        "learned_codes": (learned_codes, False),
        "subsampling": (subsampling, "sum"),
        "reading": (reading, "paper"),
    }
    about = "derived in full: Table I, trainable subsampling, RBF"
    return Architecture("1998", layers, Loss(loss, j=j), _options(named), about=about)


def _options(named: dict[str, tuple[object, object]]) -> str:
    """Options that differ from their default, as ``name=value`` in a fixed order."""
    return ",".join(f"{k}={v}" for k, (v, default) in named.items() if v != default) or "default"


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise OptionError(
            "no such choice", where=name, got=repr(value), expected=" or ".join(allowed)
        )
