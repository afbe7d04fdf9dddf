"""Who answers is given its arguments in its own names and layouts, and hands them back so."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.nets import setting
from tests.verify.exchange.layouts import LAYOUTS, traced
from tests.verify.subjects.foreign import MAPPING
from verify.cases.case import Case
from verify.cli import main
from verify.exchange.arrays import given
from verify.exchange.handed import theirs
from verify.exchange.layout import Layout
from verify.exchange.load import Source
from verify.exchange.mapping import read_layout
from verify.pipeline.request import CheckRequest
from verify.pipeline.undeclared import judged
from verify.subjects.conversation import Conversation
from verify.subjects.limits import Limits

FOREIGN = Path(__file__).with_name("foreign.py")
FEW = ("--variant", "modern", "--seed", "0", "--regime", "digits", "--batch", "3")


def check(folder: Path, mapping: str, *words: str) -> int:
    (folder / "theirs.toml").write_text(mapping)
    fixed = ["--mapping", str(folder / "theirs.toml"), "--out", str(folder / "out")]
    return main(["check", *words, *FEW, *fixed])


def test_a_callable(tmp_path: Path) -> None:
    assert check(tmp_path, MAPPING, f"{FOREIGN}:framework", "--require", "all") == 0


def test_a_program(tmp_path: Path) -> None:
    command = f"{sys.executable} {FOREIGN} {{inputs}} {{outputs}}"
    assert check(tmp_path, MAPPING, "--program", command, "--require", "all") == 0


def test_one_way_it_is_given_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And a subject that turns everything itself cannot do with theirs."""
    spec = f"{FOREIGN}:turning"
    assert check(tmp_path, f'{MAPPING}inputs = "ours"\n', spec, "--require", "all") == 0
    assert check(tmp_path, MAPPING, spec) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "raised " in said and 'is declared by inputs = "ours" in [layout]' in said


def test_a_mistake_is_told_in_both_indexes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path, MAPPING, f"{FOREIGN}:mistaken") == 1
    said = capsys.readouterr().out
    assert "guilty layer: F6; first: F6.dW" in said
    found = re.search(r"at \[(\d+), (\d+)\] \(yours: grad_F6_kernel\[(\d+), (\d+)\]\)", said)
    assert found is not None and found.group(1, 2) == found.group(4, 3)
    table = pd.read_csv(tmp_path / "out/diff.csv", keep_default_na=False)
    wrong = table[table.verdict == "fail"]
    assert set(wrong.tensor) == {"F6.dW"}
    assert wrong["index"].str.fullmatch(r"\d+ \d+ \(yours: grad_F6_kernel\[\d+, \d+\]\)").all()
    assert not table[table.verdict == "pass"]["index"].str.contains("yours").any()


def test_undeclared_it_is_named_with_the_way_it_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who was handed ours and hands back theirs turned them: what is said declares just that."""
    spec = f"{FOREIGN}:unnamed"
    assert check(tmp_path, "", spec) == 1
    said = " ".join(capsys.readouterr().out.split())
    words = said.partition("add: ")[2].split()
    chosen = {words[i + 1] for i, word in enumerate(words) if word == "--convention"}
    assert chosen == {"volumes=NHWC", "convolution=HWIO", "affine=in-out", "covering=full",
                      "inputs=ours"}  # fmt: skip
    again = [word for choice in sorted(chosen) for word in ("--convention", choice)]
    assert check(tmp_path, "", spec, *again) == 0


def test_two_names_for_one_input_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = '[names]\none = "C1.W"\ntwo = "C1.W"\n'
    assert check(tmp_path, twice, f"{FOREIGN}:framework") == 2
    err = capsys.readouterr().err
    assert "two names for one tensor" in err and "'one' and 'two'" in err


def test_a_network_of_other_names() -> None:
    """Handed our weights it takes them in its own order, which is said; declared, it passes."""
    arch, parameters, images, labels = setting("mnist28", 3)
    case = Case(arch, "float64", "digits", 3, 0, images, parameters, labels)
    found = {}
    for said in ({}, {"flatten": "HWC"}):
        layout = Layout(chosen=said)
        with Conversation(f"{FOREIGN}:behind_a_volume", Limits(30, 2048), layout) as subject:
            answer = subject.ask(case)
        request = CheckRequest(Source(layout=layout), require="all")
        found[len(said)] = judged([(case, answer.tensors)], request, live=True)
    assert found[1].status == 0
    assert [check.fix for check in found[0].checks] == ["--convention flatten=HWC"]
    assert not found[0].guilty


@pytest.mark.parametrize("layout", [name for name, (m, _) in LAYOUTS.items() if "[layout]" in m])
@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_what_is_given_is_as_they_would_write_it(variant: str, layout: str, tmp_path: Path) -> None:
    """In every layout, by hand."""
    case, _ = traced(variant, "float64")
    mapping, write = LAYOUTS[layout]
    (tmp_path / "m.toml").write_text(mapping)
    handed = theirs(case, read_layout(tmp_path / "m.toml"))
    wanted = write(given(case))
    assert handed.keys() == wanted.keys()
    for name, value in wanted.items():
        assert handed[name].flags.c_contiguous
        assert np.array_equal(handed[name], value), name
