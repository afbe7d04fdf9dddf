"""What somebody who answers is handed: under the names that it asks for, in the layouts in which
its numbers come out right.

    found = best(ask, Right(case), layout, spec)          # every layout
    found = best(ask, Right(case), layout, spec, USUAL)   # those of the usual libraries
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from verify.cases.case import Case
from verify.errors import InputError
from verify.exchange.axes import Axes
from verify.exchange.layout import Layout
from verify.exchange.schema import IMAGES, LABELS, UPSTREAM
from verify.judge.trace import Trace
from verify.pipeline.proposal.board import KEYS, layouts
from verify.pipeline.proposal.doubts import shown, trimmed
from verify.pipeline.proposal.guess import Proposal
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.settle import settled
from verify.pipeline.proposal.usual import in_turn, likeliest, read, resorted
from verify.subjects.limits import ENDED
from verify.subjects.process import KEY_ERROR

__all__ = ["DEATHS", "NAMES", "NO_ANSWER", "OF_LAYOUTS", "TENSORFLOW", "USUAL", "Ask", "best",
           "given_ours"]  # fmt: skip
NAMES = 64
"""Inputs that are asked for by another name, one after the other."""
Ask = Callable[[Layout], tuple[Trace, str]]
"""Answers under a mapping, or why there are none."""
DEATHS = 2
"""Times that a subject may end its process, in the same words, before no other layout is tried."""
OF_LAYOUTS = ("ValueError", "IndexError", "AssertionError", "RuntimeError")
"""Exceptions of code that is handed an array in another layout."""
NO_ANSWER = "nothing comes back that could be judged"
TENSORFLOW = {"volumes": "NHWC", "convolution": "HWIO", "affine": "in-out", "flatten": "HWC"}
_ONES: tuple[dict[str, str], ...] = (
    {},
    TENSORFLOW,
    {"affine": "in-out"},
    TENSORFLOW | {"convolution": "OHWI", "affine": "out-in"},
    {"volumes": "NHWC", "affine": "in-out", "flatten": "HWC"},
    {"convolution": "matrix", "affine": "in-out"},
)
USUAL = (*_ONES, *({**each, "covering": "full"} for each in _ONES))
"""Choices of [layout] that go together in PyTorch, TensorFlow, by hand, and in libraries of C."""


def best(
    ask: Ask, right: Right, base: Layout, spec: str, tried: Sequence[dict[str, str]] | None = None
) -> Proposal:
    """The names and layouts under which it answers, and most of its numbers are known.

    Args:
        base: what is declared already, and is kept; tried: choices of [layout]; None: all.
    Raises:
        InputError: it answers under none.
    """
    found, failed, why_not, deaths = None, "", list[str](), Counter[str]()
    for pick in (likeliest, in_turn):
        names = base.names
        for each in _handing(right.case, base, tried):
            layout, answer, why = _named(ask, right.case, replace(each, names=names), pick)
            names, failed = layout.names, failed or why or NO_ANSWER * (not answer)
            if why.startswith(ENDED):
                deaths[why] += 1
                if deaths[why] == DEATHS:
                    raise InputError(why[:400], where=spec)
            if why or not answer:
                why_not.append(why or NO_ANSWER)
                continue
            one = _read(right, answer, layout, layout.chosen == base.chosen)
            if found is None or (one.exact, one.matched) > (found.exact, found.matched):
                found = one
            if found.exact == len(answer):
                break
        counted = [read(name) for name in names if name not in base.names]
        if found is None and not counted and not re.match(KEY_ERROR, failed):
            break  # no name of its own is in the way
        if found is not None and all(
            told.number is not None and not told.place for told in counted
        ):
            break  # nothing is asked for by a name of its own, or its name says what it is
        if found is not None and found.exact == found.matched == len(found.guesses):
            break
    if found is None:
        failed = max(why_not, key=_of_its_own, default=failed)
        said = "answers under no mapping: " if _of_its_own(failed) < 2 else ""
        raise InputError(f"{said}{failed}"[:400], where=spec,
                         fix=_declared(failed, names, right.case))  # fmt: skip
    layout = trimmed(found.layout, right.axes, base.chosen)
    found = replace(found, layout=layout)
    return shown(found, right.axes, partial(_again, ask, right, layout.names))


def _of_its_own(failed: str) -> int:
    """How much a failure is the subject's own, and none of a layout in which it cannot work: what
    it returns before any exception, and other exceptions before those of shapes and of names."""
    raised = re.match(r"raised (\w+)", failed)
    if raised is None:
        return 3 * (failed != NO_ANSWER)
    return 2 - (raised[1] in OF_LAYOUTS) - (raised[1] == "KeyError") * 2


def _declared(failed: str, names: Mapping[str, str], case: Case) -> str:
    """What to do where it is not found out."""
    missing = re.match(KEY_ERROR, failed)
    free = [ours for ours in case.parameters if ours not in names.values()]
    if missing is None or not free:
        return "declare what it is given in --mapping" if _of_its_own(failed) < 2 else ""
    return f'say what it is in --mapping FILE: [names] "{missing[2]}" = "{free[0]}", or another'


def _read(right: Right, answer: Trace, layout: Layout, plainly: bool) -> Proposal:
    """What an answer is, in the layout in which inputs were handed over; where that was ours, also
    in one of its own."""
    one = settled(right, answer, layout, handed=True)
    if not plainly or _asked_for(layout, right.case):
        return one
    two = given_ours(settled(right, answer, layout), right.case)
    return two if two.exact > one.exact else one


def _again(ask: Ask, right: Right, names: Mapping[str, str], other: Layout) -> Proposal | None:
    """Handed over in another layout."""
    inputs = {theirs: ours for theirs, ours in names.items() if ours in right.case.parameters}
    answer, failed = ask(replace(other, names=inputs))
    if failed or not answer:
        return Proposal(other, ())
    return settled(right, answer, replace(other, names=dict(names)), handed=True)


def _named(
    ask: Ask, case: Case, layout: Layout, pick: Callable[..., str | None]
) -> tuple[Layout, Trace, str]:
    """The answer, with a name for each parameter that was asked for and is none of ours."""
    answer, failed = ask(layout)
    for _ in range(NAMES):
        missing = re.match(KEY_ERROR, failed)
        if missing is None or missing[2] in layout.names:
            break
        free = [p for p in case.parameters if p not in layout.names.values()]
        ours = pick(missing[2], free, case.arch)
        if ours is None:
            break
        layout = replace(layout, names={**layout.names, missing[2]: ours})
        answer, failed = ask(layout)
    names = resorted(layout.names, case.arch) if pick is in_turn else layout.names
    if names != layout.names:
        layout = replace(layout, names=names)
        answer, failed = ask(layout)
    return layout, answer, failed


def _handing(case: Case, base: Layout, tried: Sequence[dict[str, str]] | None) -> Iterator[Layout]:
    """Mappings that hand inputs over in different ways, the usual first."""
    seen = set[tuple[object, ...]]()
    rest = (each.chosen for each in layouts()) if tried is None else ()
    for chosen in (*(USUAL if tried is None else tried), *rest):
        if any(base.chosen.get(key, each) != each for key, each in _whole(chosen)):
            continue
        layout = base.also(chosen)
        axes = Axes(case.arch, case.batch, layout)
        key = tuple(axes.plan(name) for name in (IMAGES, *case.parameters))
        if key not in seen:
            seen.add(key)
            yield layout


def _whole(chosen: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Every choice, those that are the default too."""
    layout = Layout(chosen=dict(chosen))
    yield from ((key, layout[key]) for key in KEYS)


def _asked_for(layout: Layout, case: Case) -> bool:
    """It was handed inputs under names of its own."""
    return not {*layout.names.values()}.isdisjoint({*case.parameters, IMAGES, LABELS, UPSTREAM})


def given_ours(found: Proposal, case: Case) -> Proposal:
    """It took our names and layouts, and answers in its own: it turns what it is given."""
    layout = found.layout
    renamed = _asked_for(layout, case)
    axes = Axes(case.arch, case.batch, layout)
    moved = not all(axes.plan(name).identity for name in (IMAGES, *case.parameters))
    if not (renamed or moved) or layout["inputs"] == "ours":
        return found
    return replace(found, layout=layout.choosing("inputs", "ours"))
