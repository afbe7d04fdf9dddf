"""The command under a failure repeats the check it stands under."""

from __future__ import annotations

import random
import secrets
import shlex
from pathlib import Path

import pytest

from verify.cli.check import Command, requested

SAID = (
    "net.py:lenet --variant modern --seed 0",
    "--program './lenet {inputs} {outputs}' --variant 1998 --tier float32 --seed 5",
    "'my dump' --variant modern --case 'the golden' --mapping 'it''s $HOME.toml'"
    " --require gradients --tensor C3.dW",
    "net.py:lenet --variant modern --option reg=0.1 --option channels=3 --reproducible --seed 1",
    "net.py:lenet --variant 1998 --seconds 20.0 --memory 512 --require all --seed 2",
    "net.py:lenet --variant 1998 --regime digits kink-free --batch 2 4 --data 'my digits' --seed 3",
    "net.py:lenet --variant modern --weights 'w;x.npz' --seed 3",
    "net.py:lenet --variant modern --allow numpy --allow 'my tool' --secret . --seed 3",
)


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the mapping."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "its $HOME.toml").write_text('[layout]\nvolumes = "NHWC"\n')


def again(command: Command) -> list[str]:
    """The command that repeats a check, as a shell splits it."""
    words = shlex.split(command.again(command.subjects[0]))
    assert words[:2] == ["lenet-verify", "check"]
    return words[2:]


@pytest.mark.parametrize("said", SAID)
def test_every_option_that_was_given_is_given_again(said: str) -> None:
    asked = requested(shlex.split(said))
    assert requested(again(asked)) == asked


def test_what_nobody_said_is_not_said() -> None:
    assert again(requested(["dump", "--variant", "modern"])) == ["dump", "--variant", "modern"]


def test_the_seed_that_was_drawn_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbelow", random.SystemRandom().randrange)
    words = ["net.py:lenet", "--variant", "modern"]
    one, other = requested(words), requested(words)
    assert again(one) == [*words, "--seed", str(one.request.seed)]
    assert requested(again(one)) == one
    assert one.request.seed != other.request.seed
