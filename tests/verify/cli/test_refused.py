"""What was once dropped is refused in one line; what was most likely meant is said."""

from __future__ import annotations

import importlib
import shlex
from pathlib import Path

import pytest

from verify.cli import main
from verify.errors import UNUSABLE, InputError

DROPPED = (
    "--quick --option reading=nonsense",
    "--full --batch 3",
    "--tier float32 --dtype float64",
    "--tier exact --regime digits",
    "--tier float32 --regime integers",
    "--variant modern --regime probe-rbf",
    "--regime probe-rbf --option reading=seed",
    "--regime zero-bias --variant modern --weights w.npz",
    "--regime signed --data mine",
    "--option reg=0.1 --option reg=0.2 --variant modern",
    "--quick --tensor C3.foo",
    "check dump --variant modern --tensor C3.foo",
    "check s.py:f --variant modern --tensor C3.foo",
    "check s.py:f --variant modern --case golden",
    "check dump --variant modern --tier float32",
    "check dump --variant modern --seed 1",
    "check --program 'p {inputs} {outputs}' --variant modern --reproducible",
    "check --program 'p {inputs} {outputs}' --variant modern --allow torch",
    "check --program 'p {inputs} {outputs}' --variant modern --secret .",
    "check s.py:f --variant modern --secret nowhere",
    "check dump --variant modern --allow numpy",
    "check s.py:f --variant modern --regime signed --data mine",
    "check s.py:f --variant modern --regime ties --weights w.npz",
    "check s.py:f --variant modern --seed 1 --seed 2",
    "check s.py:f t.py:f --variant modern",
    "check --program 'p {inputs} {outputs}' s.py:f --variant modern",
    "faults --full --levels",
    "faults --layer C3 --name nothing",
    "mutants --sample 3",
    "mutants --judge --seed 3",
    "mutants --tests nowhere",
    "golden --variant modern --out here --batch 1000",
    "explain C3.dW --out nowhere",
    "describe --variant modern --option reading=seed",
)


@pytest.mark.parametrize("line", DROPPED)
def test_what_was_dropped_is_refused_in_one_line(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:

    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(line)) == UNUSABLE
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("lenet-verify: ")
    assert list(tmp_path.iterdir()) == []


NEAR = {
    "--regime digts tyes": "got digts, tyes; expected digits, ties",
    "faults --name affine.z/no-bia affine.dw/wrong": "expected affine.z/no-bias",
    "mutants --module layers.afine": "expected layers.affine",
    "explain c3.dw": "expected C3.dW",
    "--quick --tensor C3.dw": "expected C3.dW",
}


@pytest.mark.parametrize("line", NEAR)
def test_what_was_meant_is_said(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(line)) == UNUSABLE
    assert NEAR[line] in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "map"])
@pytest.mark.parametrize(
    "limit", [["--seconds", "0"], ["--seconds", "-1"], ["--seconds", "nan"], ["--memory", "1"]]
)
def test_a_limit_that_no_call_can_have(command: str, limit: list[str]) -> None:
    module = importlib.import_module(f"verify.cli.{command}")
    with pytest.raises(InputError, match="--seconds, --memory: unusable value"):
        module.requested(["s.py:f", *limit])
