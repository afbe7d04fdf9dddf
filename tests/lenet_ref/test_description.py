"""Networks as data: what is written down is read back, what is wrong is one line that helps."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from lenet_ref import connections
from lenet_ref.architecture import Architecture, lenet_1998, modern
from lenet_ref.description import described
from lenet_ref.errors import LeNetError
from lenet_ref.networks import PRESETS, preset
from lenet_ref.specs.affine import Affine
from lenet_ref.specs.convolution import Convolution
from lenet_ref.written import tables, toml
from tests.nets import OBLONG

CONVOLUTION = {"name": "c", "family": "convolution", "maps": 4, "kernel": 3}
AFFINE = {"name": "f", "family": "affine", "units": 5, "activation": "identity"}


def network(*layers: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"name": "mine", "input": [2, 8, 9], "layers": list(layers), **others}


def refused(found: dict[str, Any]) -> str:
    with pytest.raises(LeNetError) as error:
        described(found, "mine.toml")
    text = str(error.value)
    assert text.startswith("mine.toml") and "\n" not in text
    return text


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_written_is_read_back(name: str) -> None:
    arch = preset(name)
    assert described(tomllib.loads(toml(arch)), "there and back") == arch
    assert described(tables(arch), "as JSON") == arch


def test_the_two_derived_networks_are_written_down_too() -> None:
    assert preset("modern") == modern() and preset("1998") == lenet_1998()
    assert 'table = "Table I"' in toml(lenet_1998())


def test_every_option_survives() -> None:
    assert described(tables(OBLONG), "oblong") == OBLONG


def test_sizes_follow_from_the_input() -> None:
    arch = described(network(CONVOLUTION, AFFINE), "mine.toml")
    assert arch == Architecture(
        "mine",
        (
            Convolution("c", 2, 4, (8, 9), kernel=(3, 3)),
            Affine("f", 4 * 6 * 7, 5, activation="identity"),
        ),
        None,
    )


def test_a_vector_is_an_input_too() -> None:
    arch = described({**network(AFFINE), "input": [7]}, "mine.toml")
    assert arch.input_shape == (7,) and arch.output_shape == (5,)


def test_any_table_can_be_written() -> None:
    found = {**CONVOLUTION, "table": [[0], [1], [0, 1], [1]]}
    (layer,) = described(network(found), "mine.toml").layers
    assert isinstance(layer, Convolution) and layer.table == ((0,), (1,), (0, 1), (1,))
    six = {**network({**CONVOLUTION, "maps": 16, "table": "Table I"}), "input": [6, 8, 9]}
    (layer,) = described(six, "mine.toml").layers
    assert isinstance(layer, Convolution) and layer.table == connections.TABLE_I


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"maps": 0}, "layer 1 (c): maps: unusable value; got 0; expected a whole number"),
        ({"maps": True}, "expected a whole number"),
        ({"kernel": [3]}, "[down, across]"),
        ({"kernal": 3}, "layer 1 (c): no such key; got 'kernal'; expected kernel"),
        ({"activation": "reelu"}, "no such activation; got 'reelu'; expected relu"),
        ({"family": "conv"}, "no such family; got 'conv'; expected convolution"),
        ({"kernel": 10}, "does not fit; got an input of 2x8x9; expected one that conv 10x10"),
        ({"table": [[0], [1], [2], [0]]}, "maps 0 to 1 in the table"),
        ({"table": [[0], [1]]}, "a table of 4 maps"),
        ({"table": [[0], [0, 0], [1], [1]]}, "each once"),
        ({"name": "loss"}, "a name that means something else"),
        ({"name": "a.b"}, "unusable name"),
    ],
)
def test_a_mistake_in_a_layer_is_one_line(change: dict[str, Any], said: str) -> None:
    assert said in refused(network({**CONVOLUTION, **change}))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (network(), "a list of 1 to 64 layers"),
        (network(CONVOLUTION, CONVOLUTION), "two layers of one name; got c"),
        (network(AFFINE, CONVOLUTION), "reads a volume; got a vector of 5"),
        (network(CONVOLUTION, inputs=[1, 2, 3]), "no such key; got 'inputs'; expected input"),
        ({**network(CONVOLUTION), "input": [8, 9]}, "expected [C, H, W]"),
        ({**network(CONVOLUTION), "name": "modern"}, "the name of another network"),
        (network(CONVOLUTION, loss={"family": "cross_entropy"}), "has no scores of classes"),
        (network(AFFINE, loss={"family": "crossentropy"}), "expected cross_entropy"),
        (network(AFFINE, loss={"family": "mle", "reduction": "sum"}), "got 'reduction'"),
        (network(AFFINE, loss="mle"), "not a table"),
        (network({"name": "c", "family": "convolution"}), "lacks an option; expected maps"),
        (network({"family": "affine", "units": 5}), "unusable name; got None"),
    ],
)
def test_a_mistake_elsewhere_is_one_line(found: dict[str, Any], said: str) -> None:
    assert said in refused(found)


def test_what_comes_last_may_be_a_volume_without_a_loss() -> None:
    assert described(network(CONVOLUTION), "mine.toml").loss is None
