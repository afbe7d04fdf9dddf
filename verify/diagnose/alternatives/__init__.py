"""Alternative formulas: what each operation gives under a mistake people make.

A module holds a mapping ALTERNATIVES of operation to hypotheses; each hypothesis is a cause's
name, a sentence, and the mistaken formula on the layer's tensors (``e["dz"]``).  To add one,
add a line.  The first that fits is the diagnosis, so the specific stands before the general.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from verify.diagnose.alternatives import convolution
from verify.diagnose.alternatives.entry import Entry
from verify.diagnose.hypothesis import Candidate, Evidence
from verify.findings import Cause

ALTERNATIVES: dict[str, tuple[Entry, ...]] = {**convolution.ALTERNATIVES}


def hypotheses(e: Evidence) -> Iterator[Candidate]:
    """The alternatives of the failing tensor's operation."""
    for entry in ALTERNATIVES.get(e.step.op, ()):
        yield Cause(entry.name, f"{e.step.tensor} {entry.text}"), partial(entry.formula, e)
