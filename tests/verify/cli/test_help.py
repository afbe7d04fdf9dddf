"""``--help`` of every command: plain, complete, no wider than a screen; and the regimes."""

from __future__ import annotations

import argparse
import re
from importlib import import_module

import pytest

from verify.cases import plan, probes
from verify.cases.regimes import REGIMES
from verify.cli import COMMANDS, main
from verify.cli.helping import Help, plain
from verify.cli.parsing import Parser
from verify.report.text import WIDTH

MARKUP = re.compile(r"``|\*\*|:\w+:`|`")


@pytest.fixture(autouse=True)
def eighty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def helped(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_plain_and_fits(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = helped(command, capsys)
    assert not MARKUP.search(text)
    assert [line for line in text.splitlines() if len(line) > WIDTH] == []
    assert "--color auto|always|never" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained_with_its_default(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    flat = " ".join(helped(command, capsys).split())
    for action in import_module(f"verify.cli.{command}").parser()._actions:
        assert action.help, action.dest
        usual = action.default
        if action.option_strings and usual not in (None, False, "", []) and usual != "==SUPPRESS==":
            assert f"default: {usual}" in flat or "(default: 200 packaged digits)" in flat


def test_a_default_of_zero_is_said_and_none_is_not() -> None:
    p = Parser(prog="x", description="``x``: does **it** as :func:`f` does.")
    p.add_argument("--seed", type=int, default=0, help="of 100%% of it")
    p.add_argument("--quick", action="store_true", help="less")
    text = p.format_help()
    assert "of 100% of it (default: 0)" in text and text.count("default:") == 1
    assert "Does it as f does." in text
    assert isinstance(p._get_formatter(), Help | argparse.HelpFormatter)
    assert plain("``a`` **b**") == "a b"


def test_the_main_help_lists_commands_and_regimes(capsys: pytest.CaptureFixture[str]) -> None:
    text = helped("run", capsys)
    assert all(f"  {name} " in text for name in COMMANDS)
    assert "lenet-verify regimes" in text and "--version" in text


def test_regimes_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regimes"]) == 0
    out = capsys.readouterr().out
    flat = " ".join(out.split())
    for name, row in REGIMES.items():
        assert re.search(rf"^{name} ", out, re.MULTILINE)
        assert row.about in flat and f"finds {row.finds}" in flat
    assert f"{len(probes.PROBES)} probes" in out
    assert all(len(line) <= WIDTH for line in out.splitlines())


def test_a_regime_says_who_draws_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regimes", "ties"]) == 0
    out = capsys.readouterr().out
    assert "(drawn by --full)" in out and "digits" not in out
    assert not any(row[0] == "ties" for row in plan.DEFAULT)
    assert main(["regimes", "digits"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "(drawn by --quick, the default plan, --full; obeys --data and --weights)" in said


def test_probes_are_listed_by_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regimes", "--probes"]) == 0
    out = capsys.readouterr().out
    assert all(re.search(rf"^  {name} ", out, re.MULTILINE) for name in probes.PROBES)
    assert "Probes of average pooling" in out
    assert all(len(line) <= WIDTH for line in out.splitlines())
    assert main(["regimes", "probe-rbf", "zero-bias"]) == 0
    out = capsys.readouterr().out
    assert "probe-rbf" in out and "zero-bias" in out and "probe-max-pool" not in out
