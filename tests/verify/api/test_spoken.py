"""What a report tells a caller of Python to do is an argument, and works."""

from __future__ import annotations

from typing import Any

import pytest

import verify
from tests.verify.api.nets import QUICK, right
from verify.api.spoken import TAKEN, in_python
from verify.api.wishes import Wishes


def test_the_arguments_are_those_of_a_check() -> None:
    assert set(Wishes.__dataclass_fields__) == TAKEN


@pytest.mark.parametrize(
    ("option", "argument"),
    [
        ("add --convention loss=sum", "add conventions={'loss': 'sum'}"),
        (
            "--convention a=1 --convention b=NHWC; --option reg=0.1",
            "conventions={'a': '1', 'b': 'NHWC'}; options={'reg': '0.1'}",
        ),
        ("names of its own? add --map", "names of its own? add map=True"),
        ("--reproducible asks for them", "reproducible=True asks for them"),
        ("no answer within 60 s (--seconds)", "no answer within 60 s (seconds=)"),
        ("add --variant modern, or --network NAME", "add network=NAME"),
        ("subject said: unknown option --lr", "subject said: unknown option --lr"),
        ("--mapping-file and --maps", "--mapping-file and --maps"),
    ],
)
def test_an_option_is_an_argument(option: str, argument: str) -> None:
    assert in_python(option) == argument


def summed(params: Any, images: Any, labels: Any) -> dict[str, Any]:
    """Gradients of the sum over the batch."""
    made = right(params, images, labels)
    n = len(images)
    return {k: v * n if k.endswith(("dW", "db")) else v for k, v in made.items()
            if k.endswith(("dW", "db"))}  # fmt: skip


def test_what_is_said_to_be_added_works() -> None:
    report = verify.check(summed, **QUICK)
    assert not report.passed and not report.guilty
    assert "add: conventions={'gradients': 'sum'}" in str(report)
    assert "add conventions={'gradients': 'sum'}" in report.causes[0]
    assert verify.check(summed, **QUICK, conventions={"gradients": "sum"}).passed
