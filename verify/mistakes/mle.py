"""Mistaken formulas of the maximum likelihood criterion of 1998 (eq. 8)."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from verify.mistakes.guards import apart, unless_two
from verify.mistakes.labels import at_labels, one_hot, own, shifted, targets
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation


def others(e: Situation) -> Tensor:
    """Y/P at other labels."""
    return targets(e) / e.batch


EQ8 = "eq. 8 is (1/P) sum of y_D"
MLE = (
    Mistake("times-N", f"is summed over the batch: 1/P is missing; {EQ8}", "field notes B10",
            lambda e: apart(e, own(e).sum())),
    Mistake("over-N", f"is divided by P twice; {EQ8}", "field notes B10",
            lambda e: apart(e, own(e).mean() / e.batch)),
    Mistake("half", f"is halved; {EQ8}, without 1/2 (erratum S13)", "erratum S13; field notes B5",
            lambda e: unless_two(e, own(e).mean() / 2)),
    Mistake("over-units", f"is divided by 84, the units; {EQ8}", "section 5 of the facts",
            lambda e: own(e).mean() / 84),
    Mistake("over-K", f"is averaged over P K elements; {EQ8}", "experience",
            lambda e: own(e).mean() / e["x"].shape[1]),
    Mistake("sign", f"has the wrong sign; {EQ8}", "field notes B4", lambda e: -own(e).mean()),
    Mistake("all-classes:mean", f"averages the distances of all classes; {EQ8}", "experience",
            lambda e: e["x"].mean()),
    Mistake("all-classes:sum", f"sums the distances of all classes; {EQ8}", "experience",
            lambda e: e["x"].sum() / e.batch),
    Mistake("squared-error:mean", f"is a squared error of labels on distances; {EQ8} (erratum S13)",
            "erratum S13; field notes B6", lambda e: (e["x"] - targets(e)).square().mean()),
    Mistake("squared-error:sum", f"is a squared error of labels on distances; {EQ8} (erratum S13)",
            "erratum S13; field notes B6",
            lambda e: (e["x"] - targets(e)).square().sum() / e.batch),
    Mistake("squared-error:half",
            f"is half a squared error of labels on distances; {EQ8} (erratum S13)",
            "erratum S13; field notes B6",
            lambda e: (e["x"] - targets(e)).square().sum() / e.batch / 2),
    Mistake("squared-again", f"squares y_D, which is a square already; {EQ8}", "erratum S13",
            lambda e: own(e).square().mean()),
    Mistake("not-squared", f"averages the square roots of y_D; {EQ8}", "eq. 7",
            lambda e: own(e).sqrt().mean()),
    Mistake("labels-ignored", f"uses the nearest class for the label; {EQ8}", "field notes B4",
            lambda e: e["x"].amin(dim=1).mean()),
    Mistake("farthest", f"uses the farthest class for the label; {EQ8}", "field notes B4",
            lambda e: e["x"].amax(dim=1).mean()),
    Mistake("labels-shifted:after", f"uses the class after the label; {EQ8}", "off by one",
            partial(at_labels, by=1)),
    Mistake("labels-shifted:before", f"uses the class before the label; {EQ8}", "off by one",
            partial(at_labels, by=-1)),
)  # fmt: skip

DX8 = "right: Y / P"
MLE_DX = (
    Mistake("times-N", f"lacks 1/P; {DX8}", "field notes B10", lambda e: apart(e, targets(e))),
    Mistake("over-N", f"has 1/P twice; {DX8}", "field notes B10",
            lambda e: apart(e, others(e) / e.batch)),
    Mistake("half", f"is halved; {DX8}, eq. 8 has no 1/2", "field notes B5",
            lambda e: unless_two(e, others(e) / 2)),
    Mistake("double", f"is doubled, as for a square; {DX8}, y_D is linear", "field notes B5",
            lambda e: unless_two(e, 2 * others(e))),
    Mistake("sign", f"has the wrong sign; {DX8}", "field notes B15", lambda e: -others(e)),
    Mistake("over-K", f"is averaged over P K elements; {DX8}", "experience",
            lambda e: others(e) / e["x"].shape[1]),
    Mistake("squared-error:doubled",
            f"is a squared error's gradient, 2 (y - Y) / P; {DX8} (erratum S13)", "field notes B6",
            lambda e: 2 * (e["x"] - targets(e)) / e.batch),
    Mistake("squared-error:plain",
            f"is a squared error's gradient, (y - Y) / P; {DX8} (erratum S13)",
            "erratum S13; field notes B6", lambda e: (e["x"] - targets(e)) / e.batch),
    Mistake("squared-error:mean",
            f"is a squared error's gradient over P K elements; {DX8} (erratum S13)",
            "erratum S13; field notes B6", lambda e: 2 * (e["x"] - targets(e)) / e["x"].numel()),
    Mistake("softmax", f"is (softmax - Y) / P, the modern variant's; {DX8}", "field notes B4",
            lambda e: (torch.softmax(e["x"], 1) - targets(e)) / e.batch),
    Mistake("all-classes", f"is 1/P at every class; {DX8}", "experience",
            lambda e: torch.ones_like(e["x"]) / e.batch),
    Mistake("times-value:once", f"is multiplied by the distance; {DX8}", "erratum S13",
            lambda e: others(e) * e["x"]),
    Mistake("times-value:doubled", f"is 2 y Y / P, of a square; {DX8}", "erratum S13",
            lambda e: 2 * others(e) * e["x"]),
    Mistake("labels-ignored", f"is at the nearest class, not at the label; {DX8}", "field notes B4",
            lambda e: one_hot(e, e["x"].argmin(1)) / e.batch),
    Mistake("farthest", f"is at the farthest class, not at the label; {DX8}", "field notes B4",
            lambda e: one_hot(e, e["x"].argmax(1)) / e.batch),
    Mistake("labels-shifted:after", f"is at the class after the label; {DX8}", "off by one",
            lambda e: one_hot(e, shifted(e, 1)) / e.batch),
    Mistake("labels-shifted:before", f"is at the class before the label; {DX8}", "off by one",
            lambda e: one_hot(e, shifted(e, -1)) / e.batch),
    Mistake("labels-rolled", f"gives each pattern the label of another; {DX8}", "off by one",
            lambda e: one_hot(e, e.labels.roll(1)) / e.batch),
)  # fmt: skip

MISTAKES = {"mle.data": MLE, "mle.dx": MLE_DX}
