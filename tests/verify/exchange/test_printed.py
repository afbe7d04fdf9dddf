"""What printing leaves of a number is never more than what is allowed for, and no mistake hides in
it."""

from __future__ import annotations

import csv
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lenet_ref.errors import LeNetError
from tests.files import FUZZ
from tests.verify.exchange.written import Arrays, text
from verify.cli import main
from verify.exchange.decimals import parsed
from verify.exchange.plain import typed

STYLES = ("g", "e", "f", "round")
"""How programs print: so many significant digits, scientific, fixed, rounded and then shortest."""


def printed(value: float, style: str, digits: int) -> str:
    """A number as text."""
    return repr(round(value, digits)) if style == "round" else f"%.{digits}{style}" % value


@FUZZ
@given(
    style=st.sampled_from(STYLES),
    digits=st.integers(1, 17),
    seed=st.integers(0, 10**6),
    size=st.sampled_from([1, 2, 6, 100]),
    spread=st.floats(0, 6),
    zeros=st.booleans(),
)
def test_no_number_is_farther_off_than_its_blur(
    style: str, digits: int, seed: int, size: int, spread: float, zeros: bool
) -> None:
    rng = np.random.default_rng(seed)
    true = rng.standard_normal(size) * 10 ** rng.uniform(-spread, spread / 3, size)
    true[:: 3 if zeros else size + 1] = 0
    words = " ".join(printed(float(x), style, digits) for x in true)
    found = parsed(words.encode(), "x", size)
    value, left = typed(found.values, found.blur, "float64", "C1.y")
    allowed = np.zeros(size) if left is None else left
    assert (np.abs(value - true) <= allowed).all(), words


@pytest.mark.parametrize(
    ("dtype", "form", "exact"),
    [
        *(("float64", "%.17g", True), ("float64", "%.16e", True), ("float64", "%.9g", False)),
        *(("float32", "%.9g", True), ("float32", "%.8e", True), ("float32", "%.6g", False)),
    ],
)
def test_enough_digits_leave_no_blur(dtype: str, form: str, exact: bool) -> None:
    true = np.random.default_rng(1).standard_normal(500).astype(dtype)
    true[7] = 0
    found = parsed(" ".join(form % x for x in true).encode(), "x", 500)
    value, left = typed(found.values, found.blur, dtype, "C1.y")
    assert (left is None) == exact
    assert value.dtype == dtype
    assert not exact or (value == true).all()


@pytest.mark.parametrize(
    ("words", "blur"),
    [
        ("0.25 0.5 -0.75 3 0.125 0.375 0.625", 0.0),  # quarters and eighths
        ("0.25 0.5 -1.75 3 0.125 0.375 0.625", 0.005),  # 1.75 may have had more than three digits
        ("0 255 17 4 128 255 3 90 12 255 1 2 0", 0.0),  # pixels
        ("0 0 0", 0.0),
        ("0e0 0.00e+00", 0.0),
        ("0.00 0.00", 0.005),
        ("0.5", 0.05),
        ("7", 0.5),
        ("0.25 0.31", 0.005),
        ("12.5 0.001", 0.05),
        ("nan", 0.0),
    ],
)
def test_what_few_digits_say(words: str, blur: float) -> None:
    assert parsed(words.encode(), "x", 99).blur.max() == pytest.approx(blur)


@pytest.mark.parametrize(
    "text",
    [
        "1 2\n3 4\n", "1,2\n3,4", "1, 2,\n3, 4,\n", "1;2\r\n3;4", "1\t2\n\n3\t4", "\ufeff1 2\n3 4",
        "# a\n1 2 // b\n% c\n3 4", "1d0 2.D+00\n+3 4e0",
    ],
)  # fmt: skip
def test_separators_and_comments(text: str) -> None:
    assert parsed(text.encode(), "x", 4).values.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 x", "not a number"), ("1,,2", "empty cell"), ("1,5;2,5", "decimal point"),
        ("0x1p3", "not a number"), ("1_0", "not a number"), ("--1", "not a number"),
        (".", "not a number"), ("1 2 3 4 5", "larger than its tensor"), ("1 2, 3", "two numbers"),
        ("[1 2]", "not a number"), ("1e99999", "not a number"), ("١", "not a number"),
        ("3f800000", "not a number"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: str, words: str) -> None:
    with pytest.raises(LeNetError, match=words):
        parsed(text.encode(), "x", 4)


@pytest.fixture(scope="module")
def arrays(golden: Path) -> Arrays:
    """All that a golden folder holds."""
    return {path.stem: np.load(path) for path in sorted(golden.glob("*.npy"))}


def failing(arrays: Arrays, form: str, golden: Path, place: Path) -> set[str]:
    """The tensors that fail when these are printed so, over what is there."""
    (place / "theirs").mkdir(parents=True, exist_ok=True)
    subject = text(place / "theirs", arrays, form=form)
    main(["check", str(subject), "--case", str(golden), "--out", str(place / "out")])
    with (place / "out" / "diff.csv").open(newline="") as file:
        return {row["tensor"] for row in csv.DictReader(file) if row["verdict"] == "fail"}


@pytest.mark.parametrize("form", ["%.3g", "%.6g", "%.6f", "%.6e", "%.9g", "%.12f"])
def test_right_code_is_not_blamed_for_what_it_prints(
    form: str, arrays: Arrays, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(arrays, form, golden, tmp_path) == set()
    assert "digits: judged as sharply as those allow; %.17g prints all" in said(capsys)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, without its line breaks."""
    return " ".join(capsys.readouterr().out.split())


JUDGED = ("C1.z", "C1.da", "C1.dW", "S2.z", "C3.z", "C3.db", "C5.dW", "F6.dz", "F7.dW", "F7.z",
          "loss.probs", "loss.data", "loss.dx")  # fmt: skip


@pytest.fixture(scope="module")
def six(arrays: Arrays, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them in six digits, once: the folders of these tests differ in one file."""
    return text(tmp_path_factory.mktemp("six"), arrays, form="%.6g")


@pytest.mark.parametrize("tensor", JUDGED)
def test_six_digits_excuse_no_mistake_of_a_thousandth(
    tensor: str, arrays: Arrays, golden: Path, six: Path, tmp_path: Path
) -> None:
    shutil.copytree(six, tmp_path / "theirs")
    assert tensor in failing({tensor: arrays[tensor] * 1.001}, "%.6g", golden, tmp_path)


def test_a_mistake_in_six_digits_is_named(
    arrays: Arrays, golden: Path, six: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(six, tmp_path / "theirs")
    wrong = {"C3.db": arrays["C3.db"] / 100}
    assert failing(wrong, "%.6g", golden, tmp_path) == {"C3.db"}
    assert "averaged over the 100 positions" in said(capsys)


def test_a_case_cannot_be_told_from_six_digits(
    arrays: Arrays, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write = partial(text, form="%.6g")
    words = ["--variant", "modern", "--out", str(tmp_path / "out")]
    assert main(["check", str(write(tmp_path, arrays)), *words]) == 2
    assert "too few digits to say which case this is" in capsys.readouterr().err
