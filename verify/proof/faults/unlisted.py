"""Mistakes that nobody listed: random changes of the reference's formulas, from a seed."""

from __future__ import annotations

import importlib
import inspect
import random
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, fields
from functools import cache
from types import FunctionType

import numpy as np

from lenet_ref.specs.activation import PARAMETERS
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.judge.trace import Subject, Trace
from verify.proof.faults.campaign import Ways
from verify.proof.faults.conventions import CONVENTIONS
from verify.proof.faults.difference import same
from verify.proof.faults.fault import Fault, Options, planted
from verify.proof.faults.plant import ALL
from verify.proof.faults.rewriting import made, rewritten
from verify.proof.faults.submissions import KINK_FREE, drawn, jobs
from verify.proof.mutation.campaign import MATHEMATICS, SEED_READING
from verify.subjects.reference import reference

__all__ = ["NETWORKS", "NO_FORMULA", "PAIRS", "UNLISTED", "Pair", "formulas", "unlisted"]
NETWORKS: tuple[tuple[str, Options], ...] = (
    ("modern", ()),
    ("1998", ()),
    ("modern", (("reg", 0.3),)),
    ("1998", (("loss", "map"), ("j", 84.0))),
    ("1998", SEED_READING),
)
NO_FORMULA = (
    *("checked", "run", "predict", "connection_mask", "output_size", "pooled_size", "tiles"),
    "window_scale",
)
PAIRS = 4
"""One change in so many is two at once."""
UNLISTED = Ways((KINK_FREE,), CONVENTIONS[:1], evading=False)
"""How they are handed in: at every level, where nothing stands in the way of causes."""


@cache
def formulas() -> tuple[str, ...]:
    """Functions of the derivation, as targets below lenet_ref; none of these networks has an
    activation with parameters."""
    found = []
    called = (name for name in MATHEMATICS if name.rpartition(".")[2] not in PARAMETERS)
    for name in called:
        module = importlib.import_module(f"lenet_ref.{name}")
        for key, value in inspect.getmembers(module, inspect.isfunction):
            plain = value.__module__ == module.__name__ and not hasattr(value, "__wrapped__")
            if plain and key not in NO_FORMULA and not key.startswith("_"):
                found.append(f"{name}.{key}")
    return tuple(found)


def unlisted(count: int, seed: int) -> Iterator[Fault]:
    """So many changes that run, keep every shape and dtype, and are finite; one in four is two.

    A change that raises, that the network does not call, or that changes no bit is drawn again: it
    tells nothing of causes.
    """
    rng, number = random.Random(seed), 0
    while number < count:
        found = _drawn(rng, f"random-{seed}-{number:03}")
        if _usable(found):
            number += 1
            yield found


def _drawn(rng: random.Random, name: str) -> Fault:
    variant, options = rng.choice(NETWORKS)
    first = _one(rng, name, variant, options)
    if rng.randrange(PAIRS):
        return first
    other = _one(rng, name, variant, options)
    both = {f.name: getattr(first, f.name) for f in fields(first)}
    return Pair(**both | {"about": f"{first.about}; {other.about}"}, other=other)


def _one(rng: random.Random, name: str, variant: str, options: Options) -> Fault:
    target = rng.choice(formulas())
    syntax, what = rewritten(_function(target), rng)
    about, source = f"{target.rpartition('.')[2]}: {what}", "drawn"
    return Fault(name, about, source, target, made(syntax), variant=variant, options=options)


def _function(target: str) -> FunctionType:
    module, _, name = f"lenet_ref.{target}".rpartition(".")
    found = getattr(importlib.import_module(module), name)
    if not isinstance(found, FunctionType):
        raise TypeError(f"{target} is no function")
    return found


@dataclass(frozen=True)
class Pair(Fault):
    """Two changes at once; where one call alone is mistaken, the first is in that one only."""

    other: Fault | None = None

    @contextmanager
    def subject(self, call: int = ALL) -> Iterator[Subject]:
        """The reference with both."""
        with planted(self.other) if self.other else nullcontext(), super().subject(call) as subject:
            yield subject

    def calls(self, case: Case) -> int:
        """How often the first is called; never, if the other is not."""
        return super().calls(case) if self.other and self.other.calls(case) else 0


def _usable(fault: Fault) -> bool:
    job = jobs(fault)[KINK_FREE]
    try:
        with np.errstate(all="ignore"):
            if not fault.calls(drawn(job)):
                return False
            with fault.subject() as subject:
                wrong = subject(drawn(job))
            return not same(wrong, _right(job)) and _alike(wrong, _right(job))
    except Exception:  # whatever a change raises, it is drawn again
        return False


@cache
def _right(job: Job) -> Trace:
    return reference(drawn(job))


def _alike(wrong: Trace, right: Trace) -> bool:
    """The same names, shapes and dtypes, all numbers finite."""
    return wrong.keys() == right.keys() and all(
        wrong[k].shape == right[k].shape
        and wrong[k].dtype == right[k].dtype
        and np.isfinite(wrong[k]).all()
        for k in right
    )
