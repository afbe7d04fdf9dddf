"""The truth's activations against mpmath, on both sides of their kinks and far out."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from tests.verify.tolerance.settings import NETWORKS
from verify.expected.steps import steps
from verify.truth.formulas import FORMULAS
from verify.truth.inputs import Inputs

Z = np.array([-40.0, -3.5, -1e-9, 0.0, 1e-9, 0.75, 3.5, 40.0])
A, S = mp.mpf("1.7159"), mp.mpf(2) / 3


def value(name: str, z: float) -> tuple[mp.mpf, mp.mpf]:
    """f and its derivative to 50 digits."""
    with mp.workdps(50):
        x = mp.mpf(z)
        if name == "logistic":
            y = 1 / (1 + mp.exp(-x))
            return y, y * (1 - y)
        if name == "tanh":
            return mp.tanh(x), mp.sech(x) ** 2
        return A * mp.tanh(S * x), A * S * mp.sech(S * x) ** 2


@pytest.mark.parametrize("name", ["squash", "tanh", "logistic"])
def test_of_smooth_activations(name: str) -> None:
    """A derivative from its value is as good as the rounding of that value, 1 at most."""
    arch, shape = NETWORKS[name], (len(Z), 1)
    found = {step.op: step for step in steps(arch, True) if step.op.startswith("activation.")}
    z, dy = Z.reshape(shape), np.full(shape, 3.0)
    given = {"z": z, "dy": dy, "y": None}
    for op, weight in (("activation.y", 1), ("activation.dz", 3)):
        step = found[op]
        arrays = [given[name.split(".")[1]] for name in step.inputs]
        result = FORMULAS[op](Inputs(step, arrays, shape, None, 0.0)).ravel()  # type: ignore[arg-type]
        true = [float(weight * value(name, x)[op == "activation.dz"]) for x in Z]
        np.testing.assert_allclose(result, true, rtol=3e-14, atol=3e-15)
