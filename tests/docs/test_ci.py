"""docs/ci.md, docs/json.md, the action and the hook: read as GitHub and pre-commit do, and run."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.docs.derivation import ROOT
from tests.docs.test_workflow import PINNED
from tests.warm import python
from verify.cli import main
from verify.report.as_json import SCHEMA_FILE
from verify.report.junit import KINDS

yaml = pytest.importorskip("yaml")
ACTION = ROOT / ".github" / "actions" / "check" / "action.yml"
PAGE = (ROOT / "docs" / "ci.md").read_text()
JSON_PAGE = (ROOT / "docs" / "json.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
STUDENT = (ROOT / "examples" / "numpy_student.py").read_text()
WRONG = STUDENT
RIGHT = STUDENT.replace("def lenet(", "def other(").replace("def lenet_fixed(", "def lenet(")
Words = dict[str, str]


def action() -> dict[str, Any]:
    return yaml.safe_load(ACTION.read_text())  # type: ignore[no-any-return]


def shown(mark: str) -> Any:
    """The YAML under a mark of the page."""
    return yaml.safe_load(PAGE.partition(f"<!-- {mark} -->\n```yaml\n")[2].partition("```")[0])


def filled(text: str, given: Words, place: Path) -> str:
    """A value of env, as GitHub fills it in; what is none of these is left, and fails."""
    known = {f"inputs.{k}": v for k, v in given.items()} | {"github.action_path": str(place)}
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda m: known.get(m[1], m[0]), text)


def step(name: str) -> dict[str, Any]:
    (found,) = (each for each in action()["runs"]["steps"] if each.get("name") == name)
    return found  # type: ignore[no-any-return]


def executed(name: str, given: Words, here: Path) -> subprocess.CompletedProcess[str]:
    """A step of the action, run by bash as a runner does."""
    defaults = {k: v.get("default", "") for k, v in action()["inputs"].items()}
    assert {*given} <= {*defaults}
    env = {k: filled(v, {**defaults, **given}, ACTION.parent) for k, v in step(name)["env"].items()}
    script = here / "step.sh"
    script.write_text(step(name)["run"])
    job = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(here), "RUNNER_TEMP": str(here / "t"),
           "GITHUB_STEP_SUMMARY": str(here / "summary")}  # fmt: skip
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
    return subprocess.run(words, cwd=here, env={**os.environ, **job, **env}, text=True,
                          capture_output=True)  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a network, and the command as it would be installed."""
    monkeypatch.chdir(tmp_path)
    command = tmp_path / "t" / "lenet-verify" / "bin" / "lenet-verify"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(python())} -m verify "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


GIVEN = {"subject": "net.py:lenet", "network": "modern", "args": "--seed 0 --regime 'digits'"}


@pytest.mark.parametrize(("source", "status"), [(RIGHT, 0), (WRONG, 1)], ids=["right", "planted"])
def test_the_action_is_run(here: Path, source: str, status: int) -> None:
    Path("net.py").write_text(source)
    done = executed("check", GIVEN, here)
    assert done.returncode == status, done.stderr
    assert json.loads(Path("lenet-report/report.json").read_text())["status"] == status
    assert Path("lenet-report/junit.xml").exists() and Path("lenet-report/diff.csv").exists()
    line = source.partition("def lenet(")[0].count("\n") + 1
    assert (f"::error file=net.py,line={line},title=modern%3A " in done.stdout) is bool(status)
    assert ("guilty layer" in Path("summary").read_text()) is bool(status)


def test_nothing_in_an_input_is_run(here: Path) -> None:
    Path("net.py").write_text(RIGHT)
    evil = "$(touch evil); `touch evil`\n; touch evil"
    unclosed = {**GIVEN, "args": "--require 'all"}  # fewer options would be a more lenient check
    assert executed("check", unclosed, here).returncode == 1 and not Path("lenet-report").exists()
    for given in ({"subject": evil}, {**GIVEN, "network": evil}, {**GIVEN, "args": evil},
                  {**GIVEN, "report": "x", "mapping": evil}):  # fmt: skip
        assert executed("check", given, here).returncode == 2
        assert not Path("evil").exists()


def test_the_install_step_hands_its_words_to_pip(here: Path) -> None:
    """A venv of a stand-in: what is installed, and with what."""
    tools = here / "tools"
    tools.mkdir()
    split = f'[ "$1" != -c ] || exec {shlex.quote(sys.executable)} "$@"\n'
    log = 'for word in "$@"; do printf "%s|" "$word"; done >> "$LOG"\n'
    stand_in = f"#!/bin/sh\n{split}{log}"
    for name in (tools / "python3", here / "t" / "lenet-verify" / "bin" / "python"):
        name.write_text(stand_in)
        name.chmod(0o755)
    os.environ["LOG"], before = str(here / "log"), os.environ["PATH"]
    os.environ["PATH"] = f"{tools}:{before}"
    try:
        assert executed("install", {"pip": "--pre 'a b'"}, here).returncode == 0
        assert executed("install", {}, here).returncode == 0
    finally:
        os.environ["PATH"] = before
        del os.environ["LOG"]
    said = (here / "log").read_text()
    root = f"{ACTION.parent}/../../.."
    assert f"-m|pip|install|-q|--pre|a b|{root}|" in said and f"install|-q|{root}|" in said
    assert tomllib.loads(Path(root, "pyproject.toml").read_text())["project"]["name"] in said


def test_actions_are_pinned_by_commit_everywhere() -> None:
    workflows = (ROOT / ".github" / "workflows" / "verify.yml").read_text()
    for text in (ACTION.read_text(), PAGE):
        used = [u for u in re.findall(r"uses: (.*)", text) if not u.startswith("OWNER/REPO/")]
        assert used and all(PINNED.fullmatch(u) and u in workflows for u in used)


def test_inputs_reach_a_script_as_variables_alone() -> None:
    steps = [each for each in action()["runs"]["steps"] if "run" in each]
    assert len(steps) == 2 and all("${{" not in each["run"] for each in steps)
    spoken = "".join(str(each.get("env", "")) for each in steps)
    assert all(f"inputs.{name} " in spoken for name in action()["inputs"])


def test_the_readme_names_it_with_inputs_that_it_has() -> None:
    (snippet,) = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    (step,) = yaml.safe_load(snippet)
    assert step["uses"] == f"OWNER/REPO/{ACTION.parent.relative_to(ROOT).as_posix()}@REF"
    assert {*step["with"]} <= {*action()["inputs"]}


def test_the_page_names_the_action_as_it_is() -> None:
    (job,) = shown("workflow")["jobs"].values()
    used = job["steps"][-1]
    path = used["uses"].partition("@")[0].removeprefix("OWNER/REPO/")
    assert (ROOT / path / "action.yml") == ACTION
    assert {*used["with"]} <= {*action()["inputs"]}
    table = PAGE.partition("| input | is |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == [*action()["inputs"]]
    assert all(f"`{verdict}`" in PAGE for verdict in KINDS)


@pytest.mark.parametrize(("source", "status"), [(RIGHT, 0), (WRONG, 1)], ids=["right", "planted"])
def test_the_commands_of_the_page(here: Path, source: str, status: int) -> None:
    """The first block, GitLab's script and the hook, as they stand there."""
    Path("net.py").write_text(source)
    commands = [line for lang, body in BLOCKS if not lang for line in body.splitlines()]
    commands += [body for lang, body in BLOCKS if lang and "script:" in body]
    commands[-1] = yaml.safe_load(commands[-1])["lenet"]["script"][0]
    (theirs,) = shown("pre-commit")["repos"]
    (hook,) = theirs["hooks"]
    hooks = {h["id"]: h for h in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    commands.append(shlex.join([*hooks[hook["id"]]["entry"].split(), *hook["args"]]))
    assert len(commands) == 3
    for line in commands:
        program, *words = shlex.split(line)
        assert program == "lenet-verify" and main(words) == status, line
    assert Path("junit.xml").exists() and Path("report.md").exists()


def test_the_page_of_the_json_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every name stands in its table, and its example runs."""
    schema = json.loads(SCHEMA_FILE.read_text())
    assert re.findall(r"^\| `(\w+)`", JSON_PAGE, re.MULTILINE) == schema["required"]
    assert all(f"`{name}`" in JSON_PAGE for name in schema["$defs"]["cause"]["required"])
    Path("net.py").write_text(WRONG)
    words = "check net.py:lenet --variant modern --seed 0 --json report.json"
    assert main(shlex.split(words)) == 1
    capsys.readouterr()
    exec(re.findall(r"^```python\n(.*?)^```$", JSON_PAGE, re.MULTILINE | re.DOTALL)[0], {})
    assert "C3 C3.db averaged-over-positions" in capsys.readouterr().out
