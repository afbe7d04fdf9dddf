"""Every argument is obeyed, or refused with one clear line."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verify
from lenet_ref import initial, modern, run
from lenet_ref.errors import LeNetError
from lenet_ref.parameters import parameter_shapes
from lenet_ref.storage import save
from tests.verify.api.nets import ARCH, FILE, QUICK, handed_in, right, wrong
from verify.api.wishes import Wishes
from verify.cli import main
from verify.report.rows import Row

SPEC = f"{FILE}:right"


def rows(report: verify.Report) -> list[Row]:
    return list(map(dict, report.to_dataframe().to_dict("records")))  # type: ignore[arg-type]


def seen(report: verify.Report, column: str) -> set[Any]:
    """What the rows have in a column."""
    return {row[column] for row in rows(report)}


def asked(name: str, value: Any, subject: Any = right, **others: Any) -> verify.Report:
    """A check with one more argument, and what that repeats it says so."""
    report = verify.check(subject, **{**QUICK, **others, name: value})
    assert f"{name}={value!r}" in report.again or not isinstance(value, str | int | float | tuple)
    return report


def test_what_a_subject_is_asked() -> None:
    assert seen(asked("tier", "float32"), "dtype") == {"float32"}
    assert seen(asked("regimes", ("signed", "ties")), "regime") == {
        "signed",
        "ties",
        "other-weights",
    }
    assert seen(asked("batches", (2, 4)), "batch") == {2, 4}
    assert seen(asked("seed", 5), "seed") == {5}


def test_a_seed_is_drawn_and_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda count: 77)
    report = verify.check(right, **{**QUICK, "seed": None})
    assert seen(report, "seed") == {77} and "seed=77" in report.again


def test_files_that_a_case_is_drawn_from(tmp_path: Path) -> None:
    drawn = {n: np.full(s, 0.25) for n, s in parameter_shapes(ARCH).items()}
    save(tmp_path / "w.npz", drawn)
    given: list[float] = []

    def keeps(parameters: Any, images: Any, labels: Any) -> Any:
        given.append(float(parameters["edges.W"].flat[0]))
        return right(parameters, images, labels)

    assert asked("weights", tmp_path / "w.npz", keeps, regimes="digits").passed
    assert given.count(0.25) == 3  # the first case, three times; the other has its own
    with pytest.raises(LeNetError, match="absent"):
        asked("data", tmp_path / "absent", regimes="digits")


def test_what_is_judged() -> None:
    assert seen(asked("tensor", "edges.dW"), "tensor") == {"edges.dW"}

    def little(parameters: Any, images: Any, labels: Any) -> Any:
        return {"scores.y": right(parameters, images, labels)["scores.y"]}

    assert verify.check(little, **QUICK).passed
    report = asked("require", "gradients", little)
    assert "missing" in seen(report, "verdict") and not report.passed


def test_names_and_conventions(tmp_path: Path) -> None:
    def theirs(parameters: Any, images: Any, labels: Any) -> Any:
        ours = {"edges.W": parameters["w1"], **{k: v for k, v in parameters.items() if k != "w1"}}
        tensors = right(ours, images, labels)
        return {"w1": tensors.pop("edges.W"), **tensors}

    tables = {"names": {"w1": "edges.W"}}
    assert asked("mapping", tables, theirs).passed
    (tmp_path / "m.toml").write_text('[names]\nw1 = "edges.W"\n')
    assert asked("mapping", tmp_path / "m.toml", theirs).passed
    assert not verify.check(theirs, **QUICK).passed

    def added(parameters: Any, images: Any, labels: Any) -> Any:
        tensors = right(parameters, images, labels)
        return {k: -v if ".d" in k and k != "loss.data" else v for k, v in tensors.items()}

    assert asked("conventions", {"sign": "negative"}, added).passed
    told = verify.check(added, **QUICK)
    assert not told.passed and 'sign = "negative"' in told.causes[0]


def test_a_mapping_that_is_proposed() -> None:
    def short(parameters: Any, images: Any, labels: Any) -> Any:
        tensors = right(parameters, images, labels)
        return {"logits": tensors["scores.y"], "grad_w": tensors["scores.dW"]}

    assert asked("map", True, short).passed
    assert verify.check(short, **QUICK).outcome.judged == 0


def test_the_case_of_arrays(tmp_path: Path) -> None:
    words = ["golden", "--variant", "modern", "--batch", "2", "--out", str(tmp_path / "golden")]
    assert main(words) == 0
    with np.load(next((tmp_path / "golden").glob("*.npz"))) as file:
        arrays = {name: file[name] for name in file.files}
    assert verify.check(arrays, case=tmp_path / "golden").passed
    arrays["C3.dW"] = arrays["C3.dW"] * 2
    assert verify.check(arrays, case=tmp_path / "golden").guilty == ("C3",)


def test_options_of_a_network() -> None:
    def decays(parameters: Any, images: Any, labels: Any) -> Any:
        return dict(run(modern(reg=0.1), parameters, images, labels))

    few = {"network": "modern", "batches": 2}
    assert asked("options", {"reg": 0.1}, decays, **few).passed
    assert verify.check(decays, **{**QUICK, **few, "network": modern(reg=0.1)}).passed
    assert verify.check(decays, **{**QUICK, **few}).guilty != ()
    assert initial(modern(), seed=0).keys() == parameter_shapes(modern()).keys()


def test_what_a_callable_may_use(tmp_path: Path) -> None:
    """The reference is no library of a student's."""
    key = tmp_path / "secret" / "key.txt"
    key.parent.mkdir()
    key.write_text("42")
    (tmp_path / "reads.py").write_text(
        "import sys, pathlib\n"
        f"sys.path.insert(0, {str(FILE.parent)!r})\n"
        "from nets import right\n"
        "def run(parameters, images, labels):\n"
        f"    pathlib.Path({str(key)!r}).read_text()\n"
        "    return right(parameters, images, labels)\n"
    )
    subject = f"{tmp_path}/reads.py:run"
    assert any("key.txt" in cause for cause in asked("secret", key.parent, subject).causes)
    assert asked("allow", "lenet_ref", subject).passed
    (cause,) = asked("allow", "scipy", subject).causes
    assert "it uses lenet_ref" in cause and "allowed: scipy" in cause


def test_limits_and_bits() -> None:
    calls: list[int] = []

    def unsteady(parameters: Any, images: Any, labels: Any) -> Any:
        calls.append(1)
        tensors = right(parameters, images, labels)
        return {**tensors, "edges.dW": tensors["edges.dW"] * (1 + 2**-52 * (len(calls) % 2))}

    assert verify.check(unsteady, **QUICK).passed
    assert not asked("reproducible", True, unsteady).passed
    assert asked("memory", 2048, SPEC).passed
    late = asked("seconds", 0.001, SPEC)
    assert not late.passed and "no answer within 0.001 s" in late.causes[0]


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (right, {"tier": "float16"}, "tier=: no such choice; got 'float16'; expected float"),
    (right, {"regimes": "digit"}, "regimes=.*digits"),
    (right, {"batches": 0}, "batches=: unusable value; got 0"),
    (right, {"batches": "7"}, "batches=: unusable value; got '7'"),
    (right, {"batches": True}, "batches=: unusable value; got True"),
    (right, {"batches": 10**7}, "batches=: unusable value; got 10000000; expected at most"),
    (right, {"seed": -1}, "seed=: unusable value"),
    (right, {"seed": 1.5}, "seed=: unusable value"),
    (right, {"data": "nowhere", "regimes": "signed"}, "data= and regimes=.*draws its images"),
    (right, {"weights": "w.npz", "regimes": "ties"}, "weights= and regimes=.*weights of its own"),
    (right, {"tensor": "edges.dV"}, "tensor=: no such tensor.*edges.dy"),
    (right, {"require": "everything"}, "require=: no such choice"),
    (right, {"conventions": {"sign": "upside-down"}}, "conventions= sign.*negative"),
    (right, {"mapping": {"name": {}}}, "mapping: name: no such key"),
    (right, {"mapping": "absent.toml"}, "absent.toml"),
    (
        right,
        {"mapping": {"conventions": {"sign": "negative"}}, "conventions": {"sign": "positive"}},
        "conventions= sign: said in two ways",
    ),
    (right, {"case": "golden"}, "case= and right: means nothing for who answers"),
    (right, {"options": {"depth": 3}}, "options=: no such architecture option"),
    (right, {"network": 5}, "network=: names no network; got int"),
    (right, {"seconds": 5}, "seconds=: holds for no function of this process.*file.py:function"),
    (right, {"allow": "scipy"}, "allow=: holds for no function of this process"),
    (right, {"secret": "."}, "secret=: holds for no function of this process"),
    (SPEC, {"secret": "absent"}, "secret=: no such folder; got absent"),
    ("./it", {"program": True, "allow": "scipy"}, "program= and allow=.*not seen"),
    (right, {"memory": 512}, "memory=: holds for no function of this process"),
    (SPEC, {"seconds": 0}, "seconds=, memory=: unusable value"),
    (SPEC, {"seconds": "5"}, "seconds=: unusable value.*a number"),
    (SPEC, {"memory": 1}, "seconds=, memory=: unusable value"),
    ("./it", {"program": True, "reproducible": True}, "program= and reproducible="),
    (handed_in(right), {"tier": "float64"}, "tier= and arrays: means nothing for files"),
    (handed_in(right), {"seed": 0}, "seed= and arrays: means nothing for files"),
]


@pytest.mark.parametrize(("subject", "said", "expected"), REFUSED)
def test_what_cannot_be_obeyed_is_refused(subject: Any, said: Any, expected: str) -> None:
    with pytest.raises(LeNetError, match=expected) as caught:
        verify.check(subject, **{"network": ARCH, **said})
    assert "\n" not in str(caught.value) and "--" not in str(caught.value)


def test_every_argument_is_tried() -> None:
    """Here, or with the subjects; and each has a field."""
    names = [*inspect.signature(verify.check).parameters][1:]
    assert names == [*Wishes.__dataclass_fields__]
    source = Path(__file__).read_text()
    apart = {"network", "program"}  # tests of subjects
    assert [n for n in names if f'asked("{n}"' not in source and n not in apart] == ["case"]
    assert [n for n in names if not any(n in said for _, said, _ in REFUSED)] == ["map"]


def test_it_is_the_mistake_that_fails() -> None:
    assert verify.check(wrong, **QUICK).guilty == ("scores",)
