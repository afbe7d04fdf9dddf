"""The command under a failure repeats the check it stands under."""

from __future__ import annotations

import shlex

import pytest

from verify.cli.check import Command, given, parser
from verify.pipeline.request import CheckRequest

SAID = (
    "net.py:lenet --variant modern",
    "--program './lenet {inputs} {outputs}' --variant 1998 --tier float32 --seed 5",
    "'my dump' --variant modern --case golden --mapping theirs.toml --require gradients",
    "net.py:lenet --variant modern --option reg=0.1 --option channels=3 --reproducible",
    "net.py:lenet --variant 1998 --seconds 20.0 --memory 512 --require all",
)


def rerun(said: str) -> str:
    """The command that repeats a check."""
    asked = parser().parse_args(shlex.split(said))
    subject = asked.program or asked.subject[0]
    request, program = CheckRequest(), bool(asked.program)
    return Command((subject,), program, request, asked.out, None, given(asked)).again(subject)


@pytest.mark.parametrize("said", SAID)
def test_every_option_that_was_given_is_given_again(said: str) -> None:
    again = shlex.split(rerun(said))
    assert again[:2] == ["lenet-verify", "check"]
    first, second = parser().parse_args(shlex.split(said)), parser().parse_args(again[2:])
    assert vars(first) == vars(second)


def test_what_nobody_said_is_not_said() -> None:
    said = "net.py:lenet --variant modern"
    assert rerun(said) == f"lenet-verify check {said}"
