"""Arrays and tensors that go together: by numbers, by shapes, by names; and arrays without one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from lenet_ref.architecture import Architecture
from verify.exchange.layout import Layout
from verify.pipeline.proposal.board import Board
from verify.pipeline.proposal.fits import Fit, shaped
from verify.pipeline.proposal.guess import Guess
from verify.pipeline.proposal.usual import likeness, read

__all__ = ["BESIDE", "ORDER", "SPEAKS", "Pair", "left", "pairs"]
ORDER = ("W", "b", "dW", "db", "y", "z", "data", "probs", "dx", "dy", "dz", "x")
"""Of tensors with the same numbers the one that is most likely meant."""
SPEAKS = 10
"""Points of a name that says which tensor it is."""
BESIDE = ("accuracy", "acc", "correct", "epoch", "lr", "seconds", "time")
"""Words for numbers that people hand in beside tensors."""
Pair = tuple[float, str, Guess]


def left(board: Board, layout: Layout, name: str, used: Collection[str]) -> Guess:
    """An array that has no tensor's numbers and no tensor's shape, as the others lie.  One with a
    tensor's name must not be ignored: of another shape, it is a mistake."""
    arch, wanted = board.right.case.arch, board.right.values
    exact = [fit.ours for fit in board.fits[name] if fit.exact(board.dtype)]
    if echoed := board.echoed(name):
        return Guess(name, "", f"{min(echoed)} as it was handed over")
    if turned := [ours for ours in exact if ours not in used]:
        why = "its numbers, but it lies otherwise than the others: another layout, or transposed"
        return Guess(name, turned[0], why, False)
    free = [o for o in wanted if o not in used and o not in board.given and "." in o]
    points = {ours: likeness(name, ours, arch) for ours in free}
    best = max(points, key=lambda ours: points[ours], default="")
    if not best or points[best] < SPEAKS:
        return _nothing(board, name, exact)
    got, shape = board.arrays[name].shape, board.plan(layout, best).theirs
    return Guess(name, best, f"name alone: its shape is {got}, and would be {shape}", False)


def pairs(board: Board, layout: Layout, names: set[str]) -> Iterator[Pair]:
    """(points, array, guess): numbers before shapes, names where both say no more."""
    arch = board.right.case.arch
    for name in board.arrays:
        if name not in names or board.echoed(name):
            continue
        mine = [f for f in board.under(layout, name) if f.ours not in board.given
                and (f.exact(board.dtype) or f.plan.ours != ())]  # fmt: skip
        known = {fit.ours for fit in mine} | board.given
        for fit in mine:
            exact = fit.exact(board.dtype)
            points = (100 if exact else 60 - 40 * fit.left) + _likely(name, fit.ours, arch)
            points += 3 * (abs(fit.factor - 1) < 1e-3)
            yield (
                points,
                name,
                Guess(name, fit.ours, _by_numbers(fit, exact), True, fit.factor, True, exact),
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


def _nothing(board: Board, name: str, exact: Sequence[str]) -> Guess:
    """An array that is taken for no tensor: for sure only if it can be none."""
    value = board.arrays[name]
    sizes = board.right.by_size.get(value.size, ())
    if exact:
        return Guess(name, "", f"its numbers are those of {exact[0]}, a second time", False)
    if not sizes:
        why = f"no tensor of this network has {value.size} elements; shape {value.shape}"
        return Guess(name, "", why)
    many = f"{', '.join(sizes[:4])}{' ...' if len(sizes) > 4 else ''}"
    return Guess(name, "", f"may be {many}: nothing tells", bool(read(name).words & {*BESIDE}))
