"""Names of theirs and ours, patterns among them, both ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.cases.plan import Job
from verify.errors import InputError
from verify.exchange.handed import inputs_of
from verify.exchange.hints import check_targets
from verify.exchange.layout import Layout
from verify.exchange.mapping import read_layout
from verify.exchange.names import common

TORCH = {
    "*.weight": "*.W",
    "*.weight.grad": "*.dW",
    "*.bias": "*.b",
    "debug_*": "",
    "first.weight": "C1.W",
    "last/*/out": "F7.*",
}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("C3.weight", "C3.W"),
        ("C3.weight.grad", "C3.dW"),
        ("first.weight", "C1.W"),  # a literal name before a pattern
        ("last/dz/out", "F7.dz"),
        ("debug_.weight", ""),
        ("C3.y", "C3.y"),  # unmatched
        ("weight", "weight"),
    ],
)
def test_what_theirs_is_with_us(theirs: str, ours: str) -> None:
    assert Layout({**TORCH, "debug_.weight": ""}).ours(theirs) == ours


def test_what_ours_is_with_them() -> None:
    layout = Layout(TORCH)
    assert layout.theirs("C3.dW") == "C3.weight.grad"
    assert layout.theirs("F7.y") == "last/y/out"
    assert layout.theirs("C3.argmax") == "C3.argmax"
    with pytest.raises(InputError, match=r"two names for one tensor.*first.weight' and 'C1.weight"):
        layout.theirs("C1.W")


def written(folder: Path, names: str) -> Layout:
    path = folder / "names.toml"
    path.write_text(f"[names]\n{names}\n", encoding="utf-8")
    return read_layout(path)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ('"*.weight" = "*.W"\n"conv1.*" = "C1.*"', r"two patterns for one name.*'conv1.weight'"),
        ('"a*" = "C1.*"\n"*b" = "*.W"', r"'a\*' and '\*b'"),
        ('"*_*" = "*.*"\n"g_*" = "*.dW"', "two patterns for one name"),
        ('"*.w" = "C1.W"', "not as many"),
        ('w = "*.W"', "not as many"),
        ('"***" = "***"', "a pattern that is too long"),
        (f'"{"w" * 81}*" = "C1.*"', "a pattern that is too long"),
        ("\n".join(f'"{i}_*" = "*.W"' for i in range(33)), "too many patterns"),
    ],
)
def test_patterns_that_are_refused(names: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        written(tmp_path, names)


@pytest.mark.parametrize(
    "names",
    [
        '"*.weight" = "*.W"\n"*.bias" = "*.b"\n"conv1.weight" = "C1.W"',
        '"a*" = "*"\n"a*b" = "*b"',  # the same tensor by both
        '"grad_*" = "*"\n"debug_*" = ""',
        '"*_w" = "*.W"\n"*_dw" = "*.dW"',
    ],
)
def test_patterns_that_are_taken(names: str, tmp_path: Path) -> None:
    assert written(tmp_path, names).names


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ("a*", "*b", "ab"), ("a*c", "ab*", "abc"), ("*", "*", ""), ("a*", "b*", None),
        ("*a", "b", None),
    ],
)  # fmt: skip
def test_a_name_that_both_match(one: str, other: str, name: str | None) -> None:
    assert common(one, other) == common(other, one)
    found = common(one, other)
    assert (found is None) == (name is None)
    assert found is None or found.replace("0", "") == str(name).replace("0", "")


def test_targets_of_patterns() -> None:
    check_targets(Layout({"*.weight": "*.W", "grad_*": "*"}))
    with pytest.raises(InputError, match=r"'\*.weight' leads to"):
        check_targets(Layout({"*.weight": "*.V"}))


@pytest.mark.parametrize(
    ("names", "files", "said"),
    [
        ({"one": "C1.W", "two": "C1.W"}, False, "two names for one tensor"),
        ({"C3.W": "C1.W"}, False, "one name for two inputs"),
        ({"images": "C1.W"}, False, "one name for two inputs"),
        ({"../out": "C1.W"}, True, "no name under which it could be given"),
        ({".hidden": "C1.W"}, True, "no name under which it could be given"),
        ({"w\0": "C1.W"}, False, "no name under which it could be given"),
        ({"c1.argmax": "C1.W"}, False, "no name under which it could be given"),
    ],
)
def test_inputs_that_cannot_be_named(names: dict[str, str], files: bool, said: str) -> None:
    """And nobody asks for names where inputs are ours."""
    case = Job("modern", "digits", "float64", 1).case()
    with pytest.raises(InputError, match=said):
        inputs_of(case, Layout(names), files)
    ours = inputs_of(case, Layout(names, {"inputs": "ours"}), files)
    assert all(name == called for name, called in ours.items())


def test_names_of_inputs() -> None:
    case = Job("modern", "digits", "float64", 1).case()
    layout = Layout({"*_w": "*.W", "X": "images", "conv/one/b": "C1.b"})
    found = inputs_of(case, layout)
    assert (found["C3.W"], found["C1.b"], found["C3.b"]) == ("C3_w", "conv/one/b", "C3.b")
    assert (found["images"], found["labels"]) == ("images", "labels")  # arguments
    with pytest.raises(InputError, match="conv/one/b"):
        inputs_of(case, layout, files=True)
    named = inputs_of(case, Layout({"X": "images", "y": "labels"}), files=True)
    assert (named["images"], named["labels"]) == ("X", "y")
