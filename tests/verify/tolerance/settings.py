"""One-layer networks, data for them, and everything a rounding bound is tested with.

A setting is one network on one kind of data in one dtype: lenet_ref's trace of it, the oracle
fed with that trace, and the query a rule asks.  Every operation occurs in some network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lenet_ref import connections, network
from lenet_ref.architecture import (
    Affine,
    Architecture,
    Convolution,
    Layer,
    Loss,
    MaxPool,
    RadialBasis,
    Subsampling,
)
from lenet_ref.parameters import parameter_shapes
from tests.verify.tolerance import draws, families
from verify.expected.shapes import shapes
from verify.expected.step import Step
from verify.expected.steps import steps
from verify.judge.trace import to_torch
from verify.oracle.evaluation import Evaluation
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query
from verify.tolerance.rules import RULES

Array = NDArray[Any]
TORCH = {"float32": torch.float32, "float64": torch.float64}


def _one(layer: Layer, loss: Loss | None = None) -> Architecture:
    modern = isinstance(layer, MaxPool) or (loss is not None and loss.kind == "cross_entropy")
    return Architecture("modern" if modern else "1998", (layer,), loss)


_RBF = RadialBasis("F7", 5, 4, learned=True)
_LOGITS = Affine("F7", 5, 5, activation="identity")
NETWORKS: dict[str, Architecture] = {
    "convolution": _one(Convolution("C1", 2, 3, (5, 4), kernel=(2, 3))),
    "strided": _one(Convolution("C1", 2, 3, (5, 4), (3, 2), (2, 1), activation="squash")),
    "table": _one(
        Convolution("C3", 6, 16, (3, 2), (2, 2), activation="identity", table=connections.TABLE_I)
    ),
    "max": _one(MaxPool("S2", 2, (4, 6), window=(2, 3))),
    "sum": _one(Subsampling("S2", 3, (4, 6), activation="identity")),
    "average": _one(Subsampling("S2", 3, (4, 6), reading="average", activation="identity")),
    "affine": _one(Affine("F6", 7, 4)),
    "squash": _one(Affine("F6", 5, 5, activation="squash")),
    "tanh": _one(Affine("F6", 5, 5, activation="tanh")),
    "logistic": _one(Affine("F6", 5, 5, activation="logistic")),
    "rbf": _one(_RBF),
    "decay": _one(Affine("F7", 4, 5, activation="identity"), Loss("cross_entropy", reg=0.3)),
    "logits": _one(_LOGITS, Loss("cross_entropy", reg=0.5)),
    "mle": _one(_RBF, Loss("mle")),
    "map": _one(_RBF, Loss("map", j=84.0)),
    **families.merged("NETWORKS"),
}
DIAGONAL = ("squash", "tanh", "logistic", "logits", "leaky", "scaled_tanh",
            *families.merged("DIAGONAL"))  # fmt: skip
"""Networks whose weights are 1 on the diagonal: the drawn numbers reach the function as such."""
SAME = {"masked.dx": "activation.dz"}
"""Operations whose rule is another's, of inputs with other names."""
PROVED = [op for op in RULES if op not in SAME]
SATURATING = {"logits": 1e4, "decay": 100.0, "rbf": 14.0, "map": 14.0, "mle": 14.0}
SATURATING |= families.merged("SATURATING")


@dataclass(frozen=True)
class Setting:
    """A network's trace, and the oracle and query that judge it."""

    arch: Architecture
    dtype: str
    trace: dict[str, Array]
    evaluation: Evaluation
    query: Query

    def given(self, name: str) -> Array:
        """An input of a step as both sides see it."""
        return self.evaluation.value(name).numpy()

    def steps(self, op: str) -> list[Step]:
        """The steps of this network that are the operation."""
        return [step for step in self.evaluation.steps.values() if step.op == op]

    def bound(self, step: Step) -> Bound:
        """The rule's bound."""
        return RULES[step.op](self.query, step)

    def sides(self, step: Step) -> dict[str, Array]:
        """The result of lenet_ref and of the oracle from the same inputs."""
        oracle = self.evaluation.computed(step.tensor).numpy()
        return {"lenet_ref": self.trace[step.tensor], "oracle": oracle}


@cache
def setting(name: str, kind: str, dtype: str, n: int = 2, seed: int = 0) -> Setting:
    """Draw, run lenet_ref, and set up the oracle on its trace."""
    arch = NETWORKS[name]
    rng = np.random.default_rng([seed, *name.encode(), *kind.encode()])
    amplitude = SATURATING.get(name, 30.0)

    def draw(shape: tuple[int, ...]) -> Array:
        return draws.KINDS[kind](shape, rng, dtype, amplitude).astype(dtype)

    parameters = {key: draw(shape) for key, shape in parameter_shapes(arch).items()}
    _fix(arch, parameters, name in DIAGONAL, dtype)
    images = draw((n, *arch.input_shape))
    outputs = shapes(arch, n)[f"{arch.layers[-1].name}.y"]
    upstream = draw(outputs) if arch.loss is None else None
    labels = None if arch.loss is None else rng.integers(0, outputs[1], size=n)
    trace = network.run(arch, parameters, images, labels, upstream)
    return judged(arch, dtype, trace, labels)


def _fix(arch: Architecture, parameters: dict[str, Array], diagonal: bool, dtype: str) -> None:
    """Dead links zero; a diagonal of ones where the network is there for its function."""
    layer = arch.layers[0]
    if isinstance(layer, Convolution) and layer.table is not None:
        live = connections.mask(layer.table, layer.maps_in)[:, :, None, None]
        parameters[f"{layer.name}.W"] *= live.astype(dtype)
    if diagonal:
        parameters[f"{layer.name}.W"][...] = np.eye(5)
        parameters[f"{layer.name}.b"][...] = 0


def judged(
    arch: Architecture, dtype: str, trace: dict[str, Array], labels: Array | None
) -> Setting:
    """The oracle with a trace as its base, and the query on it without uncertainties."""
    base = {name: to_torch(np.asarray(value)) for name, value in trace.items()}
    layer, last = arch.layers[0].name, arch.layers[-1].name
    given = {f"given.{k}": v for k, v in base.items() if k.split(".")[1] in "Wb"}
    images = {"images": base[f"{layer}.x"], "upstream": base[f"{last}.dy"]}
    evaluation = Evaluation(
        steps(arch, upstream=arch.loss is None),
        shapes(arch, len(base[f"{layer}.x"])),
        base | given | images,
        None if labels is None else to_torch(labels).long(),
        TORCH[dtype],
        0.0 if arch.loss is None else arch.loss.reg,
    )
    return Setting(arch, dtype, dict(trace), evaluation, Query(evaluation, lambda name: None, {}))


@cache
def with_operation(op: str) -> list[str]:
    """Names of the networks in which an operation occurs."""
    return [
        name
        for name, arch in NETWORKS.items()
        if any(step.op == op for step in steps(arch, upstream=arch.loss is None))
    ]
