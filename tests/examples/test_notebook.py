"""examples/mnist_student.ipynb: its cells run in a fresh process, and what is stored is true."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.docs.derivation import ROOT
from tests.examples.notebook import code

NOTEBOOK = ROOT / "examples" / "mnist_student.ipynb"
NUMBER = re.compile(r"-?\d[\d.]*(e[-+]?\d+)?")
"""The last digits are the machine's."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A copy of it, run from elsewhere."""
    path = tmp_path_factory.mktemp("notebook") / "copy.ipynb"
    path.write_text(NOTEBOOK.read_text())
    subprocess.run([sys.executable, "-m", "tests.examples.notebook", str(path)], cwd=ROOT,
                   check=True, timeout=600)  # fmt: skip
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def told(notebook: dict[str, Any]) -> list[str]:
    """All outputs as lines, without their numbers and how wide these were."""
    every = json.dumps([cell["outputs"] for cell in code(notebook)], indent=0).splitlines()
    return [re.sub(r" +", " ", NUMBER.sub("#", line)) for line in every]


def test_what_is_stored_is_what_comes_of_it(run: dict[str, Any]) -> None:
    assert told(json.loads(NOTEBOOK.read_text())) == told(run)


def test_another_word_is_seen(run: dict[str, Any]) -> None:
    other = copy.deepcopy(run)
    (report, *_) = [cell["outputs"][0] for cell in code(other) if cell["outputs"]]
    report["data"]["text/plain"] = ["<Report PASS>"]
    assert told(other) != told(run)


def test_it_finds_the_mistake_and_passes_when_it_is_mended(run: dict[str, Any]) -> None:
    outputs = [output for cell in code(run) for output in cell["outputs"]]
    kinds = [output["output_type"] for output in outputs]
    assert kinds == ["execute_result", "execute_result", "stream", "error", "execute_result"]
    assert "the derivative of the activation is missing" in outputs[0]["data"]["text/html"][0]
    assert outputs[3]["ename"] == "WrongError" and "C3.dW[" in outputs[3]["evalue"]
    assert "PASS 96 of 96" in outputs[4]["data"]["text/plain"][0]


def test_it_is_a_notebook_like_any_other() -> None:
    """As nbformat's schema asks, and without a path of a machine."""
    found = json.loads(NOTEBOOK.read_text())
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in found["cells"]]
    assert len({*ids}) == len(ids) and {len(cell) for cell in found["cells"]} <= {4, 6}
    failing = [c for c in code(found) if any(o["output_type"] == "error" for o in c["outputs"])]
    assert [c["metadata"] for c in failing] == [{"tags": ["raises-exception"]}]
    assert str(Path.home()) not in NOTEBOOK.read_text() and str(ROOT) not in NOTEBOOK.read_text()
