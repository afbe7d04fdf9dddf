"""SECURITY.md: its numbers are the code's, its options exist, and what it says is refused is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from lenet_ref import storage
from lenet_ref.errors import LeNetError
from tests.docs.derivation import ROOT
from tests.files import pickled
from tests.hostile.test_cheats import CHEATS
from verify.cases import idx, torch_files, weights
from verify.cases.networks import make_arch
from verify.cli.check import parser, requested
from verify.exchange import archives, decimals, entries, manifest, mapping, schema
from verify.exchange.formats import mem, zip
from verify.subjects import answer, channel, limits, state, values

TEXT = (ROOT / "SECURITY.md").read_text()
MIB = 2**20


def line(begins: str) -> str:
    """A row of a table."""
    return next(text for text in TEXT.splitlines() if text.startswith(f"| {begins}"))


@pytest.mark.parametrize(
    ("begins", "words"),
    [
        ("one file it writes", f"{limits.LARGEST_FILE // MIB} MiB"),
        ("standard output and error", f"{limits.Drain.KEPT} bytes"),
        ("one reply", f"{channel.LONGEST_REPLY // MIB} MiB"),
        ("one tensor", f"{values.LARGEST // MIB} MiB"),
        ("all tensors", f"{(answer.room(2) - answer.room(1)) // MIB} MiB for each image"),
        ("all tensors", f"and {answer.room(0) // MIB} MiB"),
        ("`.npy`", f"at most {archives.MOST_FILES} files"),
        ("`.npy`", f"{archives.MOST_BYTES // MIB} MiB in all"),
        ("weights `.pt`", f"{torch_files.MOST_RECORDS} records"),
        ("weights `.pt`", f"description at most {torch_files.LARGEST_PICKLE // 2**10} KiB"),
        ("`.txt`", f"{decimals.WIDEST_NUMBER} bytes for each number"),
        ("`.txt`", f"`.mem`: {mem.WIDEST_WORD}) and {archives.HEADER // 2**10} KiB"),
        ("`.zip`", f"at most {zip.LARGEST_CONTAINER // MIB} MiB"),
        ("submission `.zip`", f"at most {entries.UNPACKED // MIB} MiB"),
        ("submission `.zip`", f"at most {entries.MOST_ENTRIES:,} files"),
        ("`manifest.json`", f"at most {manifest.LARGEST // MIB} MiB"),
        ("mapping", f"at most {mapping.LARGEST // 2**10} KiB"),
        ("weights `.npz`", f"at most {storage.LARGEST // MIB} MiB"),
        ("MNIST", f"at most {idx._LARGEST // MIB} MiB"),
    ],
)
def test_the_limits_are_those_of_the_code(begins: str, words: str) -> None:
    assert words in line(begins)


def test_the_options_and_their_defaults() -> None:
    asked = parser().parse_args(["x.py:f", "--variant", "modern"])
    assert f"`--seconds`, {asked.seconds:g} |" in line("time of one call")
    assert f"`--memory`, {asked.memory} MiB |" in line("memory")
    assert f"at most {schema.LARGEST_BATCH} images" in TEXT
    known = {flag for action in parser()._actions for flag in action.option_strings}
    assert {*re.findall(r"`(--[a-z]+)", TEXT)} - {"--data"} <= known


def test_no_pickle_is_loaded(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    arch = make_arch("modern", {})
    for name in ("w.pt", "w.npz", "w.npy"):
        pickled(tmp_path / name, canary)
        with pytest.raises(LeNetError):
            weights.load_weights(tmp_path / name, arch)
    np.savez(tmp_path / "o.npz", **{"C1.W": np.array([{}], dtype=object)})  # type: ignore[arg-type]
    with pytest.raises(LeNetError, match="pickled"):
        weights.load_weights(tmp_path / "o.npz", arch)
    assert not canary.exists()


def test_nothing_in_the_code_loads_one() -> None:
    """Every call that could says that it must not."""
    for package in ("lenet_ref", "verify"):
        for path in (ROOT / package).rglob("*.py"):
            source = path.read_text()
            assert not re.search(r"^\s*(import|from) (pickle|marshal|shelve)", source, re.M), path
            for call in re.findall(r"(?:np\.load|read_array)\(.*\)", source):
                assert "allow_pickle=False" in call, path
            for call in re.findall(r"torch\.load\(.*\)", source):
                assert "weights_only=True" in call or call == "torch.load(..., weights_only=True)"


CHEATING = TEXT.split("## Code that cheats")[1].split("\n## ")[0]
ROWS = [row for row in CHEATING.splitlines() if row.startswith("| ")][1:]


@pytest.mark.parametrize("row", ROWS)
def test_what_is_said_of_cheats_is_tested(row: str) -> None:
    """Each sentence is one that a test expects of a cheat; which of them are judged, too."""
    said = re.findall("`([^`]+)`", row.split("|")[2])
    tested = " ".join(words for every in CHEATS.values() for words in every.values())
    for words in said:
        first = re.split(r" \.\.\.| \(net", words)[0]
        assert first in tested or first == "--allow", words
    assert said or "likewise" in row


def test_results_are_followed_as_far_as_it_says() -> None:
    assert f"of at most {state.LARGE // 2**10} KiB" in CHEATING


def test_the_container_is_closed_and_its_command_is_understood() -> None:
    container = TEXT.split("## In a container")[1]
    closed = ("--network none", "--read-only", "--memory ", "--pids-limit ", "--cap-drop ALL",
              "submissions:/in:ro", "no-new-privileges")  # fmt: skip
    assert [words for words in closed if words not in container] == []
    line = next(line for line in container.splitlines() if "lenet-verify check /in/anna" in line)
    command = requested(shlex.split(line)[2:])
    assert command.subjects == ("/in/anna.py:lenet",) and command.request.allow == ("numpy",)
