"""An architecture written down as TOML, as :mod:`lenet_ref.description` reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any

from lenet_ref import connections
from lenet_ref.architecture import Architecture
from lenet_ref.description import APART
from lenet_ref.specs.layer import Layer
from lenet_ref.written_options import TABLE_I, written_name

__all__ = ["SAID", "tables", "toml"]
SAID = ("kernel", "window", "activation")
"""Options that are written down whatever they are, for whoever changes the file."""


def tables(arch: Architecture) -> dict[str, Any]:
    """The network as tables, lists, texts and numbers; what is as by default is left out."""
    found: dict[str, Any] = {"name": arch.variant}
    found |= {"about": arch.about} if arch.about else {}
    found |= {"input": list(arch.input_shape), "layers": [_layer(layer) for layer in arch.layers]}
    if arch.loss is not None:
        found["loss"] = {"family": arch.loss.kind, **dict(_options(arch.loss, APART))}
    return found


def _layer(layer: Layer) -> dict[str, Any]:
    options = dict(_options(layer, ("name", *layer.read)))
    return {"name": layer.name, "family": layer.family, **options}


def _options(spec: Any, apart: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """What differs from the default, and what is always said."""
    for field in fields(spec):
        value = getattr(spec, field.name)
        if field.name not in apart and _told(field, value):
            yield written_name(field.name), _plain(value)


def _told(field: Field[Any], value: Any) -> bool:
    return value != field.default or (field.name in SAID and value != "")


def _plain(value: Any) -> Any:
    """One number for an equal pair; a list for a tuple."""
    if value == connections.TABLE_I:
        return TABLE_I
    if not isinstance(value, tuple):
        return value
    equal = len(value) == 2 and isinstance(value[0], int) and value[0] == value[1]
    return value[0] if equal else [_plain(each) if isinstance(each, int) else list(each)
                                   for each in value]  # fmt: skip


def toml(arch: Architecture) -> str:
    """The network as a TOML file, a layer a line."""
    lines = []
    for key, value in tables(arch).items():
        if key == "layers":
            rows = [f"  {_text(row)}," for row in value]
            lines += ["layers = [", *rows, "]"]
        else:
            lines.append(f"{key} = {_text(value)}")
    return "\n".join([*lines, ""])


def _text(value: Any) -> str:
    """A value in TOML; its texts, numbers and lists are written as in JSON."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_text(each)}" for key, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
