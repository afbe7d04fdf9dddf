"""The mistakes as files: what is in them, who may use them, and that others can read them."""

from __future__ import annotations

import csv
import importlib.util
import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.docs.derivation import ROOT
from verify.cli import main
from verify.proof.evidence.exhibit import expected
from verify.proof.faults.catalogue import catalogue
from verify.proof.faults.corpus import COLUMNS, DIGITS, OURS, Specimen, file_name, specimen
from verify.proof.faults.licence import LOADER, MIT
from verify.proof.planting.cases import cases
from verify.proof.planting.entry import entries
from verify.proof.planting.general import general

EXAMPLE = ROOT / "examples" / "corpus.py"
NAMES = ("affine.z/no-bias", "affine.db/sign", "mle.data/times-N", "relu-elu", "codes-one-pixel",
         "drift-full-db", "state-one-buffer", "relu-half-sum")  # fmt: skip
SILENT = 2
"""Of these no single trace shows."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("there") / "corpus"
    assert main(["faults", "--name", *NAMES, "--jobs", "1", "--export", str(folder)]) == 0
    return folder


def rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def example() -> Any:
    """The loader that others use."""
    spec = importlib.util.spec_from_file_location("corpus_example", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_row_and_a_file_for_each_that_a_trace_shows(corpus: Path) -> None:
    found = rows(corpus)
    assert {row["name"] for row in found} == {*NAMES[:-SILENT]}
    assert list(found[0]) == list(COLUMNS)
    files = {path.name for path in (corpus / "mistakes").iterdir()}
    assert files == {row["file"] for row in found}
    assert all(row[column] for row in found for column in COLUMNS)
    readme = (corpus / "README.md").read_text()
    assert f"# {len(found)} mistakes" in readme and f"{SILENT} of the mistakes" in readme


def test_what_is_wrong_is_said_and_nothing_else_differs(corpus: Path) -> None:
    for row in rows(corpus):
        file = example().mistake(corpus / "mistakes" / row["file"])
        apart = [k for k, v in file["right"].items() if not np.array_equal(v, file["wrong"][k])]
        dtypes = [k for k, v in file["right"].items() if v.dtype != file["wrong"][k].dtype]
        assert {*apart, *dtypes} >= {*row["tensors"].split()}, row["name"]
        assert {name.partition(".")[0] for name in row["tensors"].split()} == {
            *row["layers"].split()
        }
        assert file["inputs"]["images"].ndim and file["right"].keys() == file["wrong"].keys()


def test_right_is_what_torch_makes_of_the_inputs(corpus: Path) -> None:
    by_name = {case.name: case for case in cases()}
    seen = 0
    for row in rows(corpus):
        if (case := by_name.get(row["case"])) is not None:
            file, theirs = example().mistake(corpus / "mistakes" / row["file"]), expected(case)
            for name in theirs.keys() & file["right"].keys():
                assert np.allclose(file["right"][name], theirs[name], rtol=1e-9), name
                seen += 1
    assert seen > 20


def test_nothing_is_a_pickle(corpus: Path) -> None:
    for path in (corpus / "mistakes").iterdir():
        with np.load(path, allow_pickle=False) as file:
            assert all(file[key].dtype.kind in "fiu" for key in file.files)


def test_the_licences(corpus: Path) -> None:
    assert (ROOT / "LICENSE").read_text().partition("\nThe digits in")[0] == MIT
    told = {row["name"]: row["licence"] for row in rows(corpus)}
    assert told["affine.z/no-bias"] == OURS and told["codes-one-pixel"] == DIGITS
    text = (corpus / "LICENCE").read_text()
    assert text.startswith(MIT) and "Creative Commons Attribution-Share Alike 3.0" in text


def test_the_loader_is_the_examples(corpus: Path) -> None:
    assert inspect.getsource(example().mistake) == LOADER
    assert LOADER in (corpus / "README.md").read_text()


def test_the_examples_checker_tells_its_recall(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example().main(corpus)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{len(NAMES) - SILENT} mistakes"
    found = {line.split()[0]: int(line.split()[1]) for line in lines[2:]}
    assert found["1e-07"] == len(NAMES) - SILENT - 1  # a dtype alone is not looked at
    assert found["1e-01"] <= found["1e-07"]


def test_every_mistake_has_a_file_name_of_its_own() -> None:
    names = [m.name for m in (*entries(), *general(), *catalogue())]
    files = [file_name(name) for name in names]
    assert len({*files}) == len({name.lower() for name in files}) == len(names)


def test_the_smallest_case_is_taken() -> None:
    (fault,) = [f for f in catalogue() if f.name == "conv-no-bias"]
    found = specimen(fault)
    assert found is not None and isinstance(found[0], Specimen)
    assert "probe" in found[0].case and sum(v.nbytes for v in found[1].values()) < 2**18


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    words = ["faults", "--name", "affine.z/no-bias", "--jobs", "1", "--export", str(tmp_path)]
    assert main(words) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
