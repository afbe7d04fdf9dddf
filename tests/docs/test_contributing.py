"""CONTRIBUTING.md: every example is run, and what the page says of it is so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.derivation import ROOT
from tests.warm import ran
from verify.cases.regimes import REGIMES
from verify.cli import COMMANDS, main
from verify.mistakes.table import MISTAKES

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
RECIPES = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
FAMILY = "A family of layers"


def blocks(recipe: str) -> list[str]:
    """The Python of a recipe."""
    return re.findall(r"^```python\n(.*?)^```$", RECIPES[recipe], re.MULTILINE | re.DOTALL)


def files(recipe: str) -> dict[str, str]:
    """Those of them that are files, by the path in their first line."""
    named = (re.match(r"# (\S+\.py)\n", block) for block in blocks(recipe))
    return {m[1]: m.string[m.end() :] for m in named if m}


SNIPPETS = [recipe for recipe in RECIPES if blocks(recipe) and not files(recipe)]


@pytest.fixture
def put_back() -> Iterator[None]:
    """Tables that examples add to are afterwards what they were."""
    tables = (REGIMES, MISTAKES)
    before = [dict(table) for table in tables]
    yield
    for table, old in zip(tables, before, strict=True):
        table.clear()
        table.update(old)  # type: ignore[arg-type]


def test_there_is_a_recipe_for_each() -> None:
    wanted = ("family of layers", "network", "regime", "mistake", "column", "command", "erratum")
    for word in wanted:
        recipe = next(name for name in RECIPES if name.endswith(word))
        assert "```python" in RECIPES[recipe]


@pytest.mark.parametrize("recipe", SNIPPETS)
@pytest.mark.usefixtures("put_back")
def test_the_example_runs(recipe: str) -> None:
    for block in blocks(recipe):
        assert "\nassert " in block or "    assert " in block, "an example says what it shows"
        exec(compile(block, f"CONTRIBUTING.md: {recipe}", "exec"), {"__name__": "example"})


def test_the_command_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ((path, source),) = files("A command").items()
    name = Path(path).stem
    module = ModuleType(f"verify.cli.{name}")
    exec(compile(source, path, "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(COMMANDS, name, "what a trace must hold")
    assert main([name, "--variant", "modern"]) == 0
    assert "C3.dW" in capsys.readouterr().out
    assert main([name, "--variant", "none"]) == 2


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of both packages with the files of the family added, and nothing edited."""
    copy = tmp_path_factory.mktemp("house")
    for package in ("lenet_ref", "verify"):
        shutil.copytree(ROOT / package, copy / package)  # with what is compiled
    for path, source in files(FAMILY).items():
        assert not (copy / path).exists(), path
        (copy / path).write_text(source)
    return copy


def lenet_verify(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command of that house.  It keeps nothing that it compiles: a file of the same size that
    is written within the same second would be taken for the one before."""
    environment = {**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"}
    return ran(["-P", "-m", "verify", *words], house, environment)


def said(house: Path, status: int) -> str:
    """What the command of the recipe says there."""
    (command,) = re.findall(r"^```\nlenet-verify ([^\n]+)\n```$", RECIPES[FAMILY], re.MULTILINE)
    done = lenet_verify(house, *command.split(), "--jobs", "1")
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_a_family_is_added_by_adding_files(house: Path) -> None:
    assert "PASS  12 of 12 comparisons in 2 cases" in said(house, 0)  # six tensors, two formats


def test_it_can_be_written_down_in_a_network(house: Path) -> None:
    layers = '{ name = "g", family = "gain" }, { name = "f", family = "affine", units = 9 }'
    (house / "mine.toml").write_text(f"input = [2, 3, 4]\nlayers = [{layers}]\n")
    words = ["--network", "mine.toml", "--regime", "signed", "--jobs", "1"]
    done = lenet_verify(house, *words)
    assert done.returncode == 0 and " g " in done.stdout, done.stdout + done.stderr


def test_a_network_with_a_name_is_one_file(house: Path) -> None:
    preset = house / "lenet_ref" / "networks" / "tiny.toml"
    preset.write_text('input = [5]\nlayers = [{ name = "f", family = "affine", units = 3 }]\n')
    done = lenet_verify(house, "describe", "--network", "tiny")
    preset.unlink()
    assert done.returncode == 0 and "input 5, loss none" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("path", "right", "wrong", "first"),
    [
        ("lenet_ref/layers/gain.py", "return dy * W[", "return dy + W[", "gain.dx"),
        ("lenet_ref/layers/gain.py", "(x * dy).sum(", "(x * dy).mean(", "gain.dW"),
    ],
)
def test_its_mistakes_are_found(house: Path, path: str, right: str, wrong: str, first: str) -> None:
    source = (house / path).read_text()
    assert source.count(right) == 1
    (house / path).write_text(source.replace(right, wrong))
    try:
        assert f"first: {first} (X-gain-" in said(house, 1)
    finally:
        (house / path).write_text(source)


@pytest.mark.parametrize("path", ["verify/oracle/gain.py", "lenet_ref/layers/gain.py"])
def test_a_file_that_is_forgotten_is_named(house: Path, path: str) -> None:
    (house / path).rename(house / "elsewhere")
    try:
        assert f"add {path}" in said(house, 3)
    finally:
        (house / "elsewhere").rename(house / path)


def test_a_tensor_that_is_forgotten_is_named(house: Path) -> None:
    path = house / "verify/tolerance/gain.py"
    source = path.read_text()
    path.write_text(source.replace(', "gain.dW": gain_dW', ""))
    try:
        assert "add it to verify/tolerance/gain.py" in said(house, 3)
    finally:
        path.write_text(source)
