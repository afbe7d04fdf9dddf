"""A bound as an object: a rule, its terms, and a value for every element.

    |subject - oracle| <= 2 gamma_n(u) M + P,     gamma_n(u) = n u / (1 - n u)

n counts roundings on the longest path to an element, M is the magnitude they act on (for a
product |a||W| + |b|), the 2 lets both sides round, and P is what an uncertainty of the inputs
can do (zero when both sides are fed the same inputs).  See docs/tolerance.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # printing a network must not wait for torch
    from torch import Tensor

__all__ = ["LARGEST_EXACT_INTEGER", "PIECE", "SMALLEST_NORMAL", "UNIT_ROUNDOFF", "Bound", "gamma"]
UNIT_ROUNDOFF = {"float16": 2.0**-11, "float32": 2.0**-24, "float64": 2.0**-53}
SMALLEST_NORMAL = {"float16": 2.0**-14, "float32": 2.0**-126, "float64": 2.0**-1022}
LARGEST_EXACT_INTEGER = {"float16": 2.0**11, "float32": 2.0**24, "float64": 2.0**53}
_U = UNIT_ROUNDOFF["float64"]
PIECE = 1 << 14
"""Elements of a bound that are made at a time."""


def gamma(n: float, u: float) -> float:
    """gamma_n(u) = n u / (1 - n u); infinite where the bound stops meaning anything."""
    return n * u / (1 - n * u) if n * u < 1 else float("inf")


@dataclass(frozen=True)
class Bound:
    """rule: its name in docs/tolerance.md; roundings: n; sizes: M, or how to compute it where only
    the exact tier asks for it; propagated: P or None; additions: of a sum of terms of both signs,
    those in all (docs/tolerance.md, 4.8), 0 where there is no such sum.

    value(): ``sides`` is 2 when two rounded results are compared, 1 against truth.
    """

    rule: str
    roundings: int
    sizes: Tensor | Callable[[], Tensor]
    propagated: Tensor | None = None
    additions: int = 0

    @property
    def magnitude(self) -> Tensor:
        """M."""
        return self.sizes() if callable(self.sizes) else self.sizes

    @cached_property
    def _values(self) -> dict[tuple[str, int], Tensor]:
        return {}

    def value(self, dtype: str, sides: int = 2) -> Tensor:
        """The bound of every element, in float64; made once, for nobody to change.

        A product that underflows loses at most the smallest normal number, once per rounding;
        elements with M = 0 have no product to lose.  The last factor covers the roundings of
        this evaluation itself, done in float64.
        """
        if (dtype, sides) not in self._values:
            self._values[dtype, sides] = self._value(dtype, sides)
        return self._values[dtype, sides]

    def _value(self, dtype: str, sides: int) -> Tensor:
        last = 1 + gamma(self.roundings + 8, _U)
        if not self.roundings and self.propagated is not None:
            return self.propagated * last
        if (both := self._values.get((dtype, 2))) is not None and self.propagated is None:
            return both * (sides / 2)  # to the bit: no element that is not 0 is subnormal
        if self.propagated is None and self.roundings:
            return self._certain(dtype, sides, last)
        own = self.rounding(dtype, sides)
        if self.propagated is not None:
            own.add_(self.propagated)
        return own.mul_(last)

    def _certain(self, dtype: str, sides: int, last: float) -> Tensor:
        """The same without P, piece by piece: a large M goes through the processor's cache once."""
        n, M = self.roundings, self.magnitude.contiguous()
        found = M.new_empty(M.shape)
        factor, lost = sides * gamma(n, UNIT_ROUNDOFF[dtype]), sides * n * SMALLEST_NORMAL[dtype]
        every, made = M.view(-1), found.view(-1)
        for start in range(0, M.numel(), PIECE):
            sizes, own = every[start : start + PIECE], made[start : start + PIECE]
            own.copy_(sizes).mul_(factor).add_(sizes.sign(), alpha=lost).mul_(last)
        return found

    def rounding(self, dtype: str, sides: int = 2) -> Tensor:
        """The part of the bound that the step's own rounding explains, without P."""
        n, M = self.roundings, self.magnitude
        own = M * (sides * gamma(n, UNIT_ROUNDOFF[dtype]))
        return own.add_(M.sign(), alpha=sides * n * SMALLEST_NORMAL[dtype]) if n else own

    def of_signs(self, total: Tensor) -> Bound:
        """The sharper bound of one side of a sum whose terms cancel, with ``sides=1``: no partial
        sum is larger than the terms of one sign together, which are at most (M + |S|) / 2.

        Args:
            total: S, the sum.
        """
        n, m, M = self.roundings, self.additions, self.magnitude
        most = (M + total.abs().minimum(M)) / 2
        return Bound("signs", n, ((n - m) * M + m * most) / n)

    @property
    def is_zero(self) -> bool:
        """Both sides must have the same bits."""
        return self.roundings == 0 and self.propagated is None

    def terms(self) -> str:
        """How the number is made, for people."""
        sides = "" if self.rule == "signs" else "2*"
        return "0" if self.roundings == 0 else f"{sides}gamma_{self.roundings}"
