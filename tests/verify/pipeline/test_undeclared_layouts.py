"""Layouts that were not declared: one finding each, in networks whose layers have any name, and a
mistake beside them stays found, with the cause that it has without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref import run
from tests.nets import setting
from tests.verify.exchange.layouts import LAYOUTS, Arrays, flattened, traced
from verify.cases.case import Case
from verify.checks.outcome import Outcome
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.load import Source
from verify.exchange.mapping import convention, read_layout
from verify.pipeline.request import CheckRequest
from verify.pipeline.undeclared import judged
from verify.subjects.reference import reference

VOLUMES = {"mnist28": ("fc1", (16, 4, 4)), "oblong": ("F7", (6, 2, 2))}
"""The layer behind a volume, and the volume."""


def outcome(case: Case, arrays: Arrays, layout: Layout = PLAIN, live: bool = False) -> Outcome:
    return judged([(case, arrays)], CheckRequest(Source(layout=layout)), live=live)


def told(found: Outcome) -> dict[str, str]:
    """What the one finding would declare."""
    (check,) = [check for check in found.checks if not check.passed]
    words = check.fix.replace("--convention ", "").split()
    return dict(map(convention, words))


def causes(found: Outcome) -> set[str]:
    return {f.cause.name for f in found.tally.first.values() if f.cause}


EXTRA = {"covering-NHWC-CHW": {"flatten": "CHW"}}


@pytest.mark.parametrize("name", [name for name, (m, _) in LAYOUTS.items() if "[layout]" in m])
def test_every_layout_is_named_and_hides_no_mistake(name: str, tmp_path: Any) -> None:
    """The mistake: twice C1.dW, which no layout touches in all of its elements."""
    case, trace = traced("modern", "float64")
    mapping, write = LAYOUTS[name]
    (tmp_path / "m.toml").write_text(mapping)
    layout = read_layout(tmp_path / "m.toml")
    chosen = {"covering" if k == "C5" else k: v for k, v in layout.chosen.items()}
    theirs, wrong = write(trace), write(trace | {"C1.dW": 2 * trace["C1.dW"]})
    for arrays, guilty in ((theirs, ()), (wrong, ("C1",))):
        found = outcome(case, arrays)
        assert told(found) == chosen and found.guilty == guilty, told(found)
        declared = outcome(case, arrays, layout)
        assert declared.guilty == guilty and declared.status == len(guilty)
        assert causes(found) == causes(declared)


@cache
def drawn(name: str) -> tuple[Case, Arrays]:
    """A network of other names, three patterns, and our trace."""
    arch, parameters, images, labels = setting(name, 3)
    case = Case(arch, "float64", "digits", 3, 0, images, parameters, labels)
    return case, dict(reference(case))


def turned(name: str, order: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    """The vector behind the volume in another order, by hand."""
    layer, volume = VOLUMES[name]
    flat = {f"{layer}.{symbol}" for symbol in ("x", "a", "W", "dx", "da", "dW")}
    return {
        tensor: flattened(order, value, volume, 1) if tensor in flat else value
        for tensor, value in arrays.items()
    }


names = pytest.mark.parametrize("name", list(VOLUMES))
orders = pytest.mark.parametrize("order", ["HWC", "WHC"])


@names
@orders
def test_an_order_of_flattening(name: str, order: str) -> None:
    """Declared it passes; undeclared it is one finding, and a mistake beside it stands alone."""
    case, trace = drawn(name)
    arrays = turned(name, order, trace)
    assert outcome(case, arrays, Layout(chosen={"flatten": order})).status == 0
    found = outcome(case, arrays)
    assert told(found) == {"flatten": order} and not found.guilty
    first = case.arch.layers[0].name
    for tensor in (f"{first}.db", f"{VOLUMES[name][0]}.db"):
        wrong = arrays | {tensor: 2 * trace[tensor]}
        found = outcome(case, wrong)
        assert told(found) == {"flatten": order} and found.guilty == (tensor.partition(".")[0],)
        assert causes(found) == causes(outcome(case, trace | {tensor: 2 * trace[tensor]}))


def taken(name: str, order: str) -> tuple[Case, Arrays]:
    """Of a subject that was handed our weights and takes them in its own order."""
    case, _ = drawn(name)
    layer, volume = VOLUMES[name]
    (to_ours,) = [o for o in ("HWC", "WHC") if o == order]
    size = int(np.prod(volume))
    index = flattened(to_ours, np.arange(size), volume, 0)  # of ours at each place of theirs
    W = np.empty_like(case.parameters[f"{layer}.W"])
    W[:, index] = case.parameters[f"{layer}.W"]
    parameters = {**case.parameters, f"{layer}.W": W}
    found = run(case.arch, parameters, case.images, case.labels)
    return case, turned(name, order, found)


@names
@orders
@pytest.mark.parametrize("kept", ["all", "without weights", "gradients"])
def test_weights_that_are_taken_in_that_order(name: str, order: str, kept: str) -> None:
    """It was handed ours, so that it is another network to us; with the order it is right."""
    case, arrays = taken(name, order)
    arrays = {
        k: v for k, v in arrays.items()
        if kept == "all" or (k[-2:] != ".W" and (kept != "gradients" or k[-3:] in (".dW", ".db")))
    }  # fmt: skip
    found = outcome(case, arrays, live=True)
    assert told(found) == {"flatten": order} and not found.guilty
    layer = VOLUMES[name][0]
    wrong = arrays | {f"{layer}.db": 2 * arrays[f"{layer}.db"]}
    found = outcome(case, wrong, live=True)
    assert told(found) == {"flatten": order} and found.guilty == (layer,)


@names
def test_weights_that_were_turned(name: str) -> None:
    """Who was handed ours and turned them says so, too."""
    case, trace = drawn(name)
    found = outcome(case, turned(name, "HWC", trace), live=True)
    assert told(found) == {"flatten": "HWC", "inputs": "ours"} and not found.guilty


@names
def test_a_dump_that_holds_its_own_weights(name: str) -> None:
    """They were read in the wrong order with the rest."""
    case, trace = drawn(name)
    arrays = turned(name, "HWC", trace)
    parameters = {k: arrays[k] for k in case.parameters}
    own = replace(case, regime="dump", parameters=parameters)
    found = outcome(own, arrays)
    assert told(found) == {"flatten": "HWC"} and not found.guilty


def test_who_flattens_otherwise_in_one_place_alone() -> None:
    """No convention: x is in their order, W and all gradients in ours."""
    case, trace = drawn("mnist28")
    wrong = trace | {"fc1.x": flattened("HWC", trace["fc1.x"], (16, 4, 4), 1)}
    found = outcome(case, wrong, live=True)
    assert not any(check.name == "convention" for check in found.checks)
    assert "fc1" in found.guilty


def test_channels_last_in_a_network_of_other_names() -> None:
    """Four choices, found one after the other."""
    case, trace = drawn("mnist28")
    arrays = {}
    for name, value in turned("mnist28", "HWC", trace).items():
        weights = name.rpartition(".")[2] in ("W", "dW")
        if value.ndim == 4:
            arrays[name] = value.transpose(2, 3, 1, 0) if weights else np.moveaxis(value, 1, 3)
        else:
            arrays[name] = value.T if weights else value
    chosen = {"volumes": "NHWC", "convolution": "HWIO", "affine": "in-out", "flatten": "HWC"}
    assert outcome(case, arrays, Layout(chosen=chosen)).status == 0
    found = outcome(case, arrays)
    assert told(found) == chosen and not found.guilty
