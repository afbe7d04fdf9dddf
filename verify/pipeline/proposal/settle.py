"""One layout for all arrays, and one tensor for each: what most of the numbers say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from lenet_ref.architecture import Architecture
from verify.exchange.layout import CHOICES, Layout
from verify.exchange.plans import Array, Plan
from verify.pipeline.proposal.fits import Fit, fits, shaped
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.usual import likeness

__all__ = [
    "KEYS",
    "ORDER",
    "SPEAKS",
    "Board",
    "Guess",
    "Pair",
    "Proposal",
    "layouts",
    "moved",
    "settled",
]
KEYS = ("volumes", "convolution", "affine", "flatten", "covering")
"""Of [layout], those that arrays tell of."""
ORDER = ("W", "b", "dW", "db", "y", "z", "data", "probs", "dx", "dy", "dz", "x")
"""Of tensors with the same numbers the one that is most likely meant."""


@dataclass(frozen=True)
class Guess:
    """theirs: an array; ours: the tensor that it is taken for, empty if it fits nothing; why: in a
    few words; sure: its numbers say so, or its name does; factor: of the right ones; known: its
    numbers are the tensor's, but for a factor or a part.
    """

    theirs: str
    ours: str
    why: str
    sure: bool = True
    factor: float = 1.0
    known: bool = False


@dataclass(frozen=True)
class Proposal:
    """layout: names and how arrays lie; guesses: why; told: what is to be said of the layout."""

    layout: Layout
    guesses: tuple[Guess, ...]
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def unambiguous(self) -> bool:
        """Every array that was taken for a tensor surely is that."""
        return all(guess.sure for guess in self.guesses)

    @property
    def matched(self) -> int:
        """Arrays whose numbers are known."""
        return sum(guess.known for guess in self.guesses)


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
    """What arrays of a case may be."""

    def __init__(self, right: Right, arrays: Mapping[str, Array], base: Layout) -> None:
        self.right, self.arrays, self.base = right, arrays, base
        self.dtype = right.case.dtype
        self.fits = {name: fits(value, right) for name, value in arrays.items()}

    def plan(self, layout: Layout, ours: str) -> Plan:
        """How a tensor lies under a layout."""
        if ours not in self.right.axes.forms:
            return Plan.none(self.right.values[ours].shape)
        return self.right.axes.under(layout).plan(ours)

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


def settled(right: Right, arrays: Mapping[str, Array], base: Layout) -> Proposal:
    """The mapping that explains most.

    Args:
        arrays: by their names; base: what is declared already, and is kept.
    """
    board = Board(right, arrays, base)
    layout = board.best()
    guesses = _guesses(board, layout)
    names = {g.theirs: g.ours for g in guesses if g.ours != g.theirs}
    names = {**base.names, **{k: v for k, v in names.items() if base.ours(k) == k}}
    told = {key: _why(board, layout, key) for key in KEYS if key in layout.chosen}
    return Proposal(Layout(names, {**base.chosen, **layout.chosen}, base.absent), guesses, told)


def _guesses(board: Board, layout: Layout) -> tuple[Guess, ...]:
    """The strongest pair first; what is taken is taken."""
    taken: dict[str, Guess] = {}
    left = {name for name in board.arrays if board.base.ours(name) == name}
    for name in board.arrays:
        if name not in left:
            ours = board.base.ours(name)
            known = ours in {fit.ours for fit in board.under(layout, name)}
            taken[name] = Guess(name, ours, "declared", known=known)
    used = {guess.ours for guess in taken.values()}
    pairs = sorted(_pairs(board, layout, left), key=lambda pair: -pair[0])
    for points, name, guess in pairs:
        if name in taken or guess.ours in used:
            continue
        rivals = [other for p, n, other in pairs if p == points and n == name
                  and other.ours != guess.ours and other.ours not in used]  # fmt: skip
        twins = [n for p, n, other in pairs if p == points and n != name and n not in taken
                 and other.ours == guess.ours]  # fmt: skip
        if not guess.known and (rivals or twins):
            continue
        taken[name] = guess
        used.add(guess.ours)
    return tuple(taken.get(name) or _left(board, layout, name, used) for name in board.arrays)


def _left(board: Board, layout: Layout, name: str, used: Collection[str]) -> Guess:
    """An array that has no tensor's numbers and no tensor's shape.  One with a tensor's name must
    not be ignored: of another shape, it is a mistake."""
    arch, wanted = board.right.case.arch, board.right.values
    free = [ours for ours in wanted if ours not in used and "." in ours]
    points = {ours: likeness(name, ours, arch) for ours in free}
    best = max(points, key=lambda ours: points[ours], default="")
    if not best or points[best] < SPEAKS:
        return _nothing(board, layout, name)
    got, shape = board.arrays[name].shape, board.plan(layout, best).theirs
    return Guess(name, best, f"name alone: its shape is {got}, and would be {shape}", False)


SPEAKS = 10
"""Points of a name that says which tensor it is."""


Pair = tuple[float, str, Guess]


def _pairs(board: Board, layout: Layout, names: set[str]) -> Iterator[Pair]:
    """(points, array, guess): numbers before shapes, names where both say no more."""
    arch = board.right.case.arch
    for name in board.arrays:
        if name not in names:
            continue
        mine = [f for f in board.under(layout, name) if f.exact(board.dtype) or f.plan.ours != ()]
        known = {fit.ours for fit in mine}
        for fit in mine:
            exact = fit.exact(board.dtype)
            points = (100 if exact else 60 - 40 * fit.left) + _likely(name, fit.ours, arch)
            points += 3 * (abs(fit.factor - 1) < 1e-3)
            yield (
                points,
                name,
                Guess(name, fit.ours, _by_numbers(fit, exact), True, fit.factor, True),
            )
        for ours in board.right.by_size.get(board.arrays[name].size, ()):
            if ours not in known and shaped(board.arrays[name], board.plan(layout, ours)):
                named = likeness(name, ours, arch)
                why = "shape and name; its numbers are others" if named > 6 else (
                    "shape alone; its numbers are others")  # fmt: skip
                yield 20 + named, name, Guess(name, ours, why, named > 6)


def _likely(name: str, ours: str, arch: Architecture) -> float:
    symbol = ours.rpartition(".")[2]
    place = ORDER.index(symbol) if symbol in ORDER else len(ORDER)
    return likeness(name, ours, arch) - place / 100


def _by_numbers(fit: Fit, exact: bool) -> str:
    times = "" if abs(fit.factor - 1) < 1e-3 else f", x {fit.factor:.6g}"
    return f"numbers{times}" if exact else f"numbers, all but {fit.left:.0%}{times}"


def _nothing(board: Board, layout: Layout, name: str) -> Guess:
    """Why an array is taken for no tensor."""
    value = board.arrays[name]
    elsewhere = [fit for fit in board.fits[name] if fit.exact(board.dtype)]
    sizes = board.right.by_size.get(value.size, ())
    if elsewhere:
        first = elsewhere[0].ours
        why = f"its numbers are those of {first} in another layout than the others', or twice"
    elif not sizes:
        why = f"no tensor of this network has {value.size} elements; shape {value.shape}"
    else:
        why = f"may be {', '.join(sizes[:4])}{' ...' if len(sizes) > 4 else ''}: nothing tells"
    return Guess(name, "", why, not elsewhere)


def _why(board: Board, layout: Layout, key: str) -> str:
    """How many arrays lie so, and would not otherwise."""
    other = layout.without(key)
    fewer = board.told(layout)[0] - board.told(other)[0]
    return f"{fewer} arrays have their numbers so" if fewer else "shapes say so"
