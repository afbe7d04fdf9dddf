"""A connection table is the layer's own, whatever it holds: right code with another table than the
paper's was blamed by oracle and truth alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref.architecture import Architecture, Convolution
from lenet_ref.connections import TABLE_I, Table
from lenet_ref.parameters import parameter_shapes, without_dead_links
from verify.cases.case import Case
from verify.judge.findings import Finding
from verify.pipeline.judging import judge_subject
from verify.subjects.reference import reference

TABLES: dict[str, tuple[int, Table]] = {
    "the paper's": (6, TABLE_I),
    "in another order": (6, tuple(tuple(reversed(sources)) for sources in TABLE_I)),
    "the wrapped ones exchanged": (6, (*TABLE_I[:4], TABLE_I[5], TABLE_I[4], *TABLE_I[6:])),
    "a dense row, and a map that nobody reads": (4, ((0, 1, 3), (1,), (3, 0))),
    "one to one": (3, ((0,), (1,), (2,))),
    "all but itself": (5, tuple(tuple(c for c in range(5) if c != k) for k in range(5))),
}


def case_of(name: str, dtype: str) -> Case:
    """A sparse layer on its own, with signed inputs."""
    maps, table = TABLES[name]
    layer = Convolution("C3", maps, len(table), (6, 7), (3, 2), (1, 2), "squash", table)
    arch = Architecture("1998", (layer,), None, options="probe")
    rng = np.random.default_rng(5)
    shapes = parameter_shapes(arch)
    weights = {
        k: without_dead_links(layer, k[-1], rng.standard_normal(v)).astype(dtype)
        for k, v in shapes.items()
    }
    images = rng.standard_normal((3, maps, 6, 7)).astype(dtype)
    upstream = rng.standard_normal((3, len(table), 4, 3)).astype(dtype)
    return Case(arch, dtype, "table", 3, 0, images, weights, upstream=upstream)


def judged(case: Case, trace: Any) -> dict[str, Finding]:
    return {f.step.tensor: f for f in judge_subject(case, lambda _: trace)}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", list(TABLES))
def test_any_table_passes_all_three_oracles(name: str, dtype: str) -> None:
    case = case_of(name, dtype)
    found = judged(case, reference(case))
    assert {f.verdict for f in found.values()} == {"pass"}
    assert found["C3.z"].oracle_to_truth >= 0


def other_link(case: Case) -> NDArray[Any]:
    """The weights with the first link of the last map moved to a map it does not read, or to
    another one."""
    W = case.parameters["C3.W"].copy()
    read = np.flatnonzero(np.abs(W[-1]).sum(axis=(1, 2)))
    spare = [c for c in range(W.shape[1]) if c not in read]
    W[-1, spare[0] if spare else read[1]] += W[-1, read[0]]
    W[-1, read[0]] = 0
    return W


@pytest.mark.parametrize("name", list(TABLES))
def test_a_wrong_link_is_blamed(name: str) -> None:
    case = case_of(name, "float64")
    dense = replace(case.arch.layers[0], table=None)  # type: ignore[arg-type]
    wrong = replace(
        case,
        arch=replace(case.arch, layers=(dense,)),
        parameters={**case.parameters, "C3.W": other_link(case)},
    )
    trace = dict(reference(wrong)) | {"C3.W": case.parameters["C3.W"]}
    found = judged(case, trace)
    guilty = [k for k, f in found.items() if f.guilty]
    assert guilty[0] == "C3.z" and "C3.dx" in guilty
