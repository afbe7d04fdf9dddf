"""Probes: what whole networks on a few digits cannot show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lenet_ref.losses import cross_entropy, mle
from lenet_ref.losses import map as map_loss
from verify.plan import Job, plan
from verify.run import judge_subject
from verify.subjects.reference import reference

LOSSES: dict[str, Any] = {
    "probe-cross-entropy": cross_entropy,
    "probe-mle": mle,
    "probe-map": map_loss,
}
JOBS = {(job.regime, job.tier): job for job in plan("default") if job.regime in LOSSES}


def blamed(job: Job) -> list[str]:
    """Tensors with an own error."""
    found = judge_subject(job.case(), reference, job.truth, inherited=False)
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
