"""Mistaken formulas of the maximum likelihood criterion of 1998 (eq. 8)."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from verify.mistakes.alternatives.entry import Entry
from verify.mistakes.alternatives.guards import apart, unless_two
from verify.mistakes.alternatives.labels import at_labels, one_hot, own, shifted, targets
from verify.mistakes.hypothesis import Evidence


def others(e: Evidence) -> Tensor:
    """Y/P at other labels."""
    return targets(e) / e.batch


EQ8 = "eq. 8 is (1/P) sum of y_D"
MLE = (
    Entry("times-N", f"is summed over the batch: 1/P is missing; {EQ8}",
          lambda e: apart(e, own(e).sum())),
    Entry("over-N", f"is divided by P twice; {EQ8}",
          lambda e: apart(e, own(e).mean() / e.batch)),
    Entry("half", f"is halved; {EQ8}, without 1/2 (erratum S13)",
          lambda e: unless_two(e, own(e).mean() / 2)),
    Entry("over-units", f"is divided by 84, the units; {EQ8}", lambda e: own(e).mean() / 84),
    Entry("over-K", f"is averaged over P K elements; {EQ8}",
          lambda e: own(e).mean() / e["x"].shape[1]),
    Entry("sign", f"has the wrong sign; {EQ8}", lambda e: -own(e).mean()),
    Entry("all-classes", f"averages the distances of all classes; {EQ8}",
          lambda e: e["x"].mean()),
    Entry("all-classes", f"sums the distances of all classes; {EQ8}",
          lambda e: e["x"].sum() / e.batch),
    Entry("squared-error", f"is a squared error of labels on distances; {EQ8} (erratum S13)",
          lambda e: (e["x"] - targets(e)).square().mean()),
    Entry("squared-error", f"is a squared error of labels on distances; {EQ8} (erratum S13)",
          lambda e: (e["x"] - targets(e)).square().sum() / e.batch),
    Entry("squared-error", f"is half a squared error of labels on distances; {EQ8} (erratum S13)",
          lambda e: (e["x"] - targets(e)).square().sum() / e.batch / 2),
    Entry("squared-again", f"squares y_D, which is a square already; {EQ8}",
          lambda e: own(e).square().mean()),
    Entry("not-squared", f"averages the square roots of y_D; {EQ8}",
          lambda e: own(e).sqrt().mean()),
    Entry("labels-ignored", f"uses the nearest class for the label; {EQ8}",
          lambda e: e["x"].amin(dim=1).mean()),
    Entry("farthest", f"uses the farthest class for the label; {EQ8}",
          lambda e: e["x"].amax(dim=1).mean()),
    Entry("labels-shifted", f"uses the class after the label; {EQ8}", partial(at_labels, by=1)),
    Entry("labels-shifted", f"uses the class before the label; {EQ8}", partial(at_labels, by=-1)),
)  # fmt: skip

DX8 = "right: Y / P"
MLE_DX = (
    Entry("times-N", f"lacks 1/P; {DX8}", lambda e: apart(e, targets(e))),
    Entry("over-N", f"has 1/P twice; {DX8}", lambda e: apart(e, others(e) / e.batch)),
    Entry("half", f"is halved; {DX8}, eq. 8 has no 1/2", lambda e: unless_two(e, others(e) / 2)),
    Entry("double", f"is doubled, as for a square; {DX8}, y_D is linear",
          lambda e: unless_two(e, 2 * others(e))),
    Entry("sign", f"has the wrong sign; {DX8}", lambda e: -others(e)),
    Entry("over-K", f"is averaged over P K elements; {DX8}",
          lambda e: others(e) / e["x"].shape[1]),
    Entry("squared-error", f"is a squared error's gradient, 2 (y - Y) / P; {DX8} (erratum S13)",
          lambda e: 2 * (e["x"] - targets(e)) / e.batch),
    Entry("squared-error", f"is a squared error's gradient, (y - Y) / P; {DX8} (erratum S13)",
          lambda e: (e["x"] - targets(e)) / e.batch),
    Entry("squared-error", f"is a squared error's gradient over P K elements; {DX8} (erratum S13)",
          lambda e: 2 * (e["x"] - targets(e)) / e["x"].numel()),
    Entry("softmax", f"is (softmax - Y) / P, the modern variant's; {DX8}",
          lambda e: (torch.softmax(e["x"], 1) - targets(e)) / e.batch),
    Entry("all-classes", f"is 1/P at every class; {DX8}",
          lambda e: torch.ones_like(e["x"]) / e.batch),
    Entry("times-value", f"is multiplied by the distance; {DX8}", lambda e: others(e) * e["x"]),
    Entry("times-value", f"is 2 y Y / P, of a square; {DX8}", lambda e: 2 * others(e) * e["x"]),
    Entry("labels-ignored", f"is at the nearest class, not at the label; {DX8}",
          lambda e: one_hot(e, e["x"].argmin(1)) / e.batch),
    Entry("farthest", f"is at the farthest class, not at the label; {DX8}",
          lambda e: one_hot(e, e["x"].argmax(1)) / e.batch),
    Entry("labels-shifted", f"is at the class after the label; {DX8}",
          lambda e: one_hot(e, shifted(e, 1)) / e.batch),
    Entry("labels-shifted", f"is at the class before the label; {DX8}",
          lambda e: one_hot(e, shifted(e, -1)) / e.batch),
    Entry("labels-rolled", f"gives each pattern the label of another; {DX8}",
          lambda e: one_hot(e, e.labels.roll(1)) / e.batch),
)  # fmt: skip

ALTERNATIVES = {"mle.data": MLE, "mle.dx": MLE_DX}
