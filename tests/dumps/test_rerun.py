"""The command under a failure repeats the check it stands under."""

from __future__ import annotations

import shlex

import pytest

from verify.cli.check import parser, rerun

SAID = (
    "net.py:lenet --variant modern",
    "--program './lenet {inputs} {outputs}' --variant 1998 --tier float32 --seed 5",
    "'my dump' --variant modern --case golden --mapping theirs.toml --require gradients",
    "net.py:lenet --variant modern --option reg=0.1 --option channels=3 --reproducible",
    "net.py:lenet --variant 1998 --seconds 20.0 --memory 512 --require all",
)


@pytest.mark.parametrize("said", SAID)
def test_every_option_that_was_given_is_given_again(said: str) -> None:
    asked = parser().parse_args(shlex.split(said))
    asked.mapping_file = asked.mapping
    again = shlex.split(rerun(asked.program or asked.subject[0], asked))
    assert again[:2] == ["lenet-verify", "check"]
    first, second = parser().parse_args(shlex.split(said)), parser().parse_args(again[2:])
    assert vars(first) == vars(second)


def test_what_nobody_said_is_not_said() -> None:
    asked = parser().parse_args(["net.py:lenet", "--variant", "modern"])
    asked.mapping_file = None
    assert rerun("net.py:lenet", asked) == "lenet-verify check net.py:lenet --variant modern"
