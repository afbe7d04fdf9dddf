"""A mapping: somebody else's names, layouts and conventions, declared once in a TOML file.

    [names]                      # theirs = ours; "" ignores an array
    conv1_weight = "C1.W"
    "*.weight" = "*.W"           # a * is any text, the same on both sides

    [layout]
    volumes = "NHWC"             # NCHW
    convolution = "HWIO"         # OIHW, OHWI, IOHW, WHIO (all axes reversed); matrix, matrix-HWIO:
                                 # (C kh kw, K), (kh kw C, K); matrix-transposed, matrix-OHWI:
                                 # (K, C kh kw), (K, kh kw C)
    affine = "in-out"            # out-in
    flatten = "HWC"              # CHW, the network's own: how a volume lies in the vector that a
                                 # fully connected layer reads; WHC: column-major
    covering = "full"            # convolution: one whose kernel covers its input is fully connected
    C5 = "full"                  # convolution: the same of old
    inputs = "ours"              # theirs: a function or a program is given our names and layouts

    [conventions]
    loss = "sum"                 # mean: loss and every gradient N times as large; half, half-sum:
                                 # 1/2 of the mean, of the sum
    gradients = "sum"            # mean: every gradient N times as large, the loss a mean;
                                 # "parameters": N times as large on the way, 1/N at dW and db
    sign = "negative"            # positive: every gradient times -1, to be added to the weights
    update = 0.01                # none: dW and db read from (W - W') / 0.01
    regulariser = "no-half"      # half: reg ||W||^2 instead of reg/2 ||W||^2
    subsampling = "average"      # sum
    rbf = "half"                 # whole: distances 1/2 sum (x - w)^2
    ties = "all"                 # first: in a pooling window each of equal maxima gets the whole
                                 # gradient; divided: its share; last, column-major: that one
    relu = "one-at-zero"         # zero-at-zero: the derivative of ReLU at 0
    masked = "earlier"           # later: a layer's dx, the dy of the layer below, holds what is dz
                                 # there; before-pooling: above a maximum of ReLUs, too

    [expect]
    absent = ["C1.a", "*.z"]     # never asked for, whatever is required

The values that comments begin with are the defaults.  Only what is declared is undone: the same
factor unannounced is a mistake.

Names and layouts are of both ways: who answers is *given* images and parameters in them, under its
own names, and hands its tensors back in them; with ``inputs = "ours"`` it is given ours and turns
them itself.  Conventions are of what comes back.

A literal name goes before a pattern; a pattern has as many * on either side, two at most; a name
that nothing matches stays as it is.  ``flatten`` moves D of W, x, a and of their gradients in a
layer that reads a volume as a vector.  Of a covering convolution that is fully connected W lies as
``affine`` and ``flatten`` say, its x and y are vectors; where ``flatten`` is not said and volumes
are NHWC it is HWC there, but for ``a`` and ``da``.  Other matrix forms are always ours: columns
(c, u, v).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property

from lenet_ref.specs.max_pool import TIES
from verify.errors import InputError
from verify.exchange.names import Names

__all__ = ["CHOICES", "PLAIN", "RATE", "Layout"]
RATE = "a learning rate"
"""A choice that is a number above 0."""

CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "layout": {
        "volumes": ("NCHW", "NHWC"),
        "convolution": (
            *("OIHW", "HWIO", "OHWI", "IOHW", "WHIO"),
            *("matrix", "matrix-transposed", "matrix-HWIO", "matrix-OHWI"),
        ),
        "affine": ("out-in", "in-out"),
        "flatten": ("CHW", "HWC", "WHC"),
        "covering": ("convolution", "full"),
        "C5": ("convolution", "full"),
        "inputs": ("theirs", "ours"),
    },
    "conventions": {
        "loss": ("mean", "sum", "half", "half-sum"),
        "gradients": ("mean", "sum", "parameters"),
        "sign": ("positive", "negative"),
        "update": ("none", RATE),
        "regulariser": ("half", "no-half"),
        "subsampling": ("sum", "average"),
        "rbf": ("whole", "half"),
        "ties": TIES,
        "relu": ("zero-at-zero", "one-at-zero"),
        "masked": ("later", "earlier", "before-pooling"),
    },
}
"""Table, key, values; the first is the default."""
_DEFAULTS = {key: values[0] for keys in CHOICES.values() for key, values in keys.items()}


@dataclass(frozen=True)
class Layout:
    """names: theirs to ours, patterns among them; chosen: key to value of both other tables;
    absent: patterns.

    Raises:
        InputError: C5 and covering contradict each other.
    """

    names: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        said = {self.chosen[key] for key in ("covering", "C5") if key in self.chosen}
        if len(said) > 1:
            raise InputError("two words for one choice disagree", where="C5, covering",
                             got=" and ".join(sorted(said)), fix="say covering alone")  # fmt: skip

    def __getitem__(self, key: str) -> str:
        return self._every[key]

    @cached_property
    def _every(self) -> dict[str, str]:
        """Key to value, said or not: a search asks for them a million times."""
        covering = {"covering": self.chosen["C5"]} if "C5" in self.chosen else {}
        return {**_DEFAULTS, **covering, **self.chosen}

    @cached_property
    def lying(self) -> tuple[str, str, str, bool, str | None]:
        """All that says how an array lies: volumes, filters, affine weights, covering convolutions
        in full, and the order of flattening, if one is said."""
        axes = self["volumes"], self["convolution"], self["affine"]
        return *axes, self.full, self.chosen.get("flatten")

    @cached_property
    def _named(self) -> Names:
        return Names(self.names)

    @property
    def full(self) -> bool:
        """A convolution whose kernel covers its whole input is a fully connected layer."""
        return self["covering"] == "full"

    @property
    def plain(self) -> bool:
        """Nothing is said of names, nor of how arrays lie."""
        said = (key for key in CHOICES["layout"] if key != "inputs")
        return not self.names and all(self[key] == _DEFAULTS[key] for key in said)

    def choosing(self, key: str, value: str) -> Layout:
        """The same with one more choice.

        Raises:
            InputError: it contradicts another.
        """
        return replace(self, chosen={**self.chosen, key: value})

    def also(self, choices: Mapping[str, str]) -> Layout:
        """The same with other choices, in place of what contradicts them."""
        kept = {k: v for k, v in self.chosen.items() if k != "C5" or "covering" not in choices}
        return replace(self, chosen={**kept, **choices})

    def without(self, key: str) -> Layout:
        """The same with one choice taken back."""
        return replace(self, chosen={k: v for k, v in self.chosen.items() if k != key})

    def ours(self, theirs: str) -> str:
        """Our name of an array of theirs; empty if it is to be ignored."""
        return self._named.ours(theirs)

    def theirs(self, ours: str) -> str:
        """Their name of one of our tensors; ours if they have none.

        Raises:
            InputError: they have two.
        """
        return self._named.theirs(ours)

    def excused(self, tensor: str) -> bool:
        """Declared absent."""
        return any(fnmatchcase(tensor, pattern) for pattern in self.absent)


PLAIN = Layout()
