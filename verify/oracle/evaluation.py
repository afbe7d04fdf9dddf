"""Evaluate the steps of a network in torch from any set of tensors known at the start.

With a subject's trace as the base, each step sees the subject's own inputs: its result is
what *own* error is measured against.  With only images, labels and parameters as the base,
every step sees the oracle's own earlier results.  What the base lacks is computed from what
it has, so a trace with gaps can still be judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from lenet_ref.errors import LeNetError
from verify.expected.step import Step
from verify.oracle.operations import NODES, OPERATIONS

__all__ = ["Evaluation", "Shape"]
Shape = tuple[int, ...]


class Evaluation:
    """Lazy evaluation of steps.

    Args:
        steps: the network's steps.
        shapes: shape of every tensor.
        base: tensors taken as known, by name; floating ones of one dtype.
        labels: (N,) classes, or None.
        dtype: floating dtype to compute in.
        reg: coefficient of the regulariser.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        shapes: Mapping[str, Shape],
        base: Mapping[str, Tensor],
        labels: Tensor | None,
        dtype: torch.dtype,
        reg: float = 0.0,
    ) -> None:
        self.steps = {step.tensor: step for step in steps}
        self.shapes, self.base, self.dtype, self.reg = shapes, base, dtype, reg
        self._labels = labels
        self._computed: dict[str, Tensor] = {}
        self._nodes: dict[tuple[str, ...], tuple[list[Tensor], Tensor]] = {}

    def on(self, base: Mapping[str, Tensor]) -> Evaluation:
        """The same network on other tensors."""
        return Evaluation(
            list(self.steps.values()), self.shapes, base, self._labels, self.dtype, self.reg
        )

    @property
    def labels(self) -> Tensor:
        """The labels; a case without them has no loss to evaluate."""
        if self._labels is None:
            raise LeNetError("no labels in this case", where="labels")
        return self._labels

    def value(self, name: str) -> Tensor:
        """A tensor as the steps after it see it: from the base if there, else computed."""
        known = self.base.get(name)
        return self.computed(name) if known is None else known

    def computed(self, name: str) -> Tensor:
        """The oracle's result for a tensor from its step's inputs, whatever the base holds."""
        if name not in self._computed:
            step = self.steps.get(name)
            if step is None:
                raise LeNetError("not known and not computed by any step", where=name)
            self._computed[name] = OPERATIONS[step.op](self, step)
        return self._computed[name]

    def node(self, step: Step, kind: str) -> tuple[list[Tensor], Tensor]:
        """Leaves and output of a differentiable node of the step's layer, built once.

        A leaf that the step does not depend on (the input of a convolution, for the gradient
        at its bias) may be absent; zeros of its shape stand in, and for no other step.
        """
        names = [f"{step.layer}.{leaf}" for leaf in NODES[kind].leaves]
        key = (step.layer, kind, *(name for name in names if not self._leaf_known(name, step)))
        if key not in self._nodes:
            leaves = [self._leaf(name, step).detach().requires_grad_() for name in names]
            self._nodes[key] = (leaves, NODES[kind].function(*leaves, step.spec))
        return self._nodes[key]

    def leaf(self, kind: str, symbol: str) -> int:
        """Position of a symbol among the leaves of a node."""
        return NODES[kind].leaves.index(symbol)

    def _leaf(self, name: str, step: Step) -> Tensor:
        if self._leaf_known(name, step):
            return self.value(name)
        return torch.zeros(self.shapes[name], dtype=self.dtype)

    def _leaf_known(self, name: str, step: Step) -> bool:
        return name in step.inputs or name in self.base or name in self._computed
