"""Probes: what whole networks on a few digits cannot show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lenet_ref.activations import logistic
from lenet_ref.layers import affine, convolution
from lenet_ref.losses import cross_entropy, mle
from lenet_ref.losses import map as map_loss
from verify.cases.plan import Job, plan
from verify.judge.judge import Judge
from verify.mistakes.diagnosis import explain
from verify.pipeline.judging import Terms, judge_subject
from verify.subjects.reference import reference

LOSSES: dict[str, Any] = {
    "probe-cross-entropy": cross_entropy,
    "probe-mle": mle,
    "probe-map": map_loss,
}
JOBS = {(job.regime, job.tier): job for job in plan("default") if "probe" in job.regime}


def unshifted(x: Any) -> Any:
    """The exponent as it stands."""
    return x


def by_mean(x: Any) -> Any:
    """Shifted by each row's mean."""
    return x - x.mean(axis=1, keepdims=True)


def by_largest_of_batch(x: Any) -> Any:
    """Shifted by the largest logit of the whole batch."""
    return x - x.max()


def blamed(job: Job) -> list[str]:
    """Tensors with an own error."""
    with np.errstate(all="ignore"):
        found = judge_subject(job.case(), reference, Terms(job.truth, inherited=False))
    return [finding.step.tensor for finding in found if finding.guilty]


@pytest.mark.parametrize("tier", ["exact", "float64", "float32"])
@pytest.mark.parametrize("regime", LOSSES)
def test_every_label_is_in_the_default_plan(regime: str, tier: str) -> None:
    labels = JOBS[regime, tier].case().labels
    assert labels is not None
    assert np.array_equal(np.unique(labels), np.arange(10))
    assert not (labels == np.arange(len(labels)) % 10).all()


@pytest.mark.parametrize("label", range(10))
@pytest.mark.parametrize("regime", LOSSES)
def test_a_loss_wrong_for_one_label_alone_is_caught(
    regime: str, label: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven digits of a whole network once left out every mistake for a label not among them."""
    right = LOSSES[regime].gradient

    def wrong(probs: Any, labels: Any) -> Any:
        return np.where((labels == label)[:, None], -1, 1) * right(probs, labels)

    job = JOBS[regime, "float64"]
    assert blamed(job) == []
    monkeypatch.setattr(LOSSES[regime], "gradient", wrong)
    assert blamed(job) == ["loss.dx"]


@pytest.mark.parametrize("shift", [unshifted, by_mean, by_largest_of_batch])
@pytest.mark.parametrize("tier", ["float64", "float32"])
@pytest.mark.parametrize(
    ("regime", "module"), [("probe-logits", cross_entropy), ("probe-distances", map_loss)]
)
def test_a_softmax_that_overflows_is_caught(
    regime: str, module: Any, tier: str, shift: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logits of a few units once let every one of these shifts pass the default plan."""

    def wrong(x: Any) -> Any:
        return shift(x), np.exp(shift(x))

    job = JOBS[regime, tier]
    assert blamed(job) == []
    monkeypatch.setattr(module, "exponentials", wrong)
    assert blamed(job)[0] == "loss.probs"


def test_a_logistic_function_wrong_in_its_tail_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = logistic.forward
    job = JOBS["probe-logistic", "float64"]
    assert blamed(job) == []
    monkeypatch.setattr(logistic, "forward", lambda z: np.where(z < -2, 1.001, 1) * right(z))
    assert blamed(job)[0] == "F6.y"


@pytest.mark.parametrize("regime", [*LOSSES, "probe-rbf", "probe-convolution"])
def test_whatever_is_wrong_in_a_probe_can_be_diagnosed(regime: str) -> None:
    """With fewer inputs than classes a hypothesis once ended the run as an internal error."""
    case = JOBS[regime, "float64"].case()
    trace = reference(case)
    rng = np.random.default_rng(0)
    for name, value in trace.items():
        noise = np.asarray(value + rng.standard_normal(value.shape))
        judge = Judge(case, {**trace, name: noise}, with_truth=False)
        found = {f.step.tensor: f for f in explain(judge, judge.findings(inherited=False))}
        assert found[name].guilty


def doubled(right: Any) -> Any:
    """Twice the gradient in a batch above 127 patterns."""
    return lambda a, dz: right(a, dz) * (2 if len(a) > 127 * 12 or 127 < len(a) < 200 else 1)


@pytest.mark.parametrize(
    ("module", "regime", "tensor"),
    [
        (convolution, "probe-many-convolution", "C1.dW"),
        (affine, "probe-many-cross-entropy", "F7.dW"),
        (map_loss, "probe-many-map", "loss.dx"),
    ],
)
def test_a_gradient_wrong_for_large_batches_alone_is_caught(
    module: Any, regime: str, tensor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default plan once had no batch above 7."""
    name = "gradient" if module is map_loss else "weight_gradient"
    right = getattr(module, name)
    job = JOBS[regime, "float64"]
    assert blamed(job) == []
    monkeypatch.setattr(module, name, doubled(right))
    assert blamed(job) == [tensor]
