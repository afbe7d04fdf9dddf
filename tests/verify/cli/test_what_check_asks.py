"""The cases of ``check``: those of the main job that show something else, or those asked for."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lenet_ref import initial, modern
from lenet_ref.storage import save
from verify.cases.case import Case
from verify.cases.idx import PACKAGED
from verify.cases.plan import takes_weights
from verify.cli import main
from verify.judge.kinks import contested
from verify.judge.trace import Trace
from verify.pipeline.judging import judge_dump
from verify.subjects.asked import OTHER_WEIGHTS, PLAN, Questions, cases
from verify.subjects.reference import reference

VARIANTS = ("modern", "1998")
GIVEN = ("loss.probs", "loss.data", "loss.dx", "F7.y")


def test_every_kind_is_asked() -> None:
    regimes, sizes = {regime for regime, _ in PLAN}, {batch for _, batch in PLAN}
    assert regimes >= {"digits", "zero-bias", "ties", "saturated", "kink-free"}
    assert 1 in sizes and {3, 5, 7} <= sizes and max(sizes) > 16
    (free,) = (case for case in cases(Questions("modern")) if case.regime == "kink-free")
    assert contested(free) == 0 and free.images.min() < 0 < free.images.max()  # signed, too


def unshifted(scores: np.ndarray) -> np.ndarray:
    """A softmax that overflows."""
    with np.errstate(all="ignore"):
        e = np.exp(scores)
        return e / e.sum(axis=1, keepdims=True)


def right(case: Case) -> Trace:
    return {k: v for k, v in reference(case).items() if k in GIVEN}


def without_shift(case: Case) -> Trace:
    found = right(case)
    return {**found, "loss.probs": unshifted(found["F7.y"])}


def log_of_softmax(case: Case) -> Trace:
    found = right(case)
    chosen = found["loss.probs"][np.arange(case.batch), case.labels]
    with np.errstate(all="ignore"):
        return {**found, "loss.data": np.asarray(-np.log(chosen).mean())}


@pytest.mark.parametrize(
    ("lenet", "tensor"),
    [(right, None), (without_shift, "loss.probs"), (log_of_softmax, "loss.data")],
)
@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_wide_logits_alone_show_what_overflows(
    lenet: Callable[[Case], Trace], tensor: str | None, seed: int
) -> None:
    failed = {
        (case.regime, f.step.tensor)
        for case in cases(Questions("modern", seed=seed))
        for f in judge_dump(case, lenet(case), None, "nothing", causes=False)
        if f.failed
    }
    assert failed == ({("saturated", tensor)} if tensor else set())


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_cases_asked_for_are_asked(variant: str) -> None:
    asked = Questions(variant, "float32", 3, (), ("ties", "signed"), (2, 4))
    found = [(case.regime, case.batch, case.dtype) for case in cases(asked)]
    chosen = [(r, n, "float32") for r in ("ties", "signed") for n in (2, 4)]
    assert found == [*chosen, (OTHER_WEIGHTS, 2, "float32")]


def test_digits_and_weights_of_ones_own_are_used(tmp_path: Path) -> None:
    folder = tmp_path / "digits"
    shutil.copytree(PACKAGED, folder)
    (images,) = folder.glob("t10k-images*")
    data = bytearray(gzip.decompress(images.read_bytes()))
    data[16:] = bytes(len(data) - 16)  # nothing but background
    images.write_bytes(gzip.compress(data))
    save(tmp_path / "w.npz", initial(modern(), 77))
    asked = Questions("modern", data=folder, weights=tmp_path / "w.npz")
    *planned, other = cases(asked)
    assert {case.regime for case in planned} == {r for r, _ in PLAN if takes_weights(r)}
    for case in planned:
        np.testing.assert_array_equal(case.parameters["C3.W"], initial(modern(), 77)["C3.W"])
    assert (other.parameters["C3.W"] != planned[0].parameters["C3.W"]).any()
    assert {len(np.unique(c.images)) for c in planned if c.regime == "digits"} == {1}
    (free,) = (case for case in planned if case.regime == "kink-free")
    assert contested(free) == 0


def test_no_table_of_outputs_passes() -> None:
    """Another seed, other images, weights and labels, in every case."""
    one, other = (list(cases(Questions("modern", seed=seed))) for seed in (0, 1))
    for first, second in zip(one, other, strict=True):
        assert first.images.shape == second.images.shape
        assert not np.array_equal(first.images, second.images)
        assert not np.array_equal(first.parameters["F7.W"], second.parameters["F7.W"])


def test_a_manifest_of_another_network_is_not_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    golden, out = str(tmp_path / "g"), ["--out", str(tmp_path / "out")]
    words = ["--variant", "modern", "--batch", "1", "--option", "reg=0.1", "--out", golden]
    assert main(["golden", *words]) == 0
    assert main(["check", golden, "--option", "reg=0.1", *out]) == 0
    assert main(["check", golden, *out]) == 0
    capsys.readouterr()
    assert main(["check", golden, "--option", "reg=0.2", *out]) == 2
    assert "got reg=0.1; expected reg=0.2" in capsys.readouterr().err
    assert main(["check", golden, "--tensor", "C3.foo", *out]) == 2
    assert "no such tensor; got C3.foo; expected C3." in capsys.readouterr().err


def test_one_tensor_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    golden, out = str(tmp_path / "g"), ["--out", str(tmp_path / "out")]
    assert main(["golden", "--variant", "modern", "--batch", "1", "--out", golden]) == 0
    with np.load(tmp_path / "g" / "tensors.npz") as file:
        np.savez(tmp_path / "d.npz", **{"C3.dW": -file["C3.dW"], "F7.dW": file["F7.dW"]})
    dump = ["check", str(tmp_path / "d.npz"), "--case", golden, *out]
    assert main([*dump, "--tensor", "F7.dW"]) == 0
    assert "PASS  1 of 1 comparisons" in capsys.readouterr().out
    assert main([*dump, "--tensor", "C3.dW"]) == 1


def test_the_exact_tier_of_the_main_job_is_that_of_integers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--tier", "exact", "--variant", "modern", "--batch", "1", "--tensor", "F7.dW"]
    assert main([*words, "--jobs", "1", "--out", str(tmp_path)]) == 0
    assert "PASS  1 of 1 comparisons" in capsys.readouterr().out
