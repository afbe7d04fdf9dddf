"""The third oracle: derivatives without autograd, and what they must reject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lenet_ref import network
from lenet_ref.activations import squash
from lenet_ref.layers import convolution, rbf, subsampling
from verify.cases.probes import PROBES
from verify.checks.derivatives import SMOOTH, complex_step, finite_differences
from verify.subjects.reference import reference


@pytest.mark.parametrize("name", SMOOTH)
def test_complex_step_agrees(name: str) -> None:
    for check in complex_step(name, reference):
        assert check.passed, check.detail


@pytest.mark.parametrize("name", PROBES)
def test_finite_differences_agree(name: str) -> None:
    check = finite_differences(name)
    assert check.passed, check.detail


WRONG: list[tuple[str, Any, str, Callable[[Any], Any]]] = [
    ("probe-sparse", convolution, "bias_gradient", lambda dz: dz.mean(axis=0)),
    ("probe-sparse", squash, "derivative", lambda y: 1.14393 * (1 - (y / squash.A) ** 2)),
    ("probe-subsampling", subsampling, "window_scale", lambda reading, window: 0.5),
    ("probe-rbf", rbf, "differences", lambda x, W: x[:, None, :] - 2 * W[None]),
]


@pytest.mark.parametrize(("probe", "module", "name", "wrong"), WRONG)
def test_complex_step_rejects_a_wrong_gradient(
    probe: str, module: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = network.layer_forward
    backward = network.layer_backward

    def wrong_backward(*arguments: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, name, wrong)
            return backward(*arguments)

    monkeypatch.setattr(network, "layer_backward", wrong_backward)
    assert not all(check.passed for check in complex_step(probe, reference))
    assert network.layer_forward is right


def test_finite_differences_reject_a_wrong_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convolution, "bias_gradient", lambda dz: dz.sum(axis=0) * 1.001)
    assert not finite_differences("probe-convolution").passed
