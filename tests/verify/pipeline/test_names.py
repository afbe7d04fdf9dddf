"""Names that people give to the parameters of the usual MNIST network, and to their gradients: a
right network that asks for its parameters by them is mapped, for sure and as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lenet_ref import run
from lenet_ref.errors import LeNetError
from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.handed import inputs_of, theirs
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.load import Source
from verify.judge.trace import Trace
from verify.pipeline.proposal.asked import probing
from verify.pipeline.proposal.guess import Proposal
from verify.pipeline.proposal.handing import best
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.settle import settled

LAYERS = ("C1", "C3", "F5", "F6", "F7")
NAMES: dict[str, tuple[str, str]] = {
    "numbered": ("W1 W2 W3 W4 W5", "b1 b2 b3 b4 b5"),
    "numbered from 0": ("w0 w1 w2 w3 w4", "b0 b1 b2 b3 b4"),
    "by kind": ("conv1_w conv2_w fc1_w fc2_w fc3_w", "conv1_b conv2_b fc1_b fc2_b fc3_b"),
    "short": ("c1_w c2_w d1_w d2_w d3_w", "c1_b c2_b d1_b d2_b d3_b"),
    "filters and weights": ("f1 f2 w3 w4 w5", "b1 b2 b3 b4 b5"),
    "kernels and weights": ("k1 k2 w3 w4 w5", "b1 b2 b3 b4 b5"),
    "of old TensorFlow": ("wc1 wc2 wd1 wd2 out", "bc1 bc2 bd1 bd2 bout"),
    "weight first": ("W_conv1 W_conv2 W_fc1 W_fc2 W_fc3", "b_conv1 b_conv2 b_fc1 b_fc2 b_fc3"),
    "humps": ("convW1 convW2 fcW1 fcW2 fcW3", "convB1 convB2 fcB1 fcB2 fcB3"),
    "of a list": (
        "layers.0.w layers.3.w layers.7.w layers.9.w layers.11.w",
        "layers.0.b layers.3.b layers.7.b layers.9.b layers.11.b",
    ),
    "theta": ("theta1 theta2 theta3 theta4 theta5", "bias1 bias2 bias3 bias4 bias5"),
    "hidden": (
        "conv1_W conv2_W hidden1_W hidden2_W output_W",
        "conv1_b conv2_b hidden1_b hidden2_b output_b",
    ),
    "counted through": ("conv1_W conv2_W fc3_W fc4_W fc5_W", "conv1_b conv2_b fc3_b fc4_b fc5_b"),
    "letters": ("a_w b_w c_w d_w e_w", "a_b b_b c_b d_b e_b"),
    "letters behind": ("Wa Wb Wc Wd We", "ba bb bc bd be"),
    "kinds behind": ("Wc1 Wc2 Wf1 Wf2 Wo", "bc1 bc2 bf1 bf2 bo"),
    "words": ("first_W second_W third_W next_W last_W", "first_b second_b third_b next_b last_b"),
    "of the paper": ("C1w C3w C5w F6w OUTw", "C1b C3b C5b F6b OUTb"),
}  # fmt: skip
GRADIENTS: dict[str, Callable[[str], str]] = {
    "d": "d{}".format,
    "grad_": "grad_{}".format,
    "_grad": "{}_grad".format,
    "g": "g{}".format,
    "grads/": "grads/{}".format,
}
CASE = probing(Source("mnist28"))
RIGHT = Right(CASE)


def named(name: str) -> dict[str, str]:
    """Their names, and ours."""
    weights, biases = (words.split() for words in NAMES[name])
    return {
        theirs: f"{layer}.{symbol}"
        for layer, *pair in zip(LAYERS, weights, biases, strict=True)
        for theirs, symbol in zip(pair, "Wb", strict=True)
    }


def proposed(names: dict[str, str], gradient: Callable[[str], str], off: float = 1.0) -> Proposal:
    """What ``map`` makes of a network that asks for its parameters by these names, in turn.  off:
    a factor of every gradient but those of the last layer."""

    def answered(given: dict[str, Any]) -> Trace:
        parameters = {ours: given[theirs] for theirs, ours in names.items()}
        made = run(CASE.arch, parameters, CASE.images, CASE.labels)
        found = {"loss": made["loss.data"], "logits": made["F7.z"]}
        for theirs_, ours in names.items():
            value = made[ours.replace(".", ".d")]
            found[gradient(theirs_)] = value if ours.startswith("F7") else value * off
        return found

    def ask(layout: Layout) -> tuple[Trace, str]:
        inputs = inputs_of(CASE, layout)
        given = {inputs[name]: np.array(value) for name, value in theirs(CASE, layout).items()}
        try:
            return answered(given), ""
        except (KeyError, LeNetError) as error:
            return {}, f"raised {type(error).__name__}: {error} at net.py:1 in run"

    return best(ask, RIGHT, PLAIN, "net.py:run")


@pytest.mark.parametrize("gradient", GRADIENTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_right_network_is_mapped(name: str, gradient: str) -> None:
    names, of = named(name), GRADIENTS[gradient]
    found = proposed(names, of)
    wanted = {"loss": "loss.data", "logits": "F7.z", **names}
    wanted |= {of(theirs): ours.replace(".", ".d") for theirs, ours in names.items()}
    assert {theirs: found.layout.ours(theirs) for theirs in wanted} == wanted
    assert found.unambiguous and not found.layout.chosen


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_gradient_is_none_of_the_parameters_that_were_handed_over(name: str) -> None:
    """``dd1_w`` was proposed as F5.W, beside ``d1_w``, and the check refused what it was given."""
    names = named(name)
    found = proposed(names, GRADIENTS["d"], off=-0.37)
    assert len({*found.layout.names.values()}) == len(found.layout.names)
    for theirs_, ours in names.items():
        assert found.layout.ours(theirs_) == ours
        assert found.layout.ours(f"d{theirs_}") == ours.replace(".", ".d")


def test_a_wrong_gradient_is_called_after_what_it_is_the_gradient_at() -> None:
    """Fifteen tensors have its shape: "nothing tells", and it was the one that showed the bug."""
    made = run(CASE.arch, CASE.parameters, CASE.images, CASE.labels)
    arrays = {"p1": made["S2.y"], "dp1": made["S2.dy"][::-1].copy(), "dp2": made["S4.dy"],
              "logits": made["F7.z"], "accuracy": np.float64(0.5)}  # fmt: skip
    found = settled(RIGHT, arrays, PLAIN, handed=True)
    assert found.layout.ours("p1") == "S2.y" and found.layout.ours("dp1") == "S2.dy"
    assert found.layout.ours("dp2") == "S4.dy" and found.unambiguous


def test_what_comes_back_as_it_was_handed_over_is_let_be() -> None:
    names = named("short")

    def ask(layout: Layout) -> tuple[Trace, str]:
        inputs = inputs_of(CASE, layout)
        given = {inputs[name]: np.array(value) for name, value in theirs(CASE, layout).items()}
        missing = [name for name in names if name not in given]
        if missing:
            return {}, f"raised KeyError: {missing[0]!r} at net.py:1 in run"
        try:
            made = run(CASE.arch, {o: given[t] for t, o in names.items()}, CASE.images, CASE.labels)
        except LeNetError as error:
            return {}, f"raised {error} at net.py:1 in run"
        return {"logits": made["F7.z"], "kept": given["d1_w"]}, ""

    found = best(ask, RIGHT, PLAIN, "net.py:run")
    assert found.layout.ours("kept") == "" and found.unambiguous


def test_a_name_that_nothing_explains_is_said_with_what_would() -> None:
    def ask(layout: Layout) -> tuple[Trace, str]:
        return {}, "raised KeyError: 'kappa' at net.py:1 in run"

    with pytest.raises(InputError) as caught:
        best(ask, RIGHT, PLAIN, "net.py:run")
    assert re.search(r'\[names\] "kappa" = "', caught.value.fix)


def test_the_network_is_that_of_the_names() -> None:
    case: Case = CASE
    assert [layer.name for layer in case.arch.layers if layer.parameter_shapes] == [*LAYERS]
