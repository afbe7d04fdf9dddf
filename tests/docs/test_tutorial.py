"""docs/verify-your-own.md: its commands are run, and what it shows is what they print."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.docs.derivation import ROOT
from verify.cli import main
from verify.cli.grades import GRADES
from verify.exchange.layout import CHOICES
from verify.exchange.manifest import job_of, read_manifest
from verify.exchange.mapping import read_layout
from verify.report.text import WIDTH
from verify.subjects.reference import reference

TEXT = (ROOT / "docs" / "verify-your-own.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PLAIN = [body for language, body in BLOCKS if not language]


NUMBER = re.compile(r"[-\d.]+(e-?\d+)?")
"""The last digits are the machine's."""
COMMANDS = [line for body in PLAIN for line in body.splitlines() if line.startswith("lenet-verify")]
MNIST = "examples/mnist_student.py:run --network mnist28"
D2L = "examples/d2l_numpy.py:run --network d2l"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples in it, as in a clone."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(words: str, status: int, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command of the page prints."""
    assert words in TEXT
    assert main(shlex.split(words)[1:]) == status
    return capsys.readouterr().out


def plain(line: str) -> str:
    """A line without the machine's digits, however its words are apart."""
    return NUMBER.sub("#", " ".join(line.split()))


def whole(shown: str) -> list[str]:
    """Lines of the page, which are as a terminal has them, as they are in a pipe."""
    return re.sub(r"(?: \\)?\n {6}(?=\S)", " ", shown).splitlines()


def compare(start: str, found: str) -> None:
    """Each line that the page shows is there; of a table: layer, rows and how many failed."""
    (shown,) = (body for body in PLAIN if body.startswith(start))
    have = [plain(line) for line in found.splitlines()]
    counted = [line.lstrip("> ").split()[:3] for line in found.splitlines()]
    for line in whole(shown):
        assert max(map(len, shown.splitlines())) <= WIDTH or shown.startswith("# proposed")
        cells = line.lstrip("> ").split()[:3]
        row = len(cells) == 3 and cells[1].isdigit() and cells[2].isdigit()
        assert (cells in counted) if row else line == "..." or plain(line) in have, line


def test_every_command_is_run_here() -> None:
    """None is shown that nobody tries."""
    source = Path(__file__).read_text().replace("{MNIST}", MNIST).replace("{D2L}", D2L)
    assert len(COMMANDS) > 10
    assert [line for line in COMMANDS if line.partition(" > ")[0] not in source] == []


def test_the_hunt(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(f"lenet-verify map {MNIST} --out theirs.toml", 0, capsys)
    compare("# proposed by", Path("theirs.toml").read_text())
    found = said(f"lenet-verify check {MNIST} --mapping theirs.toml --seed 0", 1, capsys)
    compare("mnist28: guilty", found)
    found = said(f"lenet-verify check {MNIST} --map", 1, capsys)
    assert "note: mapping proposed, 12 names" in found
    right = (
        (ROOT / "examples" / "mnist_student.py").read_text().replace(".shape) / n\n", ".shape)\n")
    )
    Path("right.py").write_text(right)
    words = "check right.py:run --network mnist28 --mapping theirs.toml"
    assert main(words.split()) == 0
    compare("PASS ", capsys.readouterr().out)


def test_which_network(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\nd2l " in said("lenet-verify networks", 0, capsys)
    assert "S2     average 2x2" in said("lenet-verify describe --network d2l", 0, capsys)
    found = said("lenet-verify check examples/numpy_student.py:lenet --seed 0", 1, capsys)
    assert "note: --network modern (derived in full" in found


def test_a_network_of_ones_own(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text(said("lenet-verify networks --show d2l", 0, capsys))
    assert "my-d2l" in said("lenet-verify describe --network mine.toml", 0, capsys)


def test_the_textbook(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = f"lenet-verify check {D2L} --mapping examples/d2l.toml --seed 0"
    compare("d2l\n", said(command, 1, capsys))


def test_one_that_cheats(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("anna").mkdir()
    Path("exam-key").mkdir()
    source = (ROOT / "examples" / "numpy_student.py").read_text()
    Path("anna/lenet.py").write_text(
        source.replace("import numpy", "import torch\nimport numpy", 1)
    )
    command = (
        "lenet-verify check anna/lenet.py:lenet --variant modern --allow numpy --secret exam-key"
    )
    compare("subject: modern imports", said(command, 1, capsys))


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler named cc")
def test_the_program(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = "cc -O2 -std=c99 -o caffe examples/c/caffe.c -lm"
    assert build in TEXT
    subprocess.run(build.split(), check=True)
    command = "lenet-verify check --program './caffe {inputs} {outputs}' --network caffe --seed 0"
    compare("caffe: guilty", said(command, 1, capsys))


def test_the_operator(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = "lenet-verify check examples/kernel.py:backward --network examples/conv.toml"
    said(command, 0, capsys)
    source = (ROOT / "examples" / "kernel.py").read_text()
    wrong = source.replace("dwide[:, :, rows, columns] +=", "dwide[:, :, rows, columns] =")
    Path("wrong.py").write_text(wrong)
    assert main(["check", "wrong.py:backward", "--network", "examples/conv.toml"]) == 1
    compare("conv: guilty", capsys.readouterr().out)
    assert 'family = "max_pool"' in said("lenet-verify networks --layer max_pool", 0, capsys)


def test_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said("lenet-verify golden --variant modern --out golden --format bin --c-header", 0, capsys)
    assert "#define LENET_C3_dW 2400" in Path("golden/lenet.h").read_text()
    shutil.copytree("golden", "results")
    Path("results/manifest.json").unlink()
    said("lenet-verify check results --case golden", 0, capsys)


def test_the_grades(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said("lenet-verify golden --variant modern --exam --out exam --key key", 0, capsys)
    job = job_of(read_manifest(Path("key/manifest.json")), "key")
    case = replace(job.case(), upstream=None)
    right = {k: v for k, v in reference(case).items() if k.split(".")[1] in ("y", "dy", "dW", "db")}
    averaged = {"C1.db": right["C1.db"] / 784, "C3.db": right["C3.db"] / 100}
    submissions = {
        "anna": right,
        "ben": {**right, **averaged},
        "cleo": {"conv1.db": right["C1.db"]},
        "dora": {k: v for k, v in right.items() if k.startswith("F")},
    }
    for name, arrays in submissions.items():
        (tmp_path / "submissions" / name).mkdir(parents=True)
        np.savez(tmp_path / "submissions" / name / "answers.npz", **arrays)  # type: ignore[arg-type]
    words = "lenet-verify check submissions/*/ --case exam --key key --require gradients --table grades.csv"  # noqa: E501
    assert words in TEXT
    command = words.split()[1:]
    at = command.index("submissions/*/")
    command[at : at + 1] = [f"submissions/{name}/" for name in sorted(submissions)]
    assert main(command) == 1
    found = capsys.readouterr().out
    (shown,) = (body for body in PLAIN if body.startswith("submission"))
    for line in shown.splitlines():
        for cell in re.split(r" {2,}", line.strip()):
            assert cell in found, cell
    assert Path("grades.csv").read_text().splitlines()[0] == ",".join(GRADES)
    assert "With `--map` each" in TEXT
    for name, arrays in {"emil": right, "fee": {**right, **averaged}}.items():
        own = {key.replace(".", "/grad_of_") + "_in_" + name: v for key, v in arrays.items()}
        np.savez(tmp_path / f"{name}.npz", **own)  # type: ignore[arg-type]
    words = "check emil.npz fee.npz --case exam --key key --map --table own.csv"
    assert main(words.split()) == 1
    found = capsys.readouterr().out
    assert "emil.npz    pass" in found and "fee.npz     fail" in found


def test_the_mapping(tmp_path: Path) -> None:
    """The example is readable and names every key there is."""
    example = next(body for language, body in BLOCKS if language == "toml")
    (tmp_path / "m.toml").write_text(example)
    layout = read_layout(tmp_path / "m.toml")
    assert set(layout.chosen) == {key for keys in CHOICES.values() for key in keys}
    for keys in CHOICES.values():
        for key, values in keys.items():
            line = next(line for line in example.splitlines() if line.startswith(f"{key} ="))
            assert all(value in line for value in values), line
