"""An exam, from the drawing of its seed to the grades."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from verify.cli import main

DRAW = ["golden", "--variant", "modern", "--batch", "2"]
EXAM = [*DRAW, "--exam", "--out", "exam", "--key", "key"]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exam, key, and two submissions."""
    folder = tmp_path_factory.mktemp("exam")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(EXAM) == 0
    with np.load(folder / "key" / "tensors.npz") as archive:
        right = {k: archive[k] for k in archive.files if k.split(".")[-1] in ("dW", "db")}
    for name, factor in (("anna", 1), ("ben", 1.25)):
        (folder / "subs" / name).mkdir(parents=True)
        np.savez(folder / "subs" / name / "a.npz", **{k: v * factor for k, v in right.items()})
    return folder


@pytest.fixture
def here(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(drawn)
    return drawn


def line(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What refuses them."""
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    return said.err


def test_no_byte_of_the_students_folder_says_the_seed(here: Path) -> None:
    key = json.loads(Path("key/manifest.json").read_text())
    seed = key["case"]["seed"]
    assert seed.bit_length() == 256
    exam = json.loads(Path("exam/manifest.json").read_text())
    assert exam["case"] == {k: v for k, v in key["case"].items() if k != "seed"}
    weights = {name for name in key["tensors"] if name.endswith((".W", ".b"))}
    assert {*exam["tensors"]} == {"images", "labels", *weights}
    forms = (str(seed), f"{seed:x}", seed.to_bytes(32).decode("latin1"),
             seed.to_bytes(32, "little").decode("latin1"))  # fmt: skip
    for path in Path("exam").iterdir():
        text = path.read_bytes().decode("latin1")
        assert not any(form in text for form in forms)


def test_each_exam_has_another_seed(here: Path, tmp_path: Path) -> None:
    words = [*DRAW, "--exam", "--out", str(tmp_path / "e"), "--key", str(tmp_path / "k")]
    assert main(words) == 0
    folders = (here / "exam", tmp_path / "e")
    one, other = (json.loads((p / "manifest.json").read_text()) for p in folders)
    assert one["exam"] != other["exam"]
    for name in ("images", "C1.W", "C1.b"):
        assert one["tensors"][name]["sha256"] != other["tensors"][name]["sha256"]


def test_the_key_is_private_and_so_is_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(EXAM) == 0
    seed = str(json.loads(Path("key/manifest.json").read_text())["case"]["seed"])
    said = capsys.readouterr().out
    assert seed not in said and "--case exam --key key" in said
    assert Path("key").stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o777 for p in Path("key").iterdir()} == {0o600}


def test_who_has_no_key_cannot_have_the_answers(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["check", "subs/anna", "--case", "exam"], ["map", "subs/anna", "--case", "exam"],
                  ["check", "exam"]):  # fmt: skip
        assert "this is an exam, its seed is secret" in line(words, capsys)
    assert "this is an exam; nothing is written over it" in line([*DRAW, "--out", "exam"], capsys)
    assert not Path("exam/lenet.h").exists() and len([*Path("exam").iterdir()]) == 2


def test_a_wrong_key_is_one_line(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = ["check", "subs/anna", "--case", "exam", "--key"]
    assert main([*DRAW, "--exam", "--out", str(tmp_path / "e"), "--key", str(tmp_path / "k")]) == 0
    capsys.readouterr()
    assert "the key of another exam" in line([*judge, str(tmp_path / "k")], capsys)
    assert "holds no key" in line([*judge, str(tmp_path / "nowhere")], capsys)
    assert "no key of an exam" in line([*judge, "exam"], capsys)
    shutil.copytree("key", tmp_path / "bent")
    (tmp_path / "bent" / "manifest.json").write_text("{")
    assert "not JSON" in line([*judge, str(tmp_path / "bent")], capsys)
    assert "says nothing alone" in line(["check", "subs/anna", "--key", "key"], capsys)


@pytest.mark.parametrize(("words", "said"), [
    (["--exam", "--out", "n"], "--exam: says nothing alone"),
    (["--key", "k", "--out", "n"], "--key: says nothing alone"),
    (["--exam", "--key", "k", "--out", "n", "--seed", "0"], "drawn in secret"),
    (["--exam", "--key", "k", "--out", "n", "--inputs-only"], "an exam is inputs alone"),
    (["--exam", "--key", "key", "--out", "n"], "a key is not replaced"),
    (["--exam", "--key", "n/k", "--out", "n"], "within the other"),
    (["--exam", "--key", "k", "--out", "exam"], "holds something already"),
])  # fmt: skip
def test_what_golden_refuses(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert said in line([*DRAW, *words], capsys)
    assert not Path("n").exists() and not Path("k").exists()


def test_the_grades(here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["check", "subs/anna", "subs/ben", "--case", "exam", "--key", "key"]
    words += ["--table", str(tmp_path / "g.csv"), "--out", str(tmp_path / "out")]
    told = tmp_path / "told"
    assert main([*words, "--feedback", str(told)]) == 1
    with (tmp_path / "g.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["verdict"] for row in csv.DictReader(file)] == ["pass", "fail"]
    seed = str(json.loads(Path("key/manifest.json").read_text())["case"]["seed"])
    for path in tmp_path.rglob("*.*"):
        assert path.is_dir() or seed not in path.read_text()
    hidden = (told / "ben.md").read_text() + (told / "ben.html").read_text()
    assert "expected" not in hidden and "got" in hidden
    assert main([*words, "--feedback", str(told), "--expected", "show"]) == 1
    assert "- expected: " in (told / "ben.md").read_text()


def test_the_key_itself_is_a_case(here: Path, tmp_path: Path) -> None:
    words = ["check", "subs/anna", "--case", "key", "--out", str(tmp_path / "out")]
    assert main(words) == 0
    words = ["check", "subs/ben", "subs/anna", "--case", "key", "--table", str(tmp_path / "g.csv")]
    told = tmp_path / "told"
    assert main([*words, "--out", str(tmp_path / "out"), "--feedback", str(told)]) == 1
    assert "expected" not in (told / "ben.md").read_text()


def test_an_exam_of_any_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The description of one that has no name is in both manifests; its key judges it."""
    monkeypatch.chdir(tmp_path)
    assert main(["networks", "--show", "d2l", "--out", "mine.toml"]) == 0
    words = ["golden", "--network", "mine.toml", "--batch", "2", "--regime", "digits"]
    assert main([*words, "--format", "bin", "--exam", "--out", "exam", "--key", "key"]) == 0
    assert "network" in json.loads(Path("exam/manifest.json").read_text())["case"]
    assert main(["check", "key/tensors.npz", "--case", "exam", "--key", "key"]) == 0
    assert "PASS" in capsys.readouterr().out
