"""Plans between their axes and ours: exact inverses, and what is written out by hand."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref import Architecture, lenet_1998, modern
from tests.nets import MNIST28, OBLONG
from tests.verify.exchange.layouts import flattened
from verify.errors import InputError
from verify.exchange.axes import Axes
from verify.exchange.forms import Form
from verify.exchange.handed import Handed
from verify.exchange.hints import fitting, misfits, told, would_fit
from verify.exchange.layout import CHOICES, PLAIN, Layout
from verify.exchange.plans import plan

NETWORKS = {"modern": modern(), "1998": lenet_1998(), "oblong": OBLONG, "mnist28": MNIST28}
SAID = [key for key in CHOICES["layout"] if key not in ("C5", "inputs")]


def drawn(shape: tuple[int, ...]) -> NDArray[Any]:
    return np.arange(np.prod(shape, dtype=int)).reshape(shape)


@pytest.mark.parametrize("name", list(NETWORKS))
def test_both_ways_are_exact_inverses(name: str) -> None:
    """In every layout that there is, for every tensor, in both directions; and an element stands
    where it is said to."""
    for values in product(*(CHOICES["layout"][key] for key in SAID)):
        axes = Axes(NETWORKS[name], 2, Layout(chosen=dict(zip(SAID, values, strict=True))))
        for tensor in axes.shapes:
            _round_trip(axes, tensor)


SEEN = set[Any]()


def _round_trip(axes: Axes, tensor: str) -> None:
    way = axes.plan(tensor)
    if (way, tensor) in SEEN:
        return
    SEEN.add((way, tensor))
    ours = drawn(axes.shapes[tensor])
    theirs = axes.theirs(tensor, ours)
    assert theirs.shape == axes.shape(tensor) == way.theirs
    assert np.array_equal(axes.ours(tensor, theirs), ours)
    assert np.array_equal(axes.theirs(tensor, axes.ours(tensor, theirs)), theirs)
    assert np.array_equal(axes.ours(tensor, theirs.reshape(-1)), ours) or theirs.ndim < 1
    index = tuple(n - 1 - (n > 2) for n in ours.shape)
    element = Handed("theirs", theirs.shape, way).element(index)
    assert theirs[element.index] == ours[index]
    assert way.moves == (not np.array_equal(theirs.reshape(-1), ours.reshape(-1)))


ORDERS = CHOICES["layout"]["flatten"]


@pytest.mark.parametrize("order", ORDERS)
def test_flatten_by_hand(order: str) -> None:
    """Of the layer behind the volume (16, 4, 4), and of no other."""
    axes = Axes(MNIST28, 3, Layout(chosen={"flatten": order}))
    letters = {"CHW": (0, 1, 2, 3), "HWC": (0, 2, 3, 1), "WHC": (0, 3, 2, 1)}[order]
    x = np.random.default_rng(0).random((3, 16, 4, 4))
    theirs = x.transpose(letters).reshape(3, -1)
    for tensor in ("fc1.x", "fc1.dx", "fc1.a", "fc1.da"):
        assert np.array_equal(axes.theirs(tensor, x.reshape(3, -1)), theirs)
    W = np.random.default_rng(1).random((120, 256))
    assert np.allclose(theirs @ axes.theirs("fc1.W", W).T, x.reshape(3, -1) @ W.T)
    assert np.array_equal(axes.theirs("fc1.dW", W), flattened(order, W, (16, 4, 4), 1))
    moved = {tensor for tensor in axes.shapes if axes.plan(tensor).moves}
    named = {f"fc1.{symbol}" for symbol in ("x", "a", "W", "dx", "da", "dW")}
    assert moved == (set() if order == "CHW" else named)


def test_flatten_is_no_matter_behind_one_place() -> None:
    """F6 of modern reads 120 maps of 1x1."""
    axes = Axes(modern(), 3, Layout(chosen={"flatten": "WHC"}))
    assert not any(axes.plan(tensor).moves for tensor in axes.shapes)


def test_what_covers_its_input_has_any_name() -> None:
    """OBLONG's C3 does not, nor its C1."""
    full = Layout(chosen={"covering": "full"})
    for name, arch in NETWORKS.items():
        axes = Axes(arch, 2, full)
        vectors = {
            t.partition(".")[0] for t in axes.shapes if len(axes.shape(t)) < len(axes.shapes[t])
        }
        assert vectors == ({"C5"} if name in ("modern", "1998") else set())
    (first, *_), loss = modern().layers[4:], modern().loss
    alone = Architecture("alone", (type(first)("top", 16, 10, (5, 5)),), loss)
    assert Axes(alone, 2, full).shape("top.W") == (10, 400)


def test_covering_and_its_old_spelling() -> None:
    for tensor in ("C5.W", "C5.x", "C5.dz"):
        old, new = (Axes(modern(), 2, Layout(chosen={key: "full"})) for key in ("C5", "covering"))
        assert old.plan(tensor) == new.plan(tensor)
    assert Layout(chosen={"C5": "full", "covering": "full"}).full
    with pytest.raises(InputError, match="two words for one choice disagree"):
        Layout(chosen={"C5": "full", "covering": "convolution"})
    with pytest.raises(InputError, match="two words for one choice disagree"):
        Layout(chosen={"C5": "convolution"}).choosing("covering", "full")
    assert Layout(chosen={"C5": "convolution"}).also({"covering": "full"}).full


@cache
def candidates(tensor: str) -> dict[tuple[tuple[str, str], ...], tuple[int, ...]]:
    found = Axes(modern(), 2).candidates(tensor)
    return {tuple(layout.chosen.items()): way.theirs for layout, way in found}


def test_candidates() -> None:
    """Each way once, ours first; what a tensor's layouts say makes the same plan again."""
    assert list(candidates("C3.y").values()) == [(2, 16, 10, 10), (2, 10, 10, 16)]
    assert len(candidates("C3.W")) == 9 and next(iter(candidates("C3.W"))) == ()
    assert candidates("F6.b") == {(): (84,)}
    axes = Axes(MNIST28, 2)
    for tensor in axes.shapes:
        for layout, way in axes.candidates(tensor):
            assert axes.under(layout).plan(tensor) == way


@pytest.mark.parametrize(
    ("tensor", "got", "said"),
    [
        ("F6.dW", (120, 84), 'affine = "in-out"'),
        ("C3.y", (2, 10, 10, 16), 'volumes = "NHWC"'),
        ("C3.W", (16, 5, 5, 6), 'convolution = "OHWI"'),
        ("C5.x", (2, 400), 'covering = "full"'),
        ("C5.dW", (120, 400), 'covering = "full" or convolution = "matrix-transposed" or '
         'convolution = "matrix-OHWI"'),
        ("C5.dW", (400, 120), 'convolution = "matrix" or convolution = "matrix-HWIO" or '
         'covering = "full" and affine = "in-out"'),
        ("F6.dW", (84, 121), ""),
    ],
)  # fmt: skip
def test_what_would_fit(tensor: str, got: tuple[int, ...], said: str) -> None:
    assert fitting(Axes(modern(), 2, PLAIN), tensor, got) == said


def test_the_order_is_relative_to_the_networks_own() -> None:
    """A network that flattens HWC itself has nothing to move for those who do so, too."""
    form = Form("inputs", (2, 24), (2, 3, 4), "HWC")
    moves = {order: plan(form, Layout(chosen={"flatten": order})).moves for order in ORDERS}
    assert moves == {"CHW": True, "HWC": False, "WHC": True}
    assert not plan(form, PLAIN).moves
    x = drawn((2, 2, 3, 4))
    ours, theirs = x.transpose(0, 2, 3, 1).reshape(2, 24), x.reshape(2, 24)
    found = plan(form, Layout(chosen={"flatten": "CHW"}))
    assert np.array_equal(found.to_ours(theirs), ours)


def test_a_layout_that_would_fit_is_asked_for_in_its_word() -> None:
    end = "in [layout] of --mapping would fit"
    assert would_fit('covering = "full"') == f'flattened? covering = "full" {end}'
    assert would_fit('affine = "in-out"') == f'transposed? affine = "in-out" {end}'
    axes = Axes(modern(), 2)
    arrays = {"C5.dW": drawn((120, 400)), "C5.x": drawn((2, 400)), "F6.W": drawn((84, 120))}
    said = told(misfits(axes, arrays))
    assert "C5.x: flattened? covering" in said and "C5.dW: transposed or flattened? cov" in said
    assert "F6" not in said
