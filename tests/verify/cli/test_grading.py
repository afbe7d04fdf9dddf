"""Many submissions: found, judged side by side, worth points, told what they are told."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT
from verify.cli import main
from verify.report.files import CsvFile

RIGHT = (ROOT / "examples" / "numpy_student.py").read_text() + "\nlenet = lenet_fixed\n"
WRONG = RIGHT.replace("lenet = lenet_fixed", "")
CODE = {
    "Zoë": RIGHT,
    "=cmd": RIGHT,
    "keeps": RIGHT + "old = []\n"
    "def lenet(p, x, y):\n    old.append(1)\n    found = lenet_fixed(p, x, y)\n"
    "    return found | {'C3.dW': found['C3.dW'] * len(old)}\n",
    "changes": RIGHT + "def lenet(p, x, y):\n    found = lenet_fixed(p, x, y)\n"
    "    p['C1.W'] += 1\n    return found\n",
    "random": RIGHT + "import os\ndef lenet(p, x, y):\n    found = lenet_fixed(p, x, y)\n"
    "    return found | {'C3.dW': found['C3.dW'] * (1 + os.urandom(1)[0])}\n",
    "sleeps": "import time\ndef lenet(p, x, y): time.sleep(60)\n",
    "wrong": WRONG,
}
ASK = ["--entry", "student.py:lenet", "--variant", "modern", "--seed", "3", "--seconds", "4",
       "--regime", "digits", "--batch", "2", "3"]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Submissions as they come: folders in folders, an archive, an empty folder."""
    place = tmp_path_factory.mktemp("graded")
    for name, code in CODE.items():
        (place / "subs" / name / "in").mkdir(parents=True)
        (place / "subs" / name / "in" / "student.py").write_text(code)
    (place / "subs" / "empty").mkdir()
    with zipfile.ZipFile(place / "subs" / "zip.zip", "w") as archive:
        archive.writestr("é/student.py", "def lenet(p, x, y): raise ValueError(__file__)")
    (place / "points.toml").write_text('[weight]\n"C3.dW" = 4\n"*.db" = 0.5\n[layer]\nC5 = 2\n')
    return place


def check(folder: Path, out: str, *words: str) -> int:
    subjects = [str(p) for p in sorted((folder / "subs").iterdir())]
    place = folder / out
    return main(["check", *subjects, *ASK, "--table", str(place / "grades.csv"),
                 "--points", str(folder / "points.toml"), "--feedback", str(place / "told"),
                 "--out", str(place / "reports"), *words])  # fmt: skip


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[str, dict[str, str]]:
    """The table, as a spreadsheet reads it."""
    assert check(folder, "one") == 1
    with (folder / "one" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def test_each_is_a_line_and_has_its_pages(folder: Path, rows: dict[str, dict[str, str]]) -> None:
    assert {name.lstrip("'") for name in rows} == {*CODE, "empty", "zip.zip"}
    assert len([*(folder / "one" / "told").glob("*.md")]) == len(rows)
    assert len([*(folder / "one" / "told").glob("*.html")]) == len(rows)
    assert {n: rows[n]["verdict"] for n in ("Zoë", "'=cmd", "wrong", "empty")} == {
        "Zoë": "pass", "'=cmd": "pass", "wrong": "fail", "empty": "unusable"}  # fmt: skip


def test_a_spreadsheet_reads_accents_and_computes_nothing(folder: Path, rows: object) -> None:
    data = (folder / "one" / "grades.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfsubmission,") and "\nZoë,pass".encode() in data
    assert b"\n'=cmd,pass" in data and b"\n=" not in data


def test_a_mark_is_only_where_it_is_needed(tmp_path: Path) -> None:
    for text, marked, want in (("e", True, False), ("é", True, True), ("é", False, False)):
        with CsvFile(tmp_path / "t.csv", ("a",), marked=marked) as file:
            file.add([{"a": text}])
        assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf") == want


def test_findings_of_state_have_columns(rows: dict[str, dict[str, str]]) -> None:
    columns = ("kept_state", "changed_arguments", "not_reproducible", "timeouts", "other_findings")
    want = {"keeps": "kept_state", "changes": "changed_arguments", "random": "not_reproducible",
            "sleeps": "timeouts", "zip.zip": "other_findings"}  # fmt: skip
    for name, column in want.items():
        assert rows[name][column], (name, rows[name])
    assert [c for c in columns if rows["Zoë"][c]] == []
    assert [c for c in columns if rows["sleeps"][c]] == ["timeouts"]
    assert [c for c in columns if rows["changes"][c]] == ["changed_arguments"]


def test_all_causes_are_told(rows: dict[str, dict[str, str]]) -> None:
    causes = rows["wrong"]["causes"]
    for cause in ("C1.db equals the reference x 1/784", "C3.db equals the reference x 1/100",
                  "F6.dz equals dy", "C5.dz equals dy"):  # fmt: skip
        assert cause in causes
    assert rows["Zoë"]["causes"] == ""


def test_points(rows: dict[str, dict[str, str]]) -> None:
    """4 + C1, F6, F7 + 2 x C5, and half for biases; consequences cost nothing."""
    assert {row["of"] for row in rows.values()} == {"12.0"}
    found = {name: (float(r["points"]), r["without_points"]) for name, r in rows.items()}
    assert found["Zoë"] == (12.0, "") and rows["Zoë"]["share_of_required"] == "1.000"
    assert found["wrong"] == (11.0, "C3.db C1.db")
    assert found["empty"][0] == found["sleeps"][0] == 0
    assert found["changes"] == (12.0, "")


def test_where_it_was_unpacked_is_nobodys_concern(rows: dict[str, dict[str, str]]) -> None:
    assert "subs/zip.zip/é/student.py" in rows["zip.zip"]["cause"]
    assert "lenet-entry-" not in rows["zip.zip"]["cause"]


def test_many_at_a_time_make_the_same_table(folder: Path, rows: object) -> None:
    """Byte for byte, but for what changes from call to call."""
    names = ("Zoë", "wrong", "empty", "zip.zip", "changes")
    tables = []
    for jobs in ("1", "3"):
        place = folder / f"jobs{jobs}"
        subjects = [str(folder / "subs" / name) for name in names]
        words = [*ASK, "--table", str(place / "g.csv"), "--out", str(place / "out")]
        assert main(["check", *subjects, *words, "--jobs", jobs]) == 1
        tables.append((place / "g.csv").read_bytes())
    assert tables[0] == tables[1] and tables[0].count(b"\n") == 6


def test_the_screen_says_how_long_and_how_many(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = str(folder / "subs" / "wrong")
    words = [*ASK, "--table", str(folder / "t" / "g.csv"), "--out", str(folder / "t")]
    assert main(["check", subject, *words]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].startswith("1 submission in ")
    assert said.err == ""  # no progress in a pipe


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_keeps_the_rows_and_leaves_no_process(folder: Path, tmp_path: Path) -> None:
    subjects = [str(folder / "subs" / name) for name in ("Zoë", "sleeps", "wrong", "changes")]
    words = ["check", *subjects, *ASK, "--seconds", "40", "--table", "g.csv", "--jobs", "2"]
    words.remove("4")
    words.remove("--seconds")
    process = subprocess.Popen(
        [sys.executable, "-m", "verify", *words], cwd=tmp_path, text=True, start_new_session=True,
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(
        b"Zo" in p.read_bytes() for p in tmp_path.glob(".g.csv.*")
    ):
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err
    assert "interrupted; 1 of 4 graded, kept in g.csv.partial" in err
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
