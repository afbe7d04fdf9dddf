"""What each array of a case may be, and how well a layout explains all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from verify.exchange.layout import CHOICES, Layout
from verify.exchange.plans import Array, Plan
from verify.pipeline.proposal.fits import Fit, fits, shaped
from verify.pipeline.proposal.right import Right

__all__ = ["KEYS", "Board", "layouts", "moved"]
KEYS = ("volumes", "convolution", "affine", "flatten", "covering")
"""Of [layout], those that arrays tell of."""


def layouts() -> Iterator[Layout]:
    """Every layout, the plainest first."""
    every = product(*(CHOICES["layout"][key] for key in KEYS))
    plain = tuple(CHOICES["layout"][key][0] for key in KEYS)
    for values in sorted(every, key=lambda v: sum(a != b for a, b in zip(v, plain, strict=True))):
        pairs = zip(KEYS, values, plain, strict=True)
        yield Layout(chosen={key: value for key, value, usual in pairs if value != usual})


def moved(plan: Plan) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What a plan does to numbers: axes of length 1 make no difference."""
    long = [axis for axis in range(len(plan.split)) if plan.split[axis] != 1]
    sizes = tuple(plan.split[axis] for axis in long)
    return sizes, tuple(long.index(axis) for axis in plan.axes if axis in long)


class Board:
    """What arrays of a case may be; handed: of who was handed its parameters, and has names for
    them: what comes back is none of those."""

    def __init__(
        self, right: Right, arrays: Mapping[str, Array], base: Layout, handed: bool = False
    ) -> None:
        self.right, self.arrays, self.base = right, arrays, base
        self.given = frozenset(right.case.parameters if handed else ())
        self.dtype = right.case.dtype
        self.fits = {name: fits(value, right) for name, value in arrays.items()}

    def plan(self, layout: Layout, ours: str) -> Plan:
        """How a tensor lies under a layout."""
        if ours not in self.right.axes.forms:
            return Plan.none(self.right.values[ours].shape)
        return self.right.axes.under(layout).plan(ours)

    def echoed(self, name: str) -> set[str]:
        """Parameters that were handed over and come back in this array."""
        return {f.ours for f in self.fits[name] if f.ours in self.given and f.exact(self.dtype)}

    def under(self, layout: Layout, name: str) -> list[Fit]:
        """Of an array's fits those that lie so."""
        return [f for f in self.fits[name] if self._lies(name, f.ours, f.plan, layout)]

    def _lies(self, name: str, ours: str, found: Plan, layout: Layout) -> bool:
        wanted = self.plan(layout, ours)
        return moved(found) == moved(wanted) and shaped(self.arrays[name], wanted)

    def told(self, layout: Layout) -> tuple[int, int, int]:
        """How many arrays a layout explains to the last digit, how many by half or more, and how
        many it gives their shapes."""
        exact = near = fitting = 0
        for name, found in self.fits.items():
            mine = self.under(layout, name) if found else []
            exact += any(fit.exact(self.dtype) for fit in mine)
            near += bool(mine)
            fitting += bool(mine) or self._shaped(name, layout)
        return exact, near, fitting

    def _shaped(self, name: str, layout: Layout) -> bool:
        """An array has the shape that some tensor has under a layout."""
        value = self.arrays[name]
        sizes = self.right.by_size.get(value.size, ())
        return any(shaped(value, self.plan(layout, ours)) for ours in sizes)

    def best(self) -> Layout:
        """The layout that explains most, the plainest of several."""
        tried = [each for each in layouts() if self._agrees(each)]
        return max(tried, key=self.told)

    def _agrees(self, layout: Layout) -> bool:
        """It says nothing else than what was declared before."""
        said = {key: value for key, value in self.base.chosen.items() if key in KEYS}
        return all(layout[key] == value for key, value in said.items())
