"""README.md: its paths exist, its commands and options are there, its numbers are the code's."""

from __future__ import annotations

import csv
import re
import subprocess
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path
from shutil import which

import pytest

from tests.docs.derivation import ROOT
from tests.right.campaign import REGIMES as TRIED
from tests.right.known import IMPLEMENTATIONS
from tests.verify.test_rooms import ORDER
from verify import errors
from verify.cases.case import Case
from verify.cases.idx import read_digits
from verify.cases.networks import make_arch
from verify.cases.options import architecture_options
from verify.cases.plan import plan
from verify.cli import COMMANDS
from verify.cli.describe import PUBLISHED
from verify.expected.steps import steps
from verify.judge.compare import SHARP
from verify.judge.measured import MULTIPLE
from verify.mistakes.table import MISTAKES
from verify.proof.faults.catalogue import catalogue
from verify.proof.mutation.lenient import SELF_TEST
from verify.proof.mutation.lenient_judges import LENIENT
from verify.proof.planting.cases import NOT_PLANTABLE
from verify.tolerance.bound import UNIT_ROUNDOFF

TEXT = (ROOT / "README.md").read_text()
TRUST = (ROOT / "docs" / "trust.md").read_text()
FLAT = " ".join(f"{TEXT} {TRUST}".split())
WORDS = {"Thirteen": 13, "Three hundred": 300, "sixty": 60, "a hundred": 100}
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "reports" / "README.md"])
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_every_page_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or f'id="{anchor}"' in target.read_text(), link


def places() -> dict[str, str]:
    """The listing of folders: each with what is said of it."""
    listing = next(body for _, body in BLOCKS if body.startswith("lenet_ref/"))
    found: dict[str, str] = {}
    for line in listing.splitlines():
        if line[0] != " ":
            name, _, line = line.partition(" ")
            found[name] = ""
        found[list(found)[-1]] += f" {line}"
    return found


def test_the_folders_are_there_and_hold_what_is_said() -> None:
    for name, words in places().items():
        assert (ROOT / name).exists(), name
        for inner in re.findall(r"(?<![\w/])([\w-]+/|[\w-]+\.(?:md|py))(?=[\s,;:)]|$)", words):
            assert (ROOT / name / inner).exists(), f"{name}{inner}"


def test_the_rooms_stand_in_their_order() -> None:
    listed = re.findall(r"(\w+)/", places()["verify/"])
    assert listed == [room for room in ORDER if room not in ("errors", "words")]


def test_other_paths_are_there() -> None:
    for path in re.findall(r"`([\w-]+/[\w./-]*)`", TEXT):
        assert (ROOT / path).exists() or path.startswith("reports/"), path


def test_the_table_of_commands_is_the_command_lines() -> None:
    table = re.findall(r"^\| `lenet-verify ?([a-z]*)[^`]*`", TEXT, re.MULTILINE)
    assert sorted(name or "run" for name in table) == sorted(COMMANDS)


def flags() -> set[str]:
    """Options of all commands."""
    parsers = [import_module(f"verify.cli.{command}").parser() for command in COMMANDS]
    return {flag for p in parsers for action in p._actions for flag in action.option_strings}


def test_every_option_exists() -> None:
    spoken = " ".join(re.findall(r"`(?:lenet-verify|--)[^`]*`", TEXT))
    named = {*re.findall(r"--[a-z-]+", spoken)}
    assert named
    assert named <= flags()


def test_every_reading_exists() -> None:
    (examples,) = re.findall(r"another reading of the architecture\s*\(([^)]*)\)", TEXT)
    for word in re.findall(r"`([^`]+)`", examples):
        (option,) = architecture_options([word])
        variant = "modern" if option[0] in ("channels", "reg") else "1998"
        make_arch(variant, dict([option]))


def test_the_exit_statuses() -> None:
    said = re.findall(
        r"(\d) (all passed|a difference|unusable input|an error of the harness)", TEXT
    )
    values = (errors.PASSED, errors.DIFFERENT, errors.UNUSABLE, errors.INTERNAL)
    assert [int(number) for number, _ in said] == list(values)


@cache
def default_plan() -> tuple[int, int]:
    """Cases and comparisons of the default plan."""
    cases: list[Case] = [job.case() for job in plan("default")]
    return len(cases), sum(len(steps(c.arch, c.upstream is not None)) for c in cases)


def number(text: str) -> int:
    """As it stands in the text, in digits or as a word."""
    return WORDS[text] if text in WORDS else int(text.replace(",", ""))


def numbers(pattern: str) -> tuple[int, ...]:
    """The numbers of a sentence: {} stands for each of them."""
    one = "([\\d,]*\\d|" + "|".join(WORDS) + ")"
    found = re.search(re.escape(pattern).replace(r"\{\}", one), FLAT)
    assert found is not None, pattern
    return tuple(map(number, found.groups()))


def test_the_default_plan() -> None:
    cases, comparisons = default_plan()
    shown = numbers("PASS {} of {} comparisons in {} cases, {} of {} checks")
    with (ROOT / "reports" / "baseline" / "checks.csv").open() as file:
        checks = len(list(csv.DictReader(file)))
    assert shown == (comparisons, comparisons, cases, checks, checks)


def test_the_sweeps_over_seeds() -> None:
    cases, comparisons = default_plan()
    seeds, all_cases, rows = numbers("{} seeds of the default plan, {} cases with {} comparisons")
    assert (all_cases, rows) == (seeds * cases, seeds * comparisons)
    before = "{} of the plan before average pooling joined it, {} comparisons, none under each of"
    fewer, rows = numbers(before)
    with (ROOT / "reports" / "baseline" / "diff.csv").open() as file:
        joined = sum(row["regime"] == "probe-average-pool" for row in csv.DictReader(file))
    assert rows == fewer * (comparisons - joined)


def test_the_right_implementations() -> None:
    found = numbers("{} right implementations")
    assert found == (len(IMPLEMENTATIONS),)
    seeds, cases = numbers("in {} seeds each, {} cases")
    assert cases == len(IMPLEMENTATIONS) * seeds * len(TRIED)


def test_what_is_planted() -> None:
    faults = catalogue()
    equivalent = sum(bool(fault.equivalent) for fault in faults)
    assert numbers("{} mistakes in the code all are caught") == (len(faults) - equivalent,)
    entries, named = numbers("the {} entries of its table of mistakes {} are planted")
    assert entries == sum(len(each) for each in MISTAKES.values()) == named + len(NOT_PLANTABLE)
    assert numbers("and {} more, proved to have no effect") == (equivalent,)
    assert numbers("Of {} lenient judges") == (len(LENIENT),)
    first = sum(judge.noticed == SELF_TEST for judge in LENIENT)
    assert numbers("all are noticed, {} by the proof") == (first,)


def test_the_short_of_it_is_that_of_the_page() -> None:
    assert numbers("{} of {} known ones")[::-1] == numbers(
        "the {} entries of its table of mistakes {} are planted"
    )
    assert numbers("and {} in code,") == numbers("{} mistakes in the code all are caught")
    ours, others = numbers("no false alarm in {} comparisons of our own derivation, and in {} of")
    assert (ours,) == numbers("with {} comparisons, give no false alarm")
    assert (others,) == numbers("no false alarm in {} rows")
    assert numbers("none was false in {} verdicts") == numbers("and whole: {} verdicts")


def test_the_session_is_that_of_the_tutorial() -> None:
    tutorial = (ROOT / "docs" / "verify-your-own.md").read_text()
    shown = [body for _, body in BLOCKS if "mnist_student" in body or "mnist28:" in body]
    assert len(shown) == 2 and all(body in tutorial for body in shown)


def test_the_published_counts() -> None:
    trainable, connections, modern = numbers("{} / {} / {}")
    assert (trainable, connections) == PUBLISHED["1998"]
    assert (modern, None) == PUBLISHED["modern"]


def test_the_policies() -> None:
    single, double = numbers("1/{} (float32) or 1/{} (float64)")
    assert UNIT_ROUNDOFF["float32"] ** SHARP == 1 / single
    assert UNIT_ROUNDOFF["float64"] ** SHARP == pytest.approx(1 / double, rel=0.05)
    assert SHARP == 0.25 and "the quarter of the format's digits" in FLAT
    assert numbers("({} times PyTorch's own distance") == (MULTIPLE,)
    assert numbers("neither a tolerance: that {},") == (MULTIPLE,)


def test_the_packaged_digits() -> None:
    packaged = sum(len(read_digits(which=which)[0]) for which in ("train", "test"))
    assert numbers("the {} packaged digits") == (packaged,)


def test_the_version_of_python() -> None:
    (version,) = re.findall(r"Python ([\d.]+) or later", TEXT)
    assert PROJECT["requires-python"] == f">={version}"


def test_the_citation_is_of_this_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {PROJECT['version']}\n" in citation
    assert f"\ntitle: {PROJECT['name']}\n" in citation
    licence = (ROOT / "LICENSE").read_text()
    assert "license: MIT" in citation and licence.startswith("MIT License")


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = (body for language, body in BLOCKS if language == "python")
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("(16, 6, 5, 5) ")


TARGETS = dict(re.findall(r"^([a-z-]+):.*?## (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_make_command_of_every_page_is_a_target() -> None:
    for page in [*PAGES, ROOT / ".pre-commit-config.yaml"]:
        named = re.findall(r"(?:^|`|entry: )make ([a-z-]+)\b", page.read_text(), re.MULTILINE)
        assert {*named} <= {*TARGETS}, page.name


@pytest.mark.skipif(which("make") is None, reason="needs make")
def test_make_alone_lists_the_targets() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^make ([a-z-]+) +(.*)$", shown, re.MULTILINE)
    assert dict(listed) == TARGETS
    assert len(TARGETS) > 10
