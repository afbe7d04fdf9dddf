"""Mappings that numbers alone would make, and that would hide a mistake, are no certainty."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref.description import described
from verify.cases.case import Case, from_the_loss
from verify.cases.plan import Job
from verify.cli import main
from verify.exchange.layout import PLAIN
from verify.exchange.load import Source
from verify.judge.kinks import KINK_FREE, kink_free
from verify.mistakes.table import mistake
from verify.pipeline.proposal.guess import Guess
from verify.pipeline.proposal.right import Right
from verify.pipeline.proposal.settle import settled
from verify.pipeline.which import network_of
from verify.proof.planting.run import plant
from verify.subjects.limits import Limits
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[np.floating]]
SQUARE = described({
    "name": "square",
    "input": [30],
    "layers": [
        {"name": f"h{i}", "family": "affine", "units": 20, "activation": "tanh"} for i in (1, 2, 3)
    ] + [{"name": "out", "family": "affine", "units": 4, "activation": "identity"}],
    "loss": {"family": "cross_entropy"},
}, "here")  # fmt: skip
LAYERS = ("h1", "h2", "h3", "out")
ONE = """
name = "one"
input = [12]
layers = [{ name = "fc", family = "affine", units = 12, activation = "identity" }]
"""
SUBJECT = """
def good(p, x, dy):
    W, b = p["weight"], p["bias"]
    return {"output": x @ W.T + b, "grad_input": dy @ W, "grad_weight": dy.T @ x}

def in_out(p, x, dy):
    W, b = p["weight"], p["bias"]
    return {"output": x @ W + b, "grad_input": dy @ W.T, "grad_weight": x.T @ dy}

def transposed(p, x, dy):
    return good(p, x, dy) | {"grad_weight": x.T @ dy}

def transposed_alone(p, x, dy):
    p["weight"]
    return {"grad_weight": x.T @ dy}
"""


@cache
def run() -> tuple[Case, Arrays]:
    case = from_the_loss(kink_free(Job("square", KINK_FREE, "float64", 3, network=SQUARE)).case())
    return case, dict(reference(case))


def numbered(pattern: str, first: int = 1) -> Arrays:
    """Gradients under names with numbers."""
    _, trace = run()
    return {pattern.format(s=symbol, n=first + i): trace[f"{layer}.d{symbol}"]
            for i, layer in enumerate(LAYERS) for symbol in "Wb"}  # fmt: skip


def guessed(arrays: Mapping[str, NDArray[np.floating]]) -> dict[str, Guess]:
    return {g.theirs: g for g in settled(Right(run()[0]), arrays, PLAIN).guesses}


def doubtful(arrays: Arrays) -> set[str]:
    return {name for name, guess in guessed(arrays).items() if not guess.sure}


@pytest.mark.parametrize("pattern", ["d{s}{n}", "layers.{n}.{s}.grad", "grad_{s}_{n}"])
@pytest.mark.parametrize("first", [0, 1])
def test_numbers_count_from_wherever_they_like(pattern: str, first: int) -> None:
    assert doubtful(numbered(pattern, first)) == set()


@pytest.mark.parametrize(
    ("pattern", "one", "other"),
    [("d{s}{n}", "dW2", "dW3"), ("d{s}{n}", "db1", "db3"),
     ("layers.{n}.{s}.grad", "layers.2.W.grad", "layers.3.W.grad")],
)  # fmt: skip
def test_what_was_exchanged_is_not_renamed_for_sure(pattern: str, one: str, other: str) -> None:
    arrays = numbered(pattern)
    arrays[one], arrays[other] = arrays[other], arrays[one]
    assert doubtful(arrays) == {one, other}
    assert "exchanged?" in guessed(arrays)[one].why


def test_what_holds_the_gradient_of_another_layer() -> None:
    arrays = numbered("d{s}{n}")
    arrays["dW2"] = arrays.pop("dW3")
    assert doubtful(arrays) == {"dW2"}
    assert doubtful({"db1": arrays["db3"]}) == {"db1"}


def test_a_name_of_ours_means_what_it_says() -> None:
    _, trace = run()
    found = guessed(
        {"h2.dW": trace["h3.dW"], "h3.dW": trace["h2.dW"], "loss.data": trace["loss.data"]}
    )
    assert {theirs: guess.ours for theirs, guess in found.items()} == {k: k for k in found}


def test_what_may_be_several_tensors_is_not_left_out_for_sure() -> None:
    rng = np.random.default_rng(0)
    arrays = {**numbered("d{s}{n}"), "dense": rng.standard_normal((3, 20)),
              "objective": rng.standard_normal(()), "accuracy": np.array(0.7),
              "columns": rng.standard_normal((3, 7))}  # fmt: skip
    found = guessed(arrays)
    assert doubtful(arrays) == {"dense", "objective"}
    assert {found[name].ours for name in ("dense", "objective", "accuracy", "columns")} == {""}


def test_square_matrices_that_are_transposed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a layout if what it is handed shows it; a mistake if it does not; alone, nobody knows."""
    monkeypatch.chdir(tmp_path)
    Path("one.toml").write_text(ONE)
    Path("one.py").write_text(SUBJECT)

    def check(name: str) -> tuple[int, str]:
        status = main(f"check one.py:{name} --network one.toml --map --seed 0".split())
        said = capsys.readouterr()
        return status, said.out + said.err

    assert check("good")[0] == 0
    status, said = check("in_out")
    assert status == 0 and 'affine = "in-out"\n' in said
    status, said = check("transposed")
    assert status == 1 and "fc.dW is the matrix (D, K) reshaped; it must be transposed" in said
    status, said = check("transposed_alone")
    assert status == 2 and 'numbers, if affine = "in-out"; else they are transposed' in said


def test_a_large_mistake_chooses_no_other_network(tmp_path: Path) -> None:
    """Three numbers that are right say more than eleven that are nearly so."""
    case = from_the_loss(Job("pad2", "digits", "float64", 3).case())
    wrong = plant(case, "activation.dz", mistake("activation.dz", "not-applied")).trace
    kept = {k: v for k, v in wrong.items() if k.endswith((".dW", ".db")) or k == "loss.data"}
    given = {"images": case.images, "labels": np.asarray(case.labels), **case.parameters}
    np.savez(tmp_path / "dump.npz", **given, **kept)  # type: ignore[arg-type]
    found = network_of(str(tmp_path / "dump.npz"), "", Source(), Limits(60.0, 4096))
    assert found is not None and found.name == "pad2"
    assert "d2l" in found.others
