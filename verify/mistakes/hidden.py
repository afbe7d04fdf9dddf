"""Mistakes seen through what was not supplied.

Of a failing tensor the formula may be right, and that of a tensor before it wrong which nobody
handed over: dx where da is not supplied, y of a pooling layer alone.  Each mistake of such a hidden
tensor is put in its place, what follows from it is computed rightly, and the failing tensor is held
against that.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping

import torch
from torch import Tensor

from verify.expected.step import Step
from verify.judge.findings import Cause
from verify.mistakes.guards import NOTHING
from verify.mistakes.hypothesis import Candidate, Evidence
from verify.mistakes.mistake import Mistake
from verify.mistakes.situation import Situation
from verify.mistakes.table import MISTAKES

FOLLOWS = "follows-from-"
"""Start of the names of entries that make a tensor of another one of its layer, rightly."""
SIDES = ("a", "argmax", "da")
"""Matrix forms: no step reads them, but a program makes others of them."""


class Hidden(Situation):
    """A tensor that was not supplied, as it follows from what was; known: what stands in the place
    of tensors that are taken to be wrong."""

    def __init__(self, e: Evidence, step: Step, known: Mapping[str, Tensor]) -> None:
        self._evidence, self._known = e, known
        self.step, self.spec, self.shapes, self.reg = step, step.spec, e.shapes, e.reg
        self.batch, self.dtype, self.steps = e.batch, e.dtype, e.steps
        dtype = e.judge.own.dtype
        self._evaluation = e.judge.own
        if known:
            base = {name: value.to(dtype) for name, value in known.items()}
            self._evaluation = e.judge.own.on(ChainMap(base, dict(e.judge.own.base)))
        self.read: set[str] = set()
        self.subject = self.oracle = self.right(step.tensor)
        self.bound = torch.zeros_like(self.oracle)

    @property
    def labels(self) -> Tensor:
        """(N,) classes."""
        return self._evidence.labels

    def value(self, name: str) -> Tensor:
        """A tensor as the subject has it, as it is taken to be wrong, or as it follows."""
        self.read.add(name)
        return self._evaluation.value(name).to(torch.float64)

    def right(self, name: str) -> Tensor:
        """A tensor as it follows from what stands before it."""
        return self._evaluation.computed(name).to(torch.float64)

    def has(self, name: str) -> bool:
        """The subject has this tensor itself."""
        return self._evidence.has(name)


def hypotheses(e: Evidence) -> Iterator[Candidate]:
    """One cause of all mistakes of hidden tensors that explain the failing one."""
    found: list[tuple[str, Mistake]] = []
    for step in hidden(e):
        for entry in MISTAKES.get(step.op, ()):
            if entry.fitted or entry.name.startswith(FOLLOWS):
                continue
            situation = Hidden(e, step, {})
            wrong = entry.formula(situation)
            if e.step.tensor in situation.read or wrong.shape != e.shapes[step.tensor]:
                continue  # what is made of the failing tensor explains any
            if e.fits(seen(e, step.tensor, wrong)) and not refuted(e, step.tensor, wrong):
                found.append((step.tensor, entry))
    if found:
        yield Candidate(told(e, found))


def told(e: Evidence, found: Collection[tuple[str, Mistake]]) -> Cause:
    """The cause that names the tensor where the formula is wrong; all that cannot be told apart."""
    texts = list(dict.fromkeys(f"{tensor} {entry.sentence}" for tensor, entry in found))
    names = tuple(dict.fromkeys(f"{tensor}/{entry.kind}" for tensor, entry in found))
    said = f"{'; or '.join(texts)}: seen in {e.step.tensor}"
    first = next(iter(found))[1].kind
    return Cause(first, said, options=names)


def hidden(e: Evidence) -> list[Step]:
    """Tensors not supplied that the failing one is made of, of its layer and of the one before,
    the nearest first; none where they lead back into a third: then too much may be wrong."""
    known = e.judge.own.steps
    found, wanted = list[Step](), [e.step]
    while wanted:
        step = wanted.pop(0)
        near = [known[name] for name in made_of(known, step) if name in known and not e.has(name)]
        new = [s for s in near if s not in found]
        found, wanted = found + new, wanted + new
    layers = {step.layer for step in found} - {e.step.layer}
    return [] if len(layers) > 1 else found


def made_of(known: Mapping[str, Step], step: Step) -> list[str]:
    """What a step reads, and the matrix forms that it may be made of."""
    names = [entry.name for entry in MISTAKES.get(step.op, ()) if entry.name.startswith(FOLLOWS)]
    sides = [f"{step.layer}.{name.removeprefix(FOLLOWS)}" for name in names]
    return [*step.inputs, *(name for name in sides if name.split(".")[1] in SIDES)]


def seen(e: Evidence, name: str, wrong: Tensor) -> Tensor:
    """The failing tensor as it follows from a wrong hidden one."""
    for step, value in following(e, name, wrong):
        if step.tensor == e.step.tensor:
            return value
    return NOTHING


def refuted(e: Evidence, name: str, wrong: Tensor) -> bool:
    """Another tensor that was supplied is right, and would not be if the hidden one were wrong.
    A matrix form need not be what others are made of."""
    for step, value in following(e, name, wrong, others=True):
        if step.tensor != e.step.tensor and e.has(step.tensor):
            subject, bound = e.value(step.tensor), e.judge.own_rule(step).value(e.dtype)
            would_be, right = ((subject - t).abs() <= bound for t in (value, e.right(step.tensor)))
            if bool(right.all()) and not bool(would_be.all()):
                return True
    return False


def following(
    e: Evidence, name: str, wrong: Tensor, others: bool = False
) -> Iterator[tuple[Step, Tensor]]:
    """What follows from a wrong hidden tensor, up to the failing one; others: up to all that were
    supplied, and not by matrix forms."""
    known = {name: wrong}
    order = list(e.judge.own.steps.values())
    start = next(i for i, step in enumerate(order) if step.tensor == name)
    for step in order[start + 1 :]:
        end = e.has(step.tensor)
        if end and step.tensor != e.step.tensor and not others:
            continue
        if (value := followed(e, step, known, not others)) is not None:
            if value.shape != e.shapes[step.tensor]:
                return
            yield step, value
            if not end:
                known[step.tensor] = value


def followed(
    e: Evidence, step: Step, known: Mapping[str, Tensor], sides: bool = True
) -> Tensor | None:
    """A step's result where something wrong enters it; None where nothing does."""
    for entry in MISTAKES.get(step.op, ()) if sides else ():
        side = f"{step.layer}.{entry.name.removeprefix(FOLLOWS)}"
        if entry.name.startswith(FOLLOWS) and side in known and side.split(".")[1] in SIDES:
            return entry.formula(Hidden(e, step, known))
    if known.keys() & set(step.inputs):
        return Hidden(e, step, known).oracle
    return None
