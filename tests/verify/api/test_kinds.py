"""An argument of no kind that is known is refused in one line, and what is like one is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verify
from tests.verify.api.nets import ARCH, QUICK, right
from verify.api.kinds import KINDS
from verify.api.wishes import Wishes
from verify.cases.plan import Job


def test_every_argument_has_a_kind() -> None:
    """But for those that are looked up in a list, which says so itself."""
    assert {*Wishes.__dataclass_fields__} - {*KINDS} == {"network", "tier", "require"}


@pytest.mark.parametrize(
    "said",
    [
        {"mapping": 5}, {"mapping": [1]}, {"data": 5}, {"weights": {}}, {"secret": 5}, {"allow": 5},
        {"allow": None}, {"tensor": 5}, {"tensor": ["C3.dW"]}, {"conventions": "a=b"},
        {"conventions": ["a=b"]}, {"options": ["reg=1"]}, {"map": "no"},
        {"batches": 2.5}, {"batches": True}, {"seed": 2**63}, {"seed": 10**5000}, {"seed": "3"},
        {"data": "a\0b"}, {"seconds": "3"}, {"memory": 2.5}, {"regimes": 3},
    ],
    ids=lambda said: f"{next(iter(said))}",
)  # fmt: skip
def test_what_is_of_no_kind_is_refused_in_one_line(said: dict[str, Any]) -> None:
    with pytest.raises(verify.InputError) as caught:
        verify.check(right, **{**QUICK, **said})
    assert f"{next(iter(said))}=" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "batches", [np.int64(3), np.array([3]), np.array(3), [np.int32(3)], (3, 3)], ids=repr
)
def test_numbers_of_numpy_are_numbers(batches: Any) -> None:
    report = verify.check(right, **{**QUICK, "batches": batches})
    assert report.passed and set(report.to_dataframe()["batch"]) == {3}
    assert eval(report.again, {"verify": verify, "right": right, "arch": ARCH}).passed


@pytest.mark.parametrize("subject", ["", "a\0b"])
def test_a_name_of_nothing_is_refused(subject: str) -> None:
    with pytest.raises(verify.InputError, match="names nothing"):
        verify.check(subject, ARCH)


def test_what_is_judged_and_written_is_of_its_kind(tmp_path: Path) -> None:
    case = Job("modern", "digits", "float64", 2).case()
    for args in ((None, {}), (case, [1])):
        with pytest.raises(verify.InputError, match="cannot be judged"):
            verify.judge(*args)  # type: ignore[arg-type]
    for folder in (5, "a\0b"):
        with pytest.raises(verify.InputError, match="no folder"):
            verify.check(right, **QUICK).write(folder)  # type: ignore[arg-type]


def test_an_odd_name_is_one_line() -> None:
    def odd(*given: Any) -> Any:
        return right(*given)

    odd.__qualname__ = "o\nd\nd"
    assert "\n" not in verify.check(odd, **QUICK).again
