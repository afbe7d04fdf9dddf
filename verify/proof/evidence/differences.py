"""Finite differences: the subject's gradients against its own forward pass, no second opinion.

d = (f(w + h) - f(w - h)) / 2h in five coordinates of each tensor, and |d - g| / (|d| + |g|), as in
CS231n's ``grad_check_sparse``.  A forward pass that is wrong and rightly differentiated is right
for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from verify.cases.case import generator
from verify.proof.evidence.exhibit import Exhibit
from verify.proof.evidence.policy import ACCEPTED, Policy, Said
from verify.proof.evidence.scopes import is_alone
from verify.proof.faults.difference import same

CHECKS = 5
"""Coordinates of each tensor: num_checks of the course's function."""
WORST = 1e-2
"""No policy here accepts more, so nothing beyond is looked into."""


@dataclass(frozen=True)
class Differences(Policy):
    """step: h; most: of the relative error; dtype: of the network that is checked."""

    group: str
    name: str
    tensors: str
    source: str
    dtype: str
    step: float
    most: float

    def reads(self, exhibit: Exhibit) -> Sequence[str]:
        """Gradients of parameters; of a layer by itself its input's, too."""
        return list(inputs(exhibit)) if exhibit.case.dtype == self.dtype else []

    def says(self, exhibit: Exhibit) -> Said:
        """The first gradient that is off in one of its coordinates."""
        for name, error in errors(exhibit, self.step).items():
            if not error < self.most:
                return Said(name, (name.partition(".")[0],))
        return ACCEPTED


def inputs(exhibit: Exhibit) -> dict[str, str]:
    """What is moved, by the gradient that tells of it, as they are computed."""
    case, found = exhibit.case, dict[str, str]()
    for name in exhibit.order:
        layer, _, symbol = name.partition(".")
        if symbol in ("dW", "db"):
            found[name] = f"{layer}.{symbol[1:]}"
        if is_alone(case) and name == f"{case.arch.layers[0].name}.dx":
            found[name] = "images"
    return found


def coordinates(name: str, shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Five places, the same in every run."""
    draw = generator("coordinates", name, *shape)
    for _ in range(CHECKS):
        yield tuple(int(draw.integers(n)) for n in shape)


def errors(exhibit: Exhibit, step: float) -> dict[str, float]:
    """The largest relative error by gradient, up to the first that nobody accepts."""
    kept = _kept(exhibit)
    if step not in kept:
        kept[step] = dict(_errors(exhibit, step))
    return kept[step]


def _kept(exhibit: Exhibit) -> dict[float, dict[str, float]]:
    """Of an exhibit, for the policies that share a step."""
    found: dict[float, dict[str, float]] = vars(exhibit).setdefault("differences", {})
    return found


def _errors(exhibit: Exhibit, step: float) -> Iterator[tuple[str, float]]:
    for name, what in inputs(exhibit).items():
        worst = _worst(exhibit, name, what, step)
        yield name, worst
        if not worst < WORST:
            return


def _worst(exhibit: Exhibit, name: str, what: str, step: float) -> float:
    """NaN where there is nothing to compare."""
    case, claimed, worst = exhibit.case, exhibit.trace.get(name), 0.0
    value = case.images if what == "images" else case.parameters[what]
    if claimed is None or np.size(claimed) != value.size:
        return np.nan
    claimed = np.asarray(claimed).reshape(value.shape)
    for index in coordinates(what, value.shape):
        found = _numerical(exhibit, (what, index, step))
        error = _relative(found, float(claimed[index]))
        if not error < WORST:
            return error
        worst = max(worst, error)
    return worst


Place = tuple[str, tuple[int, ...], float]
"""What is moved, where, and by how much."""


def _numerical(exhibit: Exhibit, place: Place) -> float:
    """Of the subject's own forward pass; where that is the right one's, as it was found there."""
    known = _known(exhibit.right if exhibit.right is not None and _alike(exhibit) else exhibit)
    if place not in known:
        what, index, step = place
        up, down = (exhibit.changed(what, index, by) for by in (step, -step))
        known[place] = (up - down) / (2 * step)
    return known[place]


def _alike(exhibit: Exhibit) -> bool:
    """The forward pass is the right one, formula by formula."""
    found: dict[str, bool] = vars(exhibit).setdefault("alike", {})
    if "forward" not in found:
        right = exhibit.right
        found["forward"] = (
            exhibit.backward
            and right is not None
            and same(exhibit.goes_forward, right.goes_forward)
        )
    return found["forward"]


def _known(exhibit: Exhibit) -> dict[Place, float]:
    found: dict[Place, float] = vars(exhibit).setdefault("numerical", {})
    return found


def _relative(numerical: float, analytic: float) -> float:
    """0 of two zeros, where the course's own would be NaN."""
    size = abs(numerical) + abs(analytic)
    return abs(numerical - analytic) / size if size else 0.0
