"""Bounds grow with what they are about: the uncertainty of inputs, and the size of results."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from lenet_ref import network
from lenet_ref.architecture import Architecture, MaxPool, Subsampling
from tests.verify.tolerance.settings import NETWORKS, PROVED, judged, setting, with_operation
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

SHARED = ("W", "b", "labels")


@pytest.mark.parametrize("op", PROVED)
@pytest.mark.parametrize("size", [1e-9, 0.3, 30.0])
def test_uncertain_inputs_allow_no_less(op: str, size: float) -> None:
    """Of neither part: what the step's own rounding may do, and what the inputs may."""
    for name in with_operation(op):
        s = setting(name, "benign", "float64", n=3)

        def error(tensor: str, s: object = s) -> Tensor | None:
            if tensor.split(".")[-1] in SHARED:
                return None
            return torch.full_like(s.evaluation.value(tensor).double(), size)  # type: ignore[attr-defined]

        for step in s.steps(op):
            certain = RULES[op](s.query, step)
            found = RULES[op](Query(s.evaluation, error, {}), step)
            assert (found.magnitude >= certain.magnitude * (1 - 1e-12)).all(), step.tensor
            assert found.roundings >= certain.roundings
            assert (found.value("float64") >= certain.value("float64") * (1 - 1e-12)).all()


@pytest.mark.parametrize("layer", [
    Subsampling("S2", 3, (4, 6), (4, 3), "average", "identity"),
    Subsampling("S2", 3, (3, 2), (1, 2), "sum", "identity"),
    MaxPool("S2", 3, (4, 6), (4, 3)),
    MaxPool("S2", 3, (6, 2), (3, 1)),
])  # fmt: skip
def test_windows_of_every_shape(layer: Subsampling | MaxPool) -> None:
    """Backwards M is the modulus itself, where it stands."""
    pooled = (2, 3, layer.size[0] // layer.window[0], layer.size[1] // layer.window[1])
    rng = np.random.default_rng(0)
    arch = Architecture("modern" if isinstance(layer, MaxPool) else "1998", (layer,), None)
    shared = {} if isinstance(layer, MaxPool) else {"S2.W": rng.random(3), "S2.b": rng.random(3)}
    x, dy = rng.standard_normal((2, 3, *layer.size)), rng.standard_normal(pooled)
    s = judged(arch, "float64", dict(network.run(arch, shared, x, None, dy)), None)
    for symbol in ("da", "dx"):
        step = next(st for st in s.evaluation.steps.values() if st.symbol == symbol)
        found = RULES[step.op](s.query, step).magnitude.numpy()
        np.testing.assert_allclose(found, np.abs(s.trace[step.tensor]), rtol=1e-14)


def test_every_network_is_met() -> None:
    """The operations above are those of all of them."""
    met = {name for op in PROVED for name in with_operation(op)}
    assert met == set(NETWORKS)
