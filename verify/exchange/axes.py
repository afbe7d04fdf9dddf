"""Their axes and ours: for every tensor of a network the plan between the two, in both directions.

    axes = Axes(arch, n, layout)
    axes.ours("C3.dW", theirs)            # what they have, as ours
    axes.theirs("C3.W", ours)             # the exact inverse
    axes.shape("C3.W")                    # the shape that they have
    for layouts, plan in axes.candidates("C3.W"): ...

Nothing is known of a tensor but what the network's description says of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import product
from types import MappingProxyType

from lenet_ref.architecture import Architecture
from lenet_ref.specs.layer import Shape
from verify.exchange.forms import KEYS, Form, forms
from verify.exchange.layout import CHOICES, PLAIN, Layout
from verify.exchange.plans import Array, Plan, plan, reshaped
from verify.exchange.schema import IMAGES, expected
from verify.judge.trace import alike

__all__ = ["Axes"]


class Axes:
    """Of a network, a batch and a layout.

    shapes: our shape of each tensor that a dump may hold, the inputs included.
    """

    def __init__(self, arch: Architecture, n: int, layout: Layout = PLAIN) -> None:
        self.arch, self.n, self.layout = arch, n, layout

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """By our names."""
        return _known(self.arch, self.n)[0]

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """What each of them is."""
        return _known(self.arch, self.n)[1]

    def under(self, layout: Layout) -> Axes:
        """The same tensors in another layout."""
        found = Axes(self.arch, self.n, layout)
        found.shapes, found.forms = self.shapes, self.forms
        return found

    def plan(self, tensor: str) -> Plan:
        """Between theirs and ours; of a tensor that the network does not have, a KeyError."""
        return plan(self.forms[tensor], self.layout)

    def shape(self, tensor: str) -> Shape:
        """The shape that it has with them."""
        return self.plan(tensor).theirs

    def fits(self, tensor: str, shape: Shape) -> bool:
        """An array of theirs of that shape is this tensor, but for axes of length 1."""
        wanted = self.shape(tensor)
        return shape == wanted or alike(shape, wanted)

    def ours(self, tensor: str, value: Array) -> Array:
        """An array of theirs in our axes, if some plan is for its shape; else as it is, for the
        judge to refuse, or to take with a note."""
        found = self.taken(tensor, value.shape)
        return value if found is None else found.to_ours(value)

    def taken(self, tensor: str, shape: Shape) -> Plan | None:
        """The plan of an array that has the declared shape but for axes of length 1, is flat in the
        declared order (raw files are; images may be flat one by one), or is the volume where ours
        is the vector that a layer makes of it, and the other way round."""
        found = self.plan(tensor)
        rows = tensor == IMAGES and len(shape) == 2 and shape[0] == found.theirs[0]
        flat = (len(shape) <= 1 or rows) and math.prod(shape) == math.prod(found.ours)
        if shape == found.theirs or flat:
            return found
        if alike(shape, found.theirs):
            return None if found.identity else found
        other = reshaped(self.forms[tensor], self.layout)
        return other if other is not None and alike(shape, other.theirs) else None

    def theirs(self, tensor: str, value: Array) -> Array:
        """An array of ours in their axes."""
        return self.plan(tensor).to_theirs(value)

    def candidates(self, tensor: str) -> Iterator[tuple[Layout, Plan]]:
        """Every way in which a tensor may lie, each once, with the choices of [layout] that say so,
        whatever is declared; the defaults come first."""
        form, seen = self.forms[tensor], set[Plan]()
        keys = KEYS[form.kind]
        for values in product(*(CHOICES["layout"][key] for key in keys)):
            chosen = {k: v for k, v in zip(keys, values, strict=True) if v != PLAIN[k]}
            layout = Layout(chosen=chosen)
            found = plan(form, layout)
            if found not in seen:
                seen.add(found)
                yield layout, found

    def nearest(self, tensor: str, shape: Shape) -> Iterator[dict[str, str]]:
        """What of [layout] would have to be chosen otherwise for an array of that shape to be this
        tensor: one choice, or two where one will not do or a convolution is fully connected."""
        singles = [*self._others(tensor, shape, 1)]
        yield from singles
        for pair in self._others(tensor, shape, 2):
            if not singles or pair.keys() == {"covering", "affine"}:
                yield pair

    def _others(self, tensor: str, shape: Shape, most: int) -> Iterator[dict[str, str]]:
        """So many choices, none of them one that no shape tells."""
        form, now = self.forms[tensor], self.layout
        keys = [key for key in KEYS[form.kind] if key != "flatten"]
        keys += ["volumes"] if form.kind == "inputs" and form.volume else []
        for values in product(*(CHOICES["layout"][key] for key in keys)):
            other = {k: v for k, v in zip(keys, values, strict=True) if v != now[k]}
            plans = [f(form, now.also(other)) for f in (plan, reshaped)]
            if len(other) == most and shape in [each.theirs for each in plans if each is not None]:
                yield other


@lru_cache(64)  # who looks for a layout asks some hundred times, of one network
def _known(arch: Architecture, n: int) -> tuple[Mapping[str, Shape], Mapping[str, Form]]:
    """Shapes and forms of everything that a dump may hold."""
    shapes = expected(arch, n)
    return MappingProxyType(shapes), MappingProxyType(dict(forms(arch, shapes)))
