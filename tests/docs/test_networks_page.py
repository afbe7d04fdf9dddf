"""docs/networks.md: its tables of options are the specs', its networks and counts are there."""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, Field, fields
from typing import Any

import pytest

from lenet_ref import families
from lenet_ref.description import APART, OF, described
from lenet_ref.errors import OptionError
from lenet_ref.networks import PRESETS
from lenet_ref.specs.activation import APART as APART_NAMES
from lenet_ref.specs.activation import names
from lenet_ref.specs.layer import activation_of
from lenet_ref.specs.loss import Loss
from lenet_ref.specs.squared_error import SquaredError
from lenet_ref.written_options import written_name
from tests.docs.derivation import ROOT

PAGE = (ROOT / "docs" / "networks.md").read_text()
ROWS = {name: cell
        for names, cell in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (.*) \|$", PAGE, re.MULTILINE)
        for name in re.findall(r"\w+", names)}  # fmt: skip
LAYERS = families.layers()


def written(cell: str) -> dict[str, Any]:
    """Options of a row, with their defaults; None where there is none to tell."""
    outside = re.sub(r"\([^()]*\)", lambda found: found[0] if "`" not in found[0] else "", cell)
    found = re.findall(r"`(\w+)(?: = ([^`]+))?`", outside)
    return {name: tomllib.loads(f"v = {value}")["v"] if value else None for name, value in found}


def default(field: Field[Any]) -> Any:
    """As it is written down: one number for both directions."""
    value = None if field.default is MISSING else field.default
    return value[0] if isinstance(value, tuple) and len({*value}) == 1 else value


@pytest.mark.parametrize("family", sorted(LAYERS))
def test_options_of_a_layer(family: str) -> None:
    kind = LAYERS[family]
    own = {written_name(f.name): default(f) for f in fields(kind) if f.name not in kind.read}
    told = written(ROWS[family])
    assert told.keys() == own.keys() - {"name"}
    said = {name: value for name, value in told.items() if value is not None}
    assert said == {name: own[name] for name in said}


@pytest.mark.parametrize("name", families.losses())
def test_options_of_a_loss(name: str) -> None:
    kind = SquaredError if name == "squared_error" else Loss
    there = [f for f in fields(kind) if f.name not in APART and name in OF.get(f.name, (name,))]
    told = {k: v for k, v in written(ROWS[name]).items() if k != "j" or name != "mle"}  # one row
    assert told == {f.name: default(f) for f in there}


def test_activations_can_be_written_as_the_page_has_them() -> None:
    found = re.findall(
        r"`([a-z]\w*(?:\([^()]*\))?)`", PAGE.split("| activation |")[1].split("\n\n")[0]
    )
    assert {text.partition("(")[0] for text in found} == {*names()} - {*APART_NAMES}
    for text in found:
        layer = {"name": "f", "family": "affine", "units": 3, "activation": text}
        arch = described({"name": "mine", "input": [4], "layers": [layer]}, "page")
        assert activation_of(arch.layers[0]) == text


@pytest.mark.parametrize("order", ["CHW", "HWC", "WHC", "XYZ"])
def test_orders_of_flattening(order: str) -> None:
    """None that is read as another: WHC is a layout of a submission, not of a network."""
    layer = {"name": "f", "family": "affine", "units": 3, "flatten": order}
    network = {"name": "mine", "input": [2, 3, 4], "layers": [layer]}
    if order in ROWS["affine"]:
        assert getattr(described(network, "page").layers[0], "flatten", "") == order
        return
    with pytest.raises(OptionError, match=f"page: layer 1 .f.: flatten: .* got '{order}'"):
        described(network, "page")


def test_the_network_on_the_page() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert described(tomllib.loads(text), "page").output_shape == (10,)


def test_what_is_admitted_adds_up() -> None:
    rows = re.findall(r"^\| .* \| .* \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    every = [tuple(map(int, row)) for row in rows]
    assert every == sorted(every) and every[-1] == (46, 24)
    assert 46 + 1 + 19 == 66
    assert {*re.findall(r"`([\w-]+)`\) \|", PAGE)} <= {*PRESETS}
