"""What the losses share: targets, and targets taken wrongly."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from verify.mistakes.situation import Situation


def hard(e: Situation, labels: Tensor) -> Tensor:
    """Y for some labels, wrapped into the classes there are."""
    k = e["x"].shape[1]
    return F.one_hot(labels % k, k).to(torch.float64)


def one_hot(e: Situation, labels: Tensor) -> Tensor:
    """The targets for some labels: Y, smoothed where the loss asks for it."""
    Y, s = hard(e, labels), e.spec.smoothing
    return (1 - s) * Y + s / Y.shape[1] if s else Y


def targets(e: Situation) -> Tensor:
    """Y or smoothed targets, (N, K)."""
    return one_hot(e, e.labels)


def signed(e: Situation) -> Tensor:
    """Targets of -1 and +1."""
    return 2 * hard(e, e.labels) - 1


def weighed(e: Situation, values: Tensor) -> Tensor:
    """Each pattern's value at its own class, (N,); a mean over all classes, weighed with smoothed
    targets."""
    return (targets(e) * values).sum(dim=1) if e.spec.smoothing else chosen(e, values)


def chosen(e: Situation, values: Tensor) -> Tensor:
    """Each pattern's value at its own class, (N,)."""
    return values.gather(1, e.labels[:, None])[:, 0]


def shifted(e: Situation, by: int) -> Tensor:
    """Labels off by one."""
    return (e.labels + by) % e["x"].shape[1]


def own(e: Situation) -> Tensor:
    """The value at each label: y_D of eq. 8 and 9, (P,)."""
    return chosen(e, e["x"])


def at_labels(e: Situation, by: int) -> Tensor:
    """Mean distance of the class next to the right one."""
    return e["x"].gather(1, shifted(e, by)[:, None]).mean()
