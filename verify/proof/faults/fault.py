"""A mistake in the reference's code as data, and how it is planted: one attribute replaced,
always put back."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.errors import HarnessError
from verify.judge.trace import Subject, Trace
from verify.proof.faults.plant import ALL, Plant
from verify.subjects.reference import reference

__all__ = ["Fault", "OneCall", "Options", "planted"]
Options = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Fault(Plant):
    """A mistake in the code and what the harness must say of it.

    target: ``module.attribute`` below lenet_ref; make: original -> replacement.
    layers: the layers that must be named guilty, all of them and no other.
    tensor: the first tensor, in order of computation, that must fail by own error.
    cause: name of the diagnosis of that tensor.
    variant, regime, tier, batch, options: the cheapest case that shows it.
    check: name of the lifecycle check that must fail instead, for faults of state.
    equivalent: the proof that it has no effect; such a fault must pass everywhere.
    """

    name: str
    about: str
    source: str
    target: str
    make: Callable[[Any], Any]
    layers: str = ""
    tensor: str = ""
    cause: str = ""
    variant: str = "modern"
    regime: str = "digits"
    tier: str = "float64"
    batch: int = 3
    options: Options = ()
    check: str = ""
    equivalent: str = ""

    def job(self) -> Job:
        """The cheapest case that shows it."""
        return Job(self.variant, self.regime, self.tier, self.batch, 0, self.options, truth=False)

    def right(self) -> Subject:
        """The reference, on a copy: some mistakes change what they are given."""
        return _on_a_copy

    @contextmanager
    def subject(self, call: int = ALL) -> Iterator[Subject]:
        """The reference with the mistake planted, in one call of its function or in all."""
        alone = OneCall(self.make, call)

        def run(case: Case) -> Trace:
            alone.count = 0
            return _on_a_copy(case)

        with planted(self if call == ALL else replace(self, make=alone.make)):
            yield run

    def calls(self, case: Case) -> int:
        """How often a run calls the function that the mistake is in."""
        counted = OneCall(lambda right: right, ALL)
        with planted(replace(self, make=counted.make)):
            _on_a_copy(case)
        return counted.count


def _on_a_copy(case: Case) -> Trace:
    return reference(case.handed_out())


class OneCall:
    """A mistake in one layer alone: our layers share their functions, other people's need not.

    make: of the mistake; call: which call of a run is mistaken, from 0; count: calls so far.
    """

    def __init__(self, make: Callable[[Any], Any], call: int) -> None:
        self._make, self._call, self.count = make, call, 0

    def make(self, right: Any) -> Any:
        """The right function, but for one call; what is no function is called never."""
        if not callable(right):
            return right
        wrong = self._make(right)

        def chosen(*arguments: Any, **named: Any) -> Any:
            self.count += 1
            return (wrong if self.count - 1 == self._call else right)(*arguments, **named)

        return chosen


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """Replace the target for the length of a with block.

    Raises:
        HarnessError: the target does not exist, so the fault would test nothing.
    """
    module_name, _, attribute = f"lenet_ref.{fault.target}".rpartition(".")
    module = importlib.import_module(module_name)
    if not hasattr(module, attribute):
        raise HarnessError("no such target", where=fault.name, got=fault.target)
    original = getattr(module, attribute)
    setattr(module, attribute, fault.make(original))
    try:
        yield
    finally:
        setattr(module, attribute, original)
