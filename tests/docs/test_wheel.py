"""What is handed on: the wheel works in an empty folder, pages and all; the source archive is
whole."""

from __future__ import annotations

import re
import tarfile
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from tests.docs.built import Built, build, done
from tests.docs.derivation import ROOT
from tests.verify.cli.terminal import environment
from tests.warm import ran

pytest.importorskip("hatchling", reason="needs hatchling, of lenet-verify[dev]")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("built"))


def test_the_wheel_holds_the_packages_and_their_pages(built: Built) -> None:
    names = zipfile.ZipFile(built.wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "lenet_ref", "verify", f"lenet_verify-{PROJECT['version']}.dist-info"}  # fmt: skip
    pages = {Path(name).name for name in names if name.startswith("verify/docs/")}
    assert {"derivation.md", "tolerance.md", "conventions.md", "errata.md"} <= pages
    assert not any(name.endswith((".pyc", "make.py", "data.json")) for name in names)
    assert sum("digits/" in name and name.endswith(".gz") for name in names) == 4


def test_what_is_said_of_it(built: Built) -> None:
    (name,) = (n for n in zipfile.ZipFile(built.wheel).namelist() if n.endswith("/METADATA"))
    said = message_from_string(zipfile.ZipFile(built.wheel).read(name).decode())
    assert said["License-Expression"] == "MIT AND CC-BY-SA-3.0"
    files = [Path(name).name for name in said.get_all("License-File", [])]
    assert sorted(files) == ["LICENSE", "NOTICE"]
    extras = {*said.get_all("Provides-Extra", [])}
    assert {"completion", "matlab", "safetensors"} <= extras == {*PROJECT["optional-dependencies"]}
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert f"Programming Language :: Python :: {oldest}" in said.get_all("Classifier", [])
    assert said["Description-Content-Type"] == "text/markdown"


def test_explain_cites_what_can_be_read(built: Built) -> None:
    for tensor in ("C3.dW", "S2.da", "loss.data"):
        out = built.run("explain", tensor).stdout
        paths = re.search(r"paths +below (\S+); docs/ is (\S+)", out)
        assert paths is not None and Path(paths[1]) == built.installed
        pages = {*re.findall(r"docs/([\w-]+\.md)", out)}
        code = {*re.findall(r"\((\w+/[\w/]+\.py)", out)}
        assert "tolerance.md" in pages and code
        assert all((Path(paths[2]) / page).is_file() for page in pages)
        assert all((Path(paths[1]) / name).is_file() for name in code)


def test_sections_that_are_cited_are_there(built: Built) -> None:
    out = built.run("explain", "C3.dW", "--variant", "modern").stdout
    (section,) = re.findall(r"docs/tolerance.md, section ([\d.]+)", out)
    page = (built.installed / "verify" / "docs" / "tolerance.md").read_text()
    assert re.search(rf"^#+ {re.escape(section)}\b", page, re.MULTILINE)


def test_pictures_of_the_pages_are_there(built: Built) -> None:
    for page in (built.installed / "verify" / "docs").glob("*.md"):
        for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text()):
            assert (page.parent / link).is_file(), (page.name, link)


def test_help_cites_a_page_that_can_be_read(built: Built) -> None:
    out = " ".join(built.run("check", "--help").stdout.split())
    (page,) = re.findall(r"More: (\S+\.md)", out)
    assert Path(page).is_file() and Path(page).is_relative_to(built.installed)


def test_it_judges_and_says_its_version(built: Built) -> None:
    assert built.run("--version").stdout.startswith(f"lenet-verify {PROJECT['version']} (")
    assert built.run("golden", "--variant", "modern", "--out", "golden").returncode == 0
    checked = built.run("check", "golden")
    assert checked.returncode == 0 and "\nPASS  " in checked.stdout


def test_mutants_say_what_they_need(built: Built) -> None:
    for words, folder in ([], "tests/lenet_ref"), (["--judge"], "tests"):
        found = built.run("mutants", *words)
        assert found.returncode == 2 and found.stdout == "" and found.stderr.count("\n") == 1
        assert f"mutants: {folder}: there are no unit tests; run it in a checkout" in found.stderr


def test_the_source_archive_is_whole(built: Built, tmp_path: Path) -> None:
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (top,) = tmp_path.iterdir()
    for folder in ("tests", "docs", "lenet_ref", "verify", "examples", "reports/baseline"):
        ours = {p.relative_to(ROOT) for p in (ROOT / folder).rglob("*") if p.is_file()}
        theirs = {p.relative_to(top) for p in (top / folder).rglob("*") if p.is_file()}
        kept = {path for path in ours if not {"__pycache__"} & {*path.parts}}
        assert theirs == kept, folder
    done(["hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "again")], top)
    (again,) = (tmp_path / "again").iterdir()
    names = [sorted(zipfile.ZipFile(path).namelist()) for path in (built.wheel, again)]
    assert names[0] == names[1]
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider",
             "tests/verify/test_exports.py", "tests/lenet_ref/test_facts.py"]  # fmt: skip
    tested = ran(words, top, environment(PYTHONPATH=str(top)))
    assert tested.returncode == 0, tested.stdout
