"""How the inputs of a case reached a subject, and what they were to it under another mapping.

Golden inputs are ours, and whoever reads them turns them.  A dump that holds its own has them in
its own layout.  Who answers is handed them in the layout that it declared: then an order of
flattening that it did not declare is one in which it took what it was handed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from verify.cases.case import Case
from verify.exchange.axes import Axes
from verify.exchange.handed import theirs
from verify.exchange.layout import CHOICES, Layout
from verify.exchange.own import OWN

__all__ = ["Given"]


@dataclass(frozen=True)
class Given:
    """asked: the mapping under which inputs were handed over or read; live: they were handed."""

    asked: Layout
    live: bool

    def under(self, case: Case, layout: Layout) -> Case:
        """The case as it was to a subject of that mapping: with the parameters that those it was
        given are, read in that layout where they have its shape."""
        own = case.regime == OWN and not self.live
        if not (own or self.live) or not self._changes(layout):
            return case
        asked = self.asked.without("inputs") if own else self.asked
        given = theirs(case, asked)
        parameters = {name: given[name] for name in case.parameters}
        if own or layout["inputs"] == "theirs":
            axes = Axes(case.arch, case.batch, layout)
            for name, value in parameters.items():
                fits = value.shape == axes.shape(name)
                parameters[name] = axes.ours(name, value) if fits else case.parameters[name]
        same = all(np.array_equal(v, case.parameters[name]) for name, v in parameters.items())
        return case if same else replace(case, parameters=parameters)

    def candidates(self, layouts: Iterable[Layout], now: Layout) -> Iterator[Layout]:
        """Those mappings, each in the ways in which somebody who is handed inputs may follow it:
        who was handed ours turned them, or took them as they were."""
        for each in layouts:
            new = self._lying(each).items() - self._lying(now).items()
            if not self.live or not new or not self.asked.plain or now["inputs"] == "ours":
                yield each
                continue
            yield each.choosing("inputs", "ours")
            if {key for key, _ in new} == {"flatten"}:
                yield each

    def _changes(self, layout: Layout) -> bool:
        return self._lying(layout) != self._lying(self.asked)

    def _lying(self, layout: Layout) -> dict[str, str | None]:
        """What is said of how arrays lie; of the order of flattening also that nothing is."""
        found: dict[str, str | None] = {key: layout[key] for key in CHOICES["layout"]}
        return found | {"flatten": layout.chosen.get("flatten"), "C5": None}
