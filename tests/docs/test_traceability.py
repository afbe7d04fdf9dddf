"""Every equation has code and a passing check; every function and row has an equation."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.docs.derivation import OWN_IDS, OWN_SECTION, PAGE, ROOT, cited, own_steps, rows
from verify.cases.plan import Job, plan
from verify.expected import steps as listing
from verify.expected.families import LAYERS as LAYERS_EXPECTED
from verify.expected.steps import steps
from verify.pipeline.judging import Terms, judge_subject
from verify.report.rows import row
from verify.subjects.reference import reference

IDS = {r.id for r in rows(PAGE.read_text())}
LEARNED = (("loss", "map"), ("learned_codes", True))
MASK = "H-C3-mask"
"""Table I as a matrix: no tensor of a trace, but a factor in these rows."""
MASKED = {"H-C3-z", "H-C3-da", "H-C3-dW"}
LAYERS = sorted(path for room in ("layers", "activations", "losses")
                for path in (ROOT / "lenet_ref" / room).glob("*.py"))  # fmt: skip
# Inner pieces: each is part of one equation and named in that function's docstring.
PIECES = {
    "convolution.weight_matrix", "convolution.backward", "convolution.forward",
    "squash.derivative", "scaled_tanh.derivative",
    "subsampling.window_scale", "subsampling.forward",
    "subsampling.backward", "rbf.differences", "cross_entropy.one_hot",
    "cross_entropy.exponentials", "cross_entropy.smoothed_targets", "map.with_rubbish",
}  # fmt: skip


@cache
def passing() -> frozenset[str]:
    """Column ``equation`` of every passing row of one case of each network."""
    jobs = (
        Job("modern", "digits", "float64", 2),
        Job("1998", "digits", "float64", 2),
        Job("1998", "digits", "float64", 2, options=LEARNED),
        *(Job("modern", name, "float64", 3) for name in OWN_SECTION),
    )
    return frozenset(checked(jobs))


def checked(jobs: tuple[Job, ...]) -> Iterator[str]:
    """Equations with a passing row."""
    for job in jobs:
        own = {s.tensor for s in own_steps(job.regime)} if job.regime in OWN_SECTION else set()
        for finding in judge_subject(job.case(), reference, Terms(truth=False)):
            line = row(finding)
            if line["verdict"] == "pass" and (not own or finding.step.tensor in own):
                yield str(line["equation"])


def unverified(found: frozenset[str]) -> set[str]:
    """Equations of the document without a passing row."""
    missing = IDS - found
    return missing - {MASK} if found >= MASKED else missing


def test_every_equation_has_a_passing_row() -> None:
    assert unverified(passing()) == set()


def test_every_row_has_an_equation() -> None:
    assert passing() <= IDS


def test_the_plans_judge_every_equation() -> None:
    """Not only the cases of this test: what lenet-verify runs when nothing is asked has those of
    the networks, the full plan those of options that neither has."""
    jobs = list(plan("default", ("modern", "1998"), range(1)))
    judged = {
        step.equation
        for job in jobs
        if job.regime in OWN_SECTION or not job.regime.startswith("probe")
        for step in steps(job.case().arch, job.regime in OWN_SECTION)
    }
    assert judged | {MASK} >= IDS - OWN_IDS
    full = {job.regime for job in plan("full", ("modern", "1998"), range(1))}
    judged |= {s.equation for name in full & {*OWN_SECTION} for s in own_steps(name)}
    assert judged | {MASK} == IDS


@pytest.mark.parametrize("family, symbol, equation", [
    ("convolution", "db", "M-C3-db"), ("subsampling", "ds", "H-S2-ds"),
    ("max_pool", "da", "M-S4-da"), ("rbf", "dx", "H-F7-dx"), ("affine", "z", "M-F6-z"),
])  # fmt: skip
def test_a_deleted_check_is_noticed(
    family: str, symbol: str, equation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take a tensor out of the list of what is judged: its equations are left unverified."""
    room = LAYERS_EXPECTED[family]
    # A copy without it: an entry put back comes last, and the judge's order is the table's.
    rest = {name: rule for name, rule in room.SYMBOLS.items() if name != symbol}
    monkeypatch.setattr(room, "symbols", lambda layer: rest)
    monkeypatch.setattr(listing, "_steps", listing._steps.__wrapped__)  # nothing remembered
    jobs = (Job("modern", "digits", "float64", 1), Job("1998", "digits", "float64", 1))
    judged = {s.equation for job in jobs for s in steps(job.case().arch)}
    assert equation in IDS - judged
    assert equation in unverified(frozenset(judged))


ADAPTERS = (".layer_forward", ".layer_backward", ".symbols", ".upstream", ".connection_mask")
"""How the network calls a family: each hands its options to functions that cite equations."""


def public(path: Path) -> Iterator[tuple[str, str]]:
    """module.function and docstring of the public functions of a file."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield f"{path.stem}.{node.name}", ast.get_docstring(node) or ""


def test_every_function_of_a_layer_cites_its_equation() -> None:
    bare = {
        name
        for path in LAYERS
        for name, docstring in public(path)
        if not cited(docstring) and not name.endswith(ADAPTERS)
    }
    assert bare <= PIECES


def test_every_piece_is_used_by_a_function_that_cites_an_equation() -> None:
    """A list of exceptions could hide a forgotten citation: each must be called from its file."""
    for path in LAYERS:
        source = path.read_text()
        for name, _ in public(path):
            if name in PIECES and name.split(".")[1] not in ("forward", "backward"):
                assert source.count(f"{name.split('.')[1]}(") >= 2, name
