"""Points of a grader, read from TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

from lenet_ref.architecture import modern
from verify.errors import InputError
from verify.exchange.points import read_points

GRADIENTS = {f"{layer}.{s}" for layer in ("C1", "C3", "C5", "F6", "F7") for s in ("dW", "db")}


def points(tmp_path: Path, text: str) -> dict[str, float]:
    path = tmp_path / "points.toml"
    path.write_text(text)
    return read_points(path, modern())


def test_every_parameter_gradient_is_worth_one(tmp_path: Path) -> None:
    assert points(tmp_path, "") == dict.fromkeys(points(tmp_path, ""), 1.0)
    assert set(points(tmp_path, "")) == GRADIENTS


def test_a_name_before_a_pattern_and_a_layer_times_that(tmp_path: Path) -> None:
    text = """required = ["*.dW", "C3.y"]
    [weight]
    "*.dW" = 2
    "C*.dW" = 100
    "C3.dW" = 5
    [layer]
    C3 = 10
    F7 = 0
    """
    want = {"C1.dW": 2, "C3.dW": 50, "C3.y": 10, "C5.dW": 2, "F6.dW": 2, "F7.dW": 0}
    assert points(tmp_path, text) == want


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("requird = ['*.dW']", r"'requird' \(required\?\)"),
        ("required = 'C3.dW'", "no list of names"),
        ("required = [3]", "no list of names"),
        ("required = ['C3.dw2']", "C3.dW"),
        ("required = []", "no tensor is worth anything"),
        ("[weight]\n'C33.dW' = 1", "'C33.dW'.*C3.dW"),
        ("[weight]\n'C3.y' = 1", "is not required.*C3.y"),
        ("[weight]\nC3.dW = 1", "stands in quotes"),
        ("[weight]\n'C3.dW' = '1'", "no number of points"),
        ("[weight]\n'C3.dW' = true", "no number of points"),
        ("[weight]\n'C3.dW' = -1", "no number of points"),
        ("[weight]\n'C3.dW' = nan", "no number of points"),
        ("[weight]\n'C3.dW' = 1e9", "no number of points"),
        ("[weight]\n'*' = 0", "no tensor is worth anything"),
        ("weight = 3", "no table"),
        ("[layer]\nC33 = 1", r"'C33' \(C3\?\)"),
        ("[layer]\nS2 = 1", "of which a tensor is required"),
        ("[[[", "not points in TOML"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        points(tmp_path, text)
    assert "\n" not in str(caught.value)
