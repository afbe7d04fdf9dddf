"""A network written down: tables and lists, as TOML or JSON hold them, made into an architecture.

    name = "mine"
    input = [1, 28, 28]                  # (C, H, W), or [D]
    layers = [
      { name = "conv1", family = "convolution", maps = 6, kernel = 5, padding = 2 },
      { name = "pool1", family = "average_pool", window = 2 },
      { name = "fc1", family = "affine", units = 10, activation = "identity" },
    ]
    loss = { family = "cross_entropy" }  # or none: an upstream gradient is handed in

Sizes follow from the input.  Names are free; options and their defaults are those of the family's
file in lenet_ref/specs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lenet_ref import families
from lenet_ref.architecture import Architecture, lenet_1998, modern
from lenet_ref.errors import OptionError, ShapeError
from lenet_ref.specs.activation import canonical
from lenet_ref.specs.layer import Layer, Shape, activation_of
from lenet_ref.specs.loss import Loss
from lenet_ref.written_options import LARGEST, known, nearest, settled

__all__ = ["APART", "KEYS", "MOST_LAYERS", "OF", "TAKEN", "described"]  # fmt: skip
KEYS = ("name", "about", "input", "layers", "loss")
MOST_LAYERS = 64
TAKEN = ("loss", "images", "labels", "given", "upstream")
"""Names that mean something else in a trace."""
OF = {"j": ("map",), "smoothing": ("cross_entropy",)}
"""Options of a loss that some kinds alone have."""
APART = ("kind", "reduction", "gradient")
"""Of a loss what is not written down: a sum over the batch is a convention of a submission."""


def described(found: Mapping[str, Any], where: str, name: str = "") -> Architecture:
    """The network that tables describe.

    Args:
        where: what messages begin with, a file; name: where the description has none.
    Raises:
        OptionError, ShapeError: one line with the layer, what was found and what was expected.
    """
    known(where, found, KEYS)
    title = _name(f"{where}: name", found.get("name", name))
    shape = _input(f"{where}: input", found.get("input"))
    layers: list[Layer] = []
    for number, given in enumerate(_layers(where, found), 1):
        layer = _layer(f"{where}: layer {number}", given, shape)
        if layer.name in {each.name for each in layers}:
            raise OptionError("two layers of one name", where=where, got=layer.name)
        layers.append(layer)
        shape = layer.output_shape
    loss = None if found.get("loss") is None else _loss(f"{where}: loss", found["loss"], layers[-1])
    made = Architecture(title, tuple(layers), loss, about=_about(where, found))
    return _not_another(made, where)


def _about(where: str, found: Mapping[str, Any]) -> str:
    text = found.get("about", "")
    if not isinstance(text, str):
        raise OptionError("not a text", where=f"{where}: about", got=type(text).__name__)
    return text


def _not_another(arch: Architecture, where: str) -> Architecture:
    """The names of the two networks that are derived in full are theirs."""
    taken = (modern(), lenet_1998())
    if arch.variant in [own.variant for own in taken] and arch not in taken:
        raise OptionError("the name of another network", where=f"{where}: name", got=arch.variant,
                          fix="choose a name of its own")  # fmt: skip
    return arch


def _name(where: str, name: Any) -> str:
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][\w-]{0,39}", name):
        raise OptionError("unusable name", where=where, got=repr(name)[:80],
                          expected="letters, digits, - and _, 40 at most")  # fmt: skip
    return name


def _input(where: str, shape: Any) -> Shape:
    fits = isinstance(shape, list) and len(shape) in (1, 3)
    if not fits or not all(type(n) is int and 1 <= n <= LARGEST for n in shape):
        raise OptionError("unusable value", where=where, got=repr(shape)[:80],
                          expected="[C, H, W], for example [1, 28, 28], or [D]")  # fmt: skip
    return tuple(shape)


def _layers(where: str, found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    layers = found.get("layers")
    if not isinstance(layers, list) or not 1 <= len(layers) <= MOST_LAYERS:
        raise OptionError("unusable value", where=f"{where}: layers", got=repr(layers)[:80],
                          expected=f"a list of 1 to {MOST_LAYERS} layers")  # fmt: skip
    if other := [each for each in layers if not isinstance(each, Mapping)]:
        raise OptionError("not a table", where=f"{where}: layers", got=repr(other[0])[:80],
                          expected='{ name = "C1", family = "convolution", ... }')  # fmt: skip
    return layers


def _layer(where: str, given: Mapping[str, Any], shape: Shape) -> Layer:
    name = _name(f"{where}: name", given.get("name"))
    where = f"{where} ({name})"
    if name in TAKEN or name.startswith("-"):
        raise OptionError("a name that means something else", where=where, got=name)
    kinds = families.layers()
    kind = kinds.get(str(given.get("family")))
    if kind is None:
        raise OptionError("no such family", where=where, got=repr(given.get("family"))[:80],
                          expected=nearest(given.get("family"), kinds))  # fmt: skip
    own = {key: value for key, value in given.items() if key not in ("name", "family")}
    options = settled(kind, where, own, ("name", *kind.read))
    layer = kind(name=name, **_read(kind, where, shape), **options)
    return _fitting(layer, where, shape)


def _read(kind: type[Layer], where: str, shape: Shape) -> dict[str, Any]:
    """Fields that follow from what comes in."""
    if "size" not in kind.read:
        return {kind.read[0]: math.prod(shape)}
    if len(shape) != 3:
        raise ShapeError("reads a volume", where=where, got=f"a vector of {shape[0]}",
                         expected="(C, H, W): put it before the fully connected layers"
                         )  # fmt: skip
    return {kind.read[0]: shape[0], "size": shape[1:]}


def _fitting(layer: Layer, where: str, shape: Shape) -> Layer:
    """The layer with its activation in one spelling, if it has an output and there is such a one.

    Raises:
        OptionError, ShapeError: it has not, or its own check says no.
    """
    if written := activation_of(layer):
        layer = replace(layer, activation=canonical(written, where))  # type: ignore[call-arg]
    if wrong := layer.unfit():
        raise ShapeError("does not fit", where=where, got=f"an input of {_times(shape)}",
                         expected=wrong)  # fmt: skip
    return layer


def _times(shape: Shape) -> str:
    return "x".join(map(str, shape))


def _loss(where: str, given: Any, last: Layer) -> Loss:
    if not isinstance(given, Mapping):
        raise OptionError("not a table", where=where, got=repr(given)[:80],
                          expected='{ family = "cross_entropy" }')  # fmt: skip
    kind = given.get("family")
    if kind not in families.losses():
        raise OptionError("no such family", where=where, got=repr(kind)[:80],
                          expected=nearest(kind, families.losses()))  # fmt: skip
    own = {key: value for key, value in given.items() if key != "family"}
    spec = families.loss_spec(kind)
    if len(last.output_shape) != 1 or last.output_shape[0] < 2:
        raise ShapeError("has no scores of classes", where=f"{where}: {last.name}",
                         got=_times(last.output_shape), expected="(K,), K classes",
                         fix="end with a fully connected layer")  # fmt: skip
    options = settled(spec, where, own, _apart(kind))
    try:
        return spec(kind=kind, **options)
    except OptionError as error:  # of a value out of range, by the spec, which knows no file
        raise OptionError(error.what, where=f"{where}: {error.where}", got=error.got,
                          expected=error.expected) from None  # fmt: skip


def _apart(kind: str) -> tuple[str, ...]:
    """Fields of a loss that are another's, or nobody's to write down."""
    regularised = families.room("lenet_ref.losses", (kind,), "REGULARISED")
    others = [name for name, of in OF.items() if kind not in of]
    if not regularised[kind].REGULARISED:
        others.append("reg")
    return (*APART, *others)
