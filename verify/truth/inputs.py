"""What a formula of the truth may use."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from verify.expected.steps import Step

Array = NDArray[Any]


class Inputs:
    """The step's inputs by position, its spec, and the facts a formula may need."""

    def __init__(
        self,
        step: Step,
        arrays: list[Array],
        shape: tuple[int, ...],
        labels: Array | None,
        reg: float,
    ) -> None:
        self.step, self.arrays, self.shape, self.reg = step, arrays, shape, reg
        self.spec: Any = step.spec
        self.labels: Any = labels

    def __getitem__(self, i: int) -> Array:
        return self.arrays[i]
