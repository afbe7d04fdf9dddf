"""What is told beside the screen: on GitHub, and of a run that came to no verdict."""

from __future__ import annotations

import errno
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.verify.cli.test_outputs import CHECK, NET, RUN, run
from verify.cli import edge, main
from verify.cli.telling import meaning, telling
from verify.errors import DIFFERENT, PASSED, UNUSABLE, HarnessError, InputError, OutputError
from verify.report.markdown import LARGEST

LINE = "::error file=hw/net.py,line=3,title=modern%3A C3.db (M-C3-db)::"


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace of a job, whose summary another step began."""
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "net.py").write_text("\n\n" + NET)
    (tmp_path / "summary").write_text("# before\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    return tmp_path


HOMEWORK = CHECK.replace("net.py", "hw/net.py")


def test_a_wrong_network_on_github(github: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(HOMEWORK) == DIFFERENT
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("::stop-commands::")
    resumed = lines.index(f"::{lines[0].rpartition('::')[2]}::")
    assert not any(line.strip().startswith("::") for line in lines[1:resumed])
    assert lines[resumed - 1].startswith("FAIL")
    assert lines[resumed + 1].startswith(LINE) and len(lines) <= resumed + 11
    summary = (github / "summary").read_text()
    assert summary.startswith("# before\n\n## \u274c lenet-verify of `hw/net.py:f`: fail\n")
    assert run(HOMEWORK) == DIFFERENT
    assert (github / "summary").read_text().count("## \u274c") == 2


def test_a_right_run_on_github(github: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(RUN) == PASSED
    assert "::error" not in capsys.readouterr().out
    assert "## \u2705 lenet-verify: pass" in (github / "summary").read_text()


def test_unusable_words_on_github(github: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check absent.py:f --variant modern") == UNUSABLE
    assert "::error title=lenet-verify::" in capsys.readouterr().out
    assert "lenet-verify: unusable" in (github / "summary").read_text()


def test_a_summary_that_cannot_be_written_changes_no_verdict(
    github: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for bad in (github, github / "hw" / "net.py" / "x", Path("/dev/null")):
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(bad))
        assert run(RUN) == PASSED
        err = capsys.readouterr().err
        assert err.startswith("lenet-verify: warning: GITHUB_STEP_SUMMARY") and err.count("\n") == 1


def test_a_summary_stays_within_the_size_that_github_takes(github: Path) -> None:
    for size in (LARGEST - 700, LARGEST - 10, LARGEST - 1, LARGEST, LARGEST + 5):
        (github / "summary").write_bytes(b"x" * size)
        assert run(RUN) == PASSED
        assert size <= (github / "summary").stat().st_size <= max(size, LARGEST)


def test_elsewhere_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                 capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert run(RUN) == PASSED
    assert "::" not in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"reports"}


ERRORS: tuple[BaseException, ...] = (
    InputError("no such file"),
    OutputError("disk full"),
    HarnessError("vacuous"),
    KeyboardInterrupt(),
    MemoryError(),
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.ENOENT, "No such file"),
    TypeError("ours\nall"),
)


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_an_error_has_the_status_that_the_command_ends_with(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def stops(*_: object) -> int:
        raise error

    for module in ("run", "check"):
        monkeypatch.setattr(f"verify.cli.{module}.requested", stops)
        status = main([*(["check"] if module == "check" else []), "--json", "x.json"])
        found = json.loads(Path("x.json").read_text())
        assert found["status"] == status == meaning(error)[0]
        assert found["message"] and "\n" not in found["message"]


def test_a_file_that_cannot_be_written_after_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report and the other file are there none the less."""
    monkeypatch.chdir(tmp_path)

    def full(path: Path, data: bytes) -> None:
        if path.suffix == ".json":
            raise OutputError("disk full", where=str(path))
        path.write_bytes(data)

    monkeypatch.setattr("verify.cli.telling.write_atomically", full)
    assert run(f"{RUN} --json x.json --junit x.xml") == UNUSABLE
    out, err = capsys.readouterr()
    assert "PASS" in out and err == "lenet-verify: x.json: disk full\n"
    assert Path("x.xml").exists() and Path("reports/latest/diff.csv").exists()


def test_help_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["check", "--json", "x.json", "--help"])
    assert [*tmp_path.iterdir()] == []


def test_nobody_listens_by_default() -> None:
    with telling("", []) as teller:
        assert not teller.wanted and edge.INTERRUPTED == 130


def test_an_interrupt_that_cannot_be_written_stays_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What writes needs a library that the interrupt has left half loaded."""

    def half_loaded(*_: object) -> str:
        raise AttributeError("partially initialized module 'pandas'")

    def command(words: Sequence[str]) -> int:
        with telling("", words):
            raise KeyboardInterrupt

    monkeypatch.setattr("verify.cli.telling.written", half_loaded)
    words = ["--json", str(tmp_path / "x.json")]
    assert edge.guarded(command, words) == edge.INTERRUPTED
    err = capsys.readouterr().err.splitlines()
    assert err[0] == f"lenet-verify: not told in {tmp_path / 'x.json'}"
    assert "interrupted" in err[1] and len(err) == 2


def test_a_fault_of_what_writes_is_not_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> str:
        raise AttributeError("no such thing")

    def command(words: Sequence[str]) -> int:
        with telling("", words):
            raise InputError("x")

    monkeypatch.setattr("verify.cli.telling.written", broken)
    assert edge.guarded(command, ["--json", str(tmp_path / "x.json")]) == edge.INTERNAL
    assert "no such thing" in capsys.readouterr().err
