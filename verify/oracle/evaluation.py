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
from verify.oracle.node import Tensors
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
        self._nodes: dict[tuple[str, ...], tuple[Tensors, Tensor]] = {}

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

    def forget(self, name: str) -> None:
        """Keep no result for a tensor that the base holds, and nobody else asks for: memory that is
        used again is several times as fast as new memory."""
        self._computed.pop(name, None)

    def known(self, name: str) -> Tensor | None:
        """A tensor that need not be computed any more; None for any other."""
        found = self.base.get(name)
        return self._computed.get(name) if found is None else found

    def node(self, step: Step, kind: str) -> tuple[Tensors, Tensor]:
        """Leaves, by symbol, and output of a differentiable node of the step's layer, built once.

        A leaf that the step does not depend on (the input of a convolution, for the gradient
        at its bias) may be absent; zeros of its shape stand in, and for no other step.  One that
        the layer does not have (the bias of a layer without) is None to the node's function.
        """
        symbols = NODES[kind].leaves
        names = {s: f"{step.layer}.{s}" for s in symbols if f"{step.layer}.{s}" in self.shapes}
        unknown = (name for name in names.values() if not self._leaf_known(name, step))
        key = (step.layer, kind, *unknown)
        if key not in self._nodes:
            leaves = {s: self._leaf(n, step).detach().requires_grad_() for s, n in names.items()}
            output = NODES[kind].function(*map(leaves.get, symbols), step.spec)
            self._nodes[key] = (leaves, output)
        return self._nodes[key]

    def _leaf(self, name: str, step: Step) -> Tensor:
        if self._leaf_known(name, step):
            return self.value(name)
        return torch.zeros(self.shapes[name], dtype=self.dtype)

    def _leaf_known(self, name: str, step: Step) -> bool:
        return name in step.inputs or name in self.base or name in self._computed
