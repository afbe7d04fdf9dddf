"""Digits of 28x28 padded inside the first layer: background and padding are equal far and wide,
maxima tie, and whoever adds in another order breaks other ties.  Gradients alone are judged."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lenet_ref.architecture import Affine, Architecture, Convolution, Loss, MaxPool
from lenet_ref.parameters import initial
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.findings import Finding
from verify.pipeline.judging import judge_dump

NETWORK = Architecture(
    "pad2",
    (
        Convolution("one", 1, 6, (28, 28), padding=(2, 2), bias=False),
        MaxPool("two", 6, (28, 28)),
        Convolution("three", 6, 5, (14, 14), padding=(1, 1), flipped=True),
        MaxPool("four", 5, (12, 12)),
        Affine("five", 180, 10, "identity", flatten="HWC"),
    ),
    Loss("cross_entropy"),
)


@cache
def drawn(dtype: str) -> Case:
    """Background is 0 here: padding has its numbers, and is none of it."""
    digits = Job("modern", "digits", "float64", 3).case()
    images = np.clip(digits.images[:, :, 2:-2, 2:-2], 0, None).astype(dtype)
    return Case(NETWORK, dtype, "digits", 3, 0, images, initial(NETWORK, 3, dtype), digits.labels)


def by_rows(x: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    """A convolution as a sum over kernel rows, the last first: right, and rounds otherwise."""
    height = x.shape[2] - W.shape[2] + 1
    parts = [F.conv2d(x[:, :, u : u + height], W[:, :, u : u + 1]) for u in range(W.shape[2])]
    return torch.stack(parts[::-1]).sum(dim=0)


def gradients(case: Case) -> dict[str, Any]:
    """Somebody's own program: parameter gradients and the loss."""
    p = {k: torch.tensor(v, requires_grad=True) for k, v in case.parameters.items()}
    x = F.pad(torch.tensor(case.images), (2, 2, 2, 2))
    x = F.max_pool2d(torch.relu(by_rows(x, p["one.W"])), 2)
    x = by_rows(F.pad(x, (1, 1, 1, 1)), p["three.W"].flip(2, 3)) + p["three.b"][:, None, None]
    x = F.max_pool2d(torch.relu(x), 2).permute(0, 2, 3, 1).flatten(1)
    loss = F.cross_entropy(x @ p["five.W"].T + p["five.b"], torch.tensor(case.labels))
    loss.backward()
    grads = {name.replace(".", ".d"): t.grad.numpy() for name, t in p.items() if t.grad is not None}
    return grads | {"loss.data": loss.detach().numpy()}


def judged(case: Case, arrays: dict[str, Any]) -> dict[str, Finding]:
    return {f.step.tensor: f for f in judge_dump(case, arrays, None, "gradients", False)}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_gradients_pass_to_the_last_element(dtype: str) -> None:
    case = drawn(dtype)
    right = gradients(case)
    found = judged(case, right)
    assert {name: found[name].verdict for name in right} == dict.fromkeys(right, "pass")
    if dtype == "float64":
        assert all(found[name].verified == right[name].size for name in right)


@pytest.mark.parametrize("name", ["one.dW", "three.dW", "three.db", "five.dW"])
def test_a_gradient_wrong_by_a_hundredth_does_not(name: str) -> None:
    case = drawn("float64")
    wrong = gradients(case)
    wrong[name] = wrong[name] * 1.01
    assert judged(case, wrong)[name].verdict == "fail"
