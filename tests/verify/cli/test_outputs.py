"""Files for other programs: written, refused before the work, never in place of something else."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from verify.cli import main
from verify.cli.check_options import requested
from verify.cli.outputs import HELP, OURS, Outputs, asked_anyway, usable
from verify.errors import DIFFERENT, PASSED, UNUSABLE, InputError

ALL = "--json out/r.json --junit out/r.xml --markdown out/r.md"
RUN = "--variant modern --tier float64 --batch 1 --jobs 1 --tensor F7.dW"
NET = "def f(parameters, images, labels):\n    return {'C3.db': parameters['C3.b'] * 0 + 1}\n"
CHECK = "check net.py:f --variant modern --regime digits --batch 2 --seed 0"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a wrong network."""
    monkeypatch.chdir(tmp_path)
    Path("net.py").write_text("\n\n" + NET)
    return tmp_path


def run(line: str) -> int:
    return main(shlex.split(line))


def verdicts() -> tuple[str, int, str]:
    """What each file says: JSON's verdict, JUnit's failures and errors, Markdown's heading."""
    suite = ElementTree.parse("out/r.xml").getroot()[0]
    wrong = int(suite.attrib["failures"]) + int(suite.attrib["errors"])
    heading = Path("out/r.md").read_text().partition("\n")[0]
    return json.loads(Path("out/r.json").read_text())["verdict"], wrong, heading.split()[-1]


def test_a_run_that_passes_and_one_that_does_not() -> None:
    assert run(f"{RUN} {ALL}") == PASSED
    assert verdicts() == ("pass", 0, "pass")
    assert run(f"{CHECK} {ALL}") == DIFFERENT
    verdict, wrong, heading = verdicts()
    assert verdict == heading == "fail" and wrong > 0
    found = json.loads(Path("out/r.json").read_text())
    assert found["subject"] == "net.py:f" and found["network"] == ["modern"]
    assert found["rerun"] == f"lenet-verify {CHECK}"  # and not where files went
    assert run(f"{CHECK} --nonsense {ALL}") == UNUSABLE
    assert verdicts() == ("unusable", 1, "unusable")


def test_rows_are_those_of_diff_csv(capsys: pytest.CaptureFixture[str]) -> None:
    for rows in ("all", "failing"):
        assert run(f"{RUN} --rows {rows} {ALL} --out here-{rows}") == PASSED
        lines = Path(f"here-{rows}/diff.csv").read_text().splitlines()[1:]
        assert len(json.loads(Path("out/r.json").read_text())["rows"]) == len(lines)
        assert bool(lines) is (rows == "all")


@pytest.mark.parametrize("kind", HELP)
@pytest.mark.parametrize("line", [RUN, CHECK])
def test_each_alone(line: str, kind: str) -> None:
    run(f"{line} --{kind} one")
    assert all(part in Path("one").read_text() for part in OURS[kind])
    usable(kind, Path("one"))  # and may be written again


@pytest.mark.parametrize("kind", HELP)
def test_nothing_else_is_replaced(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    for line in (RUN, CHECK, f"{RUN} --nonsense", "check --case", f"{CHECK} --table t.csv"):
        assert run(f"{line} --{kind} net.py") == UNUSABLE
        assert capsys.readouterr().err.count("\n") == 1
        assert Path("net.py").read_text() == "\n\n" + NET
    Path("empty").touch()
    usable(kind, Path("empty"))
    with pytest.raises(InputError, match="no such report"):
        usable(kind, Path("net.py"))


def test_a_file_of_another_kind_is_something_else() -> None:
    assert run(f"{RUN} {ALL}") == PASSED
    with pytest.raises(InputError, match="no such report"):
        usable("junit", Path("out/r.json"))
    with pytest.raises(InputError, match="no such report"):
        usable("json", Path("out/r.xml"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--json a --junit a", "--json and --junit: the same file"),
        ("--json a --markdown ./a", "--json and --markdown: the same file"),
        ("--json .", "--json .: cannot be written: not a regular file"),
        ("--junit net.py/x.xml", "--junit net.py/x.xml"),
        ("--json a --json b", "--json: said twice"),
        ("--markdown", "--markdown"),
    ],
)
@pytest.mark.parametrize("line", [RUN, CHECK])
def test_what_cannot_be_written_is_said_before_the_work(
    line: str, words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(f"{line} {words}") == UNUSABLE
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and said in err
    assert not Path("reports").exists()


def test_they_are_about_one_subject(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in HELP:
        assert run(f"check net.py:f net.py:g --table t.csv --{kind} x") == UNUSABLE
        err = capsys.readouterr().err
        assert f"--table and --{kind}: cannot be obeyed together" in err
        assert "cannot be obeyed together" in Path("x").read_text()
        Path("x").unlink()


def test_a_rerun_does_not_say_where_files_went() -> None:
    command = requested(shlex.split(f"{CHECK} {ALL}")[1:])
    assert command.again("net.py:f") == f"lenet-verify {CHECK}"
    assert [*command.outputs.given] == [*HELP]


def test_unusable_words_are_read_as_far_as_they_go() -> None:
    assert asked_anyway(["--what", "--json", "a"]) == Outputs(json=Path("a"))
    assert asked_anyway(["--json=a", "x", "--junit"]) == Outputs()
    assert asked_anyway(["--map", "--memory", "3"]) == Outputs()
