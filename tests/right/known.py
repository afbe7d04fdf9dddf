"""The implementations by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from tests.right.wiring import Array, Arrays
from verify.cases.case import Case


@dataclass(frozen=True)
class Implementation:
    """module: in this folder; variant: the network it is of; needs: a package it cannot do
    without, which need not be installed."""

    module: str
    variant: str = "modern"
    needs: str = ""

    @property
    def absent(self) -> str:
        """Why it cannot run here, or an empty string."""
        missing = self.needs and find_spec(self.needs) is None
        return f"{self.needs} is not installed" if missing else ""

    def run(self, case: Case) -> Arrays:
        """Every tensor it has, of copies of a case's arrays."""
        lenet: Callable[..., Arrays] = import_module(f"tests.right.{self.module}").lenet
        handed, loss = case.handed_out(), case.arch.loss
        images: Array = handed.images
        if loss is None or handed.labels is None:
            raise ValueError(f"{case.name} has no loss: {self.module} needs one")
        option: dict[str, float] = {}
        if self.variant == "modern":
            option = {"reg": loss.reg}
        elif loss.kind == "map":
            option = {"j": loss.j}
        return lenet(dict(handed.parameters), images, handed.labels, **option)


IMPLEMENTATIONS = {
    "einsum": Implementation("einsums"),
    "loops": Implementation("loops"),
    "torch-autograd": Implementation("torch_autograd"),
    "torch-manual": Implementation("torch_manual"),
    "wide": Implementation("wide"),
    "shuffled": Implementation("shuffled"),
    "threads": Implementation("threads"),
    "blocked": Implementation("blocked"),
    "kahan": Implementation("kahan"),
    "pairwise": Implementation("pairwise"),
    "jax": Implementation("with_jax", needs="jax"),
    "einsum-1998": Implementation("einsums_1998", "1998"),
    "torch-1998": Implementation("torch_1998", "1998"),
}
