"""Which parameters a layer used: those that come back, or those that were handed over.

Who hands back weights after the step, or gradients under the names of weights, computed with what
was handed over.  Who masks, turns or copies them wrongly computed with what comes back: then the
forward pass comes out under those.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from verify.judge.runs import Runs

__all__ = ["GIVEN", "used"]
GIVEN = "given."


def used(
    runs: Runs, given: Mapping[str, Tensor], subject: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The subject's tensors without the parameters that it did not use.

    Args:
        given: what was handed over, parameters as ``given.C3.W``.
    """
    kept = dict(subject)
    for layer, names in _changed(given, subject).items():
        without = {name: value for name, value in kept.items() if name not in names}
        if not _explained(runs, given, kept, without, f"{layer}.z"):
            kept = without
    return kept


def _changed(given: Mapping[str, Tensor], subject: Mapping[str, Tensor]) -> dict[str, list[str]]:
    """By layer, the parameters that come back with other numbers."""
    found: dict[str, list[str]] = {}
    for name in (key.removeprefix(GIVEN) for key in given if key.startswith(GIVEN)):
        if name in subject and not torch.equal(subject[name], given[GIVEN + name]):
            found.setdefault(name.rpartition(".")[0], []).append(name)
    return found


def _explained(
    runs: Runs, given: Mapping[str, Tensor], kept: Mapping[str, Tensor],
    without: Mapping[str, Tensor], z: str,
) -> bool:  # fmt: skip
    """What comes back makes more of z than what was handed over does."""
    if z not in kept:
        return False
    theirs, ours = (
        (runs.on({**given, **base}, kept[z].dtype).computed(z) - kept[z]).abs().max()
        for base in (kept, without)
    )
    return bool(theirs < ours)
