"""Which tensors people look at: the usual few, the output alone, or every one there is."""

from __future__ import annotations

from collections.abc import Callable

from verify.cases.case import Case
from verify.proof.evidence.exhibit import Exhibit


def is_alone(case: Case) -> bool:
    """A layer or a loss by itself, as operators are tested, and no network."""
    return case.arch.options == "probe"


def output(exhibit: Exhibit, name: str) -> bool:
    """The last layer's output and the loss: benchmarks of forward kernels see no more."""
    last = exhibit.case.arch.layers[-1].name
    return name in (f"{last}.y", "loss.data", "loss.total")


def usual(exhibit: Exhibit, name: str) -> bool:
    """Output, loss and parameter gradients; of a layer by itself its input's gradient too, and of
    a loss by itself its own."""
    symbol = name.rpartition(".")[2]
    first = exhibit.case.arch.layers[0].name
    alone = is_alone(exhibit.case) and name in ("loss.dx", f"{first}.dx")
    return output(exhibit, name) or symbol in ("dW", "db") or alone


def every(exhibit: Exhibit, name: str) -> bool:
    """Whatever autograd keeps: inputs, outputs and gradients of every layer (retain_grad)."""
    return True


SCOPES: dict[str, Callable[[Exhibit, str], bool]] = {
    "output": output,
    "usual": usual,
    "every": every,
}
